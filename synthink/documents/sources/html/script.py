"""What is asked of a web page in the browser: the boxes of its visible words and pictures."""

from __future__ import annotations

# What is important in the first layer of a page is so above all other sheets, whatever they call important.
STYLE = """
@layer { *, *::before, *::after { animation: none !important; transition: none !important; hyphens: manual !important;
  pointer-events: auto !important; caret-color: transparent !important; scroll-behavior: auto !important;
  text-overflow: clip !important; -webkit-line-clamp: none !important; -webkit-box-reflect: none !important; }
  marquee, marquee * { visibility: hidden !important; } }
"""
"""What moves stands still while it is measured; every element can be found by the point it covers; words that are cut
show where, without dots in their place."""

STILL = """
async rules => {
  // A page that is not well-formed, or is no page but a drawing.
  if (!document.body || document.querySelector('parsererror')) return null;
  const style = document.createElement('style');
  style.textContent = rules;
  document.documentElement.prepend(style);
  for (const moving of document.querySelectorAll('marquee')) moving.stop();
  for (const drawing of document.querySelectorAll('svg')) {
    if (drawing.ownerSVGElement) continue;
    drawing.pauseAnimations();
    drawing.setCurrentTime(0);
  }
  await document.fonts.ready;
  return document.documentElement.scrollHeight;
}
"""
"""Sets rules of style for the page; gives its height in CSS pixels, null for what is no whole page."""

MEASURE = r"""
([most, least, generated]) => {
  const width = innerWidth, height = innerHeight, skipped = {}, words = [], images = [];
  const skip = reason => { skipped[reason] = (skipped[reason] || 0) + 1; };
  const drawings = 'svg, canvas, video, audio, object, embed, iframe, input, textarea, select, meter, progress';
  const pen = document.createElement('canvas').getContext('2d'), states = new Map();
  const inked = (text, box, style) => {  // the box with what its glyphs reach beyond it, and the baseline
    pen.font = style.font;
    pen.letterSpacing = style.spacing;
    const m = pen.measureText(text), ascent = m.fontBoundingBoxAscent, tall = ascent + m.fontBoundingBoxDescent;
    if (!style.font || !(tall > 0)) return [box, box[1] + 0.78 * (box[3] - box[1])];
    const zoom = (box[3] - box[1]) / tall, over = size => Math.min(tall / 2, Math.max(0, size)) * zoom;
    return [[box[0] - over(m.actualBoundingBoxLeft), box[1] - over(m.actualBoundingBoxAscent - ascent),
             box[2] + over(m.actualBoundingBoxRight - m.width),
             box[3] + over(m.actualBoundingBoxDescent - m.fontBoundingBoxDescent)], box[1] + ascent * zoom];
  };
  const turned = style => {
    if (style.rotate !== 'none' || style.writingMode !== 'horizontal-tb' || style.offsetPath !== 'none') return true;
    if (style.scale !== 'none' && style.scale.split(' ').some(factor => factor <= 0)) return true;
    if (style.transform === 'none') return false;
    const found = style.transform.match(/^matrix\(([^)]*)\)$/);
    if (!found) return true;
    const [a, b, c, d] = found[1].split(',').map(Number);
    return Math.abs(b) > 1e-6 || Math.abs(c) > 1e-6 || a <= 0 || d <= 0;
  };
  const state = element => {
    if (!element) return { opacity: 1, clip: [0, 0, width, height], block: null, led: null };
    let found = states.get(element);
    if (found) return found;
    const above = state(element.parentElement), style = getComputedStyle(element);
    const inline = /^(inline|contents|ruby.*)$/.test(style.display);
    // One line of its own kind within the text, as links of a menu are.
    const flows = inline || (/^inline-/.test(style.display)
                             && element.getBoundingClientRect().height < 2.2 * parseFloat(style.fontSize));
    let clip = above.clip;
    if (!inline && (style.overflowX !== 'visible' || style.overflowY !== 'visible')
        && element !== document.body && element !== document.documentElement) {
      const r = element.getBoundingClientRect();
      clip = [Math.max(clip[0], r.left), Math.max(clip[1], r.top),
              Math.min(clip[2], r.right), Math.min(clip[3], r.bottom)];
    }
    // Its first line or letter may be in other letters than the rest.
    const leads = !inline && ['::first-line', '::first-letter'].some(
      part => getComputedStyle(element, part).textTransform !== style.textTransform);
    found = {
      opacity: above.opacity * style.opacity, clip, turned: above.turned || turned(style),
      hidden: above.hidden || (above.shut && !element.matches('summary:first-of-type'))
              || style.clipPath !== 'none' || (style.clip !== 'auto' && style.clip !== ''),
      shut: style.contentVisibility === 'hidden' || (element.localName === 'details' && !element.open),
      dotted: above.dotted || style.textOverflow !== 'clip' || style.webkitLineClamp !== 'none',
      masked: above.masked || style.filter !== 'none' || style.maskImage !== 'none'
              || style.webkitMaskBoxImageSource !== 'none' || style.webkitTextSecurity !== 'none',
      led: leads ? { bottom: null } : above.led,
      seen: style.visibility === 'visible', rtl: style.direction === 'rtl', block: flows ? above.block : element,
      face: style.display === 'contents' ? above.face : element,  // what the text's own place shows
      letters: style.textTransform, language: element.closest('[lang]')?.lang || 'und',
      font: style.font, spacing: style.letterSpacing.replace('normal', '0px'),
    };
    states.set(element, found);
    return found;
  };
  const onTop = (at, x, y) => {  // a neighbour of the same text may answer where both touch
    const hit = document.elementFromPoint(x, y);
    return hit === at.face || (hit !== null && !hit.matches('img, ' + drawings) && hit !== at.block
                               && state(hit).block === at.block);
  };
  const within = (box, clip) =>
    box[0] >= clip[0] - 1 && box[1] >= clip[1] - 1 && box[2] <= clip[2] + 1 && box[3] <= clip[3] + 1;
  const PLAIN = /^([^\p{L}\p{M}\p{N}]*)(?![\u01c4-\u01cc\u01f1-\u01f3\u10d0-\u10ff])(\p{L})[\p{L}\p{M}'’]*\P{L}*$/u;
  const clipped = (r, clip) => [Math.max(r.left, clip[0]), Math.max(r.top, clip[1]),
                                Math.min(r.right, clip[2]), Math.min(r.bottom, clip[3])];
  const unseen = at => !at.seen || at.hidden || at.opacity < 0.1;
  const transformed = (text, at, glued) => {  // null: which letters are shown is doubtful
    if (at.letters === 'none' || at.letters === 'math-auto') return text;
    try {
      if (at.letters === 'uppercase') return text.toLocaleUpperCase(at.language);
      if (at.letters === 'lowercase') return text.toLocaleLowerCase(at.language);
    } catch { return null; }  // there is no such language
    // Browsers see words of their own between two blanks, and what stands before them.
    const plain = at.letters === 'capitalize' && !glued && text.match(PLAIN), first = plain && plain[2];
    if (!plain || first.toUpperCase().length !== first.length) return null;
    return plain[1] + first.toUpperCase() + text.slice(plain[1].length + first.length);
  };
  const unfit = (element, at) => {
    if (unseen(at) || at.shut) return 'hidden';
    if (element.closest(drawings)) return 'in drawings or forms';
    if (at.turned) return 'turned or vertical';
    if (at.masked) return 'blurred or masked';
    if (at.dotted) return 'cut off';
    return at.rtl || reordered.has(at.block) ? 'written from right to left' : '';
  };
  // Blocks with marks that turn the order of letters round, and with letters that turn round what has no side.
  const reordered = new Set(), mixed = new Set();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    if (/[\u202a-\u202e\u2066-\u2069]/.test(node.data)) reordered.add(state(node.parentElement).block);
    if (/[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/.test(node.data)) mixed.add(state(node.parentElement).block);
  }
  const bands = new Map(), band = y => Math.floor(y / 64);
  for (const part of generated) {
    const [box, , , lettered] = part;
    for (let row = band(box[1]); row <= band(box[3]); row++) {
      if (!bands.has(row)) bands.set(row, []);
      bands.get(row).push(part);
    }
    if (lettered) words.push([null, box, -1, false, 0]);
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
  let open = null;  // the block whose last text ended without a blank
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walker.nextNode(); node && words.length < most; node = walker.nextNode()) {
    if (node.nodeType === Node.ELEMENT_NODE) {
      if (!node.matches('br, hr, img, ' + drawings)) continue;
      open = null;
      const at = state(node), box = clipped(node.getBoundingClientRect(), at.clip);
      const some = box[2] > box[0] && (box[2] - box[0]) * (box[3] - box[1]) > 4;
      // A formula, a sign between words, a field of a form.
      if (some && !unseen(at) && !node.matches('br, hr')) words.push([null, box, -1, false, 0]);
      continue;
    }
    const text = node.data, element = node.parentElement;
    if (!/\S/.test(text)) { if (text) open = null; continue; }
    const at = state(element), reason = unfit(element, at);
    if (!blocks.has(at.block)) blocks.set(at.block, blocks.size);
    for (const found of text.matchAll(/\S+/g)) {
      const glued = found.index === 0 && open === at.block;
      range.setStart(node, found.index);
      range.setEnd(node, found.index + found[0].length);
      const rects = [...range.getClientRects()].filter(r => r.width > 0 && r.height > 0);
      if (!rects.length) continue;  // not displayed, a script, a style
      const box = [Math.min(...rects.map(r => r.left)), Math.min(...rects.map(r => r.top)),
                   Math.max(...rects.map(r => r.right)), Math.max(...rects.map(r => r.bottom))];
      const drop = why => {
        skip(why);
        if (why !== 'hidden') words.push([null, box, blocks.get(at.block), glued, 0]);
      };
      const y = (box[1] + box[3]) / 2, inset = Math.min(2, (box[2] - box[0]) / 4);
      if (at.led) at.led.bottom ??= box[3];
      if (reason) { drop(reason); continue; }
      if (mixed.has(at.block) && !/^[^\p{L}\p{N}]*\p{L}/u.test(found[0])) {
        drop('written from right to left'); continue;
      }
      if (rects.some(r => r.top > y || r.bottom < y)) { drop('broken over lines'); continue; }
      if (box[1] >= height) { drop('too far down'); continue; }
      if (!within(box, at.clip)) { drop('cut off'); continue; }
      if (![box[0] + inset, (box[0] + box[2]) / 2, box[2] - inset].every(x => onTop(at, x, y))) {
        drop('covered'); continue;
      }
      if (joined(box)) { drop('joined to what a style sheet prints'); continue; }
      const shown = at.led && y < at.led.bottom ? null : transformed(found[0], at, glued);
      if (shown === null) { drop('of doubtful capitals'); continue; }
      const [whole, baseline] = inked(shown, box, at);
      words.push([shown, whole, blocks.get(at.block), glued, baseline]);
    }
    open = /\s$/.test(text) ? null : at.block;
  }
  if (words.length >= most) skip('beyond the most that are read');
  for (const element of document.querySelectorAll('img, svg, canvas, video')) {
    if (element.parentElement.closest('svg')) continue;
    const at = state(element), box = clipped(element.getBoundingClientRect(), at.clip);
    if (box[2] - box[0] < least || box[3] - box[1] < least || unseen(at)) continue;
    if (element.localName === 'img' && !element.naturalWidth) continue;
    if (element.contains(document.elementFromPoint((box[0] + box[2]) / 2, (box[1] + box[3]) / 2))) images.push(box);
  }
  return { words, images, skipped };
}
"""
"""([most words, least side of a picture, what is printed that is no text of the page]) -> words as [text, box, block,
glued to the one before, baseline], boxes of pictures, and the number of words left out by reason; all in CSS pixels of
the window, which shows the whole page. The text is null where something is printed that could not be used, so that the
rest of its word is left out, too. What is no text of the page: [box, begins with a blank, ends with one, lettered]."""
