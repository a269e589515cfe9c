"""What is asked of a web page in the browser: the boxes of its visible words and pictures."""

from __future__ import annotations

from synthink.documents.sources.html.letters import LETTERS
from synthink.documents.sources.html.state import STATE

_WORDS = r"""
  const bands = new Map(), band = y => Math.floor(y / 64);
  for (const part of generated) {
    const [box, , , count] = part;
    for (let row = band(box[1]); row <= band(box[3]); row++) {
      if (!bands.has(row)) bands.set(row, []);
      bands.get(row).push(part);
    }
    if (count) { words.push([null, box, -1, false, 0]); skip('words that a style sheet or a list prints', count); }
  }
  const beside = (box, [part, before, after]) => {  // or over it
    const shared = Math.min(box[3], part[3]) - Math.max(box[1], part[1]);
    return shared > 0.3 * Math.min(box[3] - box[1], part[3] - part[1])
           && box[0] < part[2] + (after ? -1 : 2) && part[0] - (before ? -1 : 2) < box[2];
  };
  const joined = box => {
    for (let row = band(box[1]); row <= band(box[3]); row++) {
      if ((bands.get(row) || []).some(part => beside(box, part))) return true;
    }
    return false;
  };
  const blocks = new Map(), range = document.createRange();
  // Lines that the first letter of a block is high, and those that it hangs down; null where it is like the others.
  const initialOf = block => {
    const [lines, hanging] = getComputedStyle(block, '::first-letter').initialLetter?.split(' ').map(Number) ?? [];
    return lines > 1 ? [lines, hanging || lines] : null;
  };
  let led = null;  // these lines, before the block's first word
  let open = null;  // the block whose last text ended without a blank
  let initial = null;  // the entry of a large letter that floats before the text of its block
  for (const node of nodes) {
    if (words.length >= most) break;
    if (node.nodeType === Node.ELEMENT_NODE) {
      if (node.localName.includes('-') && !node.matches(':defined') && !node.getBoundingClientRect().width) {
        skip('elements that scripts fill, which are off');
      }
      if (!node.matches('br, hr, img, ' + drawings)) continue;
      open = initial = null;
      const at = state(node), box = clipped(node.getBoundingClientRect(), at.clip);
      const some = box[2] > box[0] && (box[2] - box[0]) * (box[3] - box[1]) > 4;
      // A formula, a sign between words, a field of a form.
      if (!some || unseen(at) || node.matches('br, hr')) continue;
      words.push([null, box, -1, false, 0]);
      if (node.matches('iframe, object, embed')) skip('frames whose words are not read');
      skip('words in drawings or forms', wordsOf(node));
      continue;
    }
    const text = node.data, element = parentOf(node);
    if (!/\S/.test(text)) { if (text) open = initial = null; continue; }
    const at = state(element), reason = unfit(at);
    if (!blocks.has(at.block)) { blocks.set(at.block, blocks.size); led = at.block && initialOf(at.block); }
    for (const match of text.matchAll(/\S+/g)) {
      const first = match.index === 0, glued = first && open === at.block;
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      const rects = [...range.getClientRects()].filter(r => r.width > 0 && r.height > 0);
      if (!rects.length) continue;  // not displayed, a script, a style
      const box = [Math.min(...rects.map(r => r.left)), Math.min(...rects.map(r => r.top)),
                   Math.max(...rects.map(r => r.right)), Math.max(...rects.map(r => r.bottom))];
      const y = (box[1] + box[3]) / 2, inset = Math.min(2, (box[2] - box[0]) / 4);
      const broken = rects.some(r => r.top > y || r.bottom < y) || parted(rects);
      const leave = (printed = null) => {  // a place for each line that it stands on
        const parts = broken ? rects.map(r => [r.left, r.top, r.right, r.bottom]) : [box];
        parts.forEach((part, number) => words.push([printed, part, blocks.get(at.block), glued && !number, 0]));
      };
      const drop = why => {
        skip('words ' + why);
        if (why !== 'hidden') leave(/^(covered|cut off|too far down)$/.test(why) ? false : null);
      };
      if (led) {  // the browser tells the letter's box as high as a line
        const [lines, hanging] = led, [letter, ...others] = rects, high = (others[0] || letter).height;
        const bottom = others.length ? others[0].top + hanging * high : letter.top + 1.2 * lines * high;
        rects[0] = { left: letter.left, top: bottom - lines * high, right: letter.right, bottom };
        led = null;
        if (!reason) {
          skip('words begun by a large letter');
          for (const r of rects) words.push([null, [r.left, r.top, r.right, r.bottom], blocks.get(at.block), false, 0]);
          continue;
        }
      }
      if (at.led) at.led.bottom ??= box[3];
      if (reason) { drop(reason); continue; }
      if (mixed.has(at.block) && !/^[^\p{L}\p{N}]*\p{L}/u.test(match[0])) {
        drop('written from right to left'); continue;
      }
      if (broken) { drop('broken over lines'); continue; }
      if (box[1] >= height) { drop('too far down'); continue; }
      if (!within(box, at.clip)) { drop('cut off'); continue; }
      if (![box[0] + inset, (box[0] + box[2]) / 2, box[2] - inset].every(x => onTop(at, x, y))) {
        drop('covered'); continue;
      }
      if (joined(box)) { drop('joined to what a style sheet prints'); continue; }
      const shown = at.led && y < at.led.bottom ? null : transformed(match[0], at, glued);
      if (shown === null) { drop('of doubtful capitals'); continue; }
      const missing = undrawn(shown, at);
      if (missing) { absent.push(missing); leave(); continue; }
      if (first && initial && parentOf(initial.block) === at.block) {
        skip('words begun by a large letter', 1 + (initial.entry[0] !== null));
        initial.entry[0] = null;
        leave();
        continue;
      }
      const [whole, baseline, own] = inked(shown, box, at);
      const same = shown.length === match[0].length;  // else it is not known which letter was set where
      const letters = same ? placed(node, match.index, shown, box, at) : null;
      if (letters === false) { drop('cut off'); continue; }
      words.push([shown, whole, blocks.get(at.block), glued, baseline, own, letters]);
    }
    open = /\s$/.test(text) ? null : at.block;
    initial = open && at.floats && text.trim().length < 3 && words.length
      ? { block: at.block, entry: words[words.length - 1] } : null;
  }
  if (words.length >= most) skip('words beyond the most that are read');
  for (const element of nodes) {
    if (element.nodeType !== Node.ELEMENT_NODE || !element.matches('img, svg, canvas, video')) continue;
    if (element.parentElement?.closest('svg')) continue;
    const at = state(element), box = clipped(element.getBoundingClientRect(), at.clip);
    if (box[2] - box[0] < least || box[3] - box[1] < least || unseen(at)) continue;
    if (element.localName === 'img' && !element.naturalWidth) continue;
    if (element.contains(topmost((box[0] + box[2]) / 2, (box[1] + box[3]) / 2))) images.push(box);
  }
  return { words, images, skipped, absent };
"""

MEASURE = "([most, least, generated]) => {" + STATE + LETTERS + _WORDS + "}"
"""([most words, least side of a picture, what is printed that is no text of the page]) -> words as [text, box,
block, glued to the one before, baseline, box of the advances, [boxes of the letters' ink, number of their font,
its em] or null where they are not known], boxes of pictures, the number of words left out by reason, and of each
word with letters that no font draws these letters; all in CSS pixels of the window, which shows the whole page.
The text is null where something is printed that could not be used, so that the rest of its word is left out, too;
false where it may not be printed at all. What is no text of the page: [box, begins with a blank, ends with one,
number of words in it]."""
