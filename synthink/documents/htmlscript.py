"""What is asked of a web page in the browser: the boxes of its visible words and pictures."""

from __future__ import annotations

STYLE = """
*, *::before, *::after { animation: none !important; transition: none !important; hyphens: manual !important;
  pointer-events: auto !important; caret-color: transparent !important; scroll-behavior: auto !important; }
"""
"""What moves stands still while it is measured; every element can be found by the point it covers."""

STILL = """
rules => {
  // A page that is not well-formed, or is no page but a drawing.
  if (!document.body || document.querySelector('parsererror')) return null;
  const style = document.createElement('style');
  style.textContent = rules;
  document.documentElement.append(style);
  return document.documentElement.scrollHeight;
}
"""
"""Sets rules of style for the page; gives its height in CSS pixels, null for what is no whole page."""

MEASURE = r"""
([most, least]) => {
  const width = innerWidth, height = innerHeight, skipped = {}, words = [], images = [];
  const skip = reason => { skipped[reason] = (skipped[reason] || 0) + 1; };
  const drawings = 'svg, canvas, video, object, embed, iframe, select';
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
    if (style.rotate !== 'none' || style.writingMode !== 'horizontal-tb') return true;
    if (style.transform === 'none') return false;
    const found = style.transform.match(/^matrix\(([^)]*)\)$/);
    if (!found) return true;
    const [a, b, c, d] = found[1].split(',').map(Number);
    return Math.abs(b) > 1e-6 || Math.abs(c) > 1e-6 || a <= 0 || d <= 0;
  };
  const state = element => {
    if (!element) return { opacity: 1, clip: [0, 0, width, height], turned: false, hidden: false, block: null };
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
    found = {
      opacity: above.opacity * style.opacity, clip, turned: above.turned || turned(style),
      hidden: above.hidden || style.clipPath !== 'none' || (style.clip !== 'auto' && style.clip !== ''),
      seen: style.visibility === 'visible', rtl: style.direction === 'rtl', block: flows ? above.block : element,
      face: style.display === 'contents' ? above.face : element,  // what the text's own place shows
      letters: style.textTransform, font: style.font, spacing: style.letterSpacing.replace('normal', '0px'),
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
  const transformed = (text, how) => {
    if (how === 'uppercase') return text.toUpperCase();
    if (how === 'lowercase') return text.toLowerCase();
    return how === 'capitalize' ? text.replace(/[\p{L}\p{N}]/u, letter => letter.toUpperCase()) : text;
  };
  const unfit = (element, at) => {
    if (!at.seen || at.hidden || at.opacity < 0.1) return 'hidden';
    if (element.closest(drawings)) return 'in drawings or forms';
    if (at.turned) return 'turned or vertical';
    return at.rtl ? 'written from right to left' : '';
  };
  const blocks = new Map(), range = document.createRange();
  let open = null;  // the block whose last text ended without a blank
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walker.nextNode(); node && words.length < most; node = walker.nextNode()) {
    if (node.nodeType === Node.ELEMENT_NODE) {
      if (!/^(BR|IMG|HR|INPUT|SVG|CANVAS)$/i.test(node.tagName)) continue;
      open = null;
      const r = node.getBoundingClientRect();  // a formula or a sign between words
      if (r.width * r.height > 4 && !/^[BH]R$/i.test(node.tagName)) {
        words.push([null, [r.left, r.top, r.right, r.bottom], -1, false, 0]);
      }
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
      if (reason) { drop(reason); continue; }
      const y = (box[1] + box[3]) / 2, inset = Math.min(2, (box[2] - box[0]) / 4);
      if (rects.some(r => r.top > y || r.bottom < y)) { drop('broken over lines'); continue; }
      if (box[1] >= height) { drop('too far down'); continue; }
      if (!within(box, at.clip)) { drop('cut off'); continue; }
      if (![box[0] + inset, (box[0] + box[2]) / 2, box[2] - inset].every(x => onTop(at, x, y))) {
        drop('covered'); continue;
      }
      const shown = transformed(found[0], at.letters), [whole, baseline] = inked(shown, box, at);
      words.push([shown, whole, blocks.get(at.block), glued, baseline]);
    }
    open = /\s$/.test(text) ? null : at.block;
  }
  if (words.length >= most) skip('beyond the most that are read');
  for (const element of document.querySelectorAll('img, svg, canvas, video')) {
    if (element.parentElement.closest('svg')) continue;
    const r = element.getBoundingClientRect(), at = state(element);
    const box = [Math.max(r.left, at.clip[0]), Math.max(r.top, at.clip[1]),
                 Math.min(r.right, at.clip[2]), Math.min(r.bottom, at.clip[3])];
    if (box[2] - box[0] < least || box[3] - box[1] < least || !at.seen || at.hidden || at.opacity < 0.1) continue;
    if (element.tagName === 'IMG' && !element.naturalWidth) continue;
    if (element.contains(document.elementFromPoint((box[0] + box[2]) / 2, (box[1] + box[3]) / 2))) images.push(box);
  }
  return { words, images, skipped };
}
"""
"""([most words, least side of a picture]) -> words as [text, box, block, glued to the one before, baseline], boxes of
pictures, and the number of words left out by reason; all in CSS pixels of the window, which shows the whole page. The
text is null where something is printed that could not be used, so that the rest of its word is left out, too."""
