"""What is asked of letters in the browser: how far they reach, which are shown, and whether a font draws them."""

from __future__ import annotations

LETTERS = r"""
  const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const sizes = new Map(), outlines = new Map();
  const sizeOf = style => {  // the number of a font, and its em, also where a style sheet adjusts its size
    if (!sizes.has(style.font)) {
      const em = parseFloat(/([\d.]+)px/.exec(pen.font)?.[1] ?? 0), x = pen.measureText('x').actualBoundingBoxAscent;
      sizes.set(style.font, [sizes.size, x > 0.3 * em && x < 0.75 * em ? em : x / 0.48]);
    }
    return sizes.get(style.font);
  };
  const inked = (text, box, style) => {  // the box with what its glyphs reach beyond it, the baseline, and the box
    pen.font = style.font;
    pen.letterSpacing = style.spacing;
    const m = pen.measureText(text), ascent = m.fontBoundingBoxAscent, tall = ascent + m.fontBoundingBoxDescent;
    if (!style.font || !(tall > 0)) return [box, box[1] + 0.78 * (box[3] - box[1]), box];
    const zoom = (box[3] - box[1]) / tall, base = box[1] + ascent * zoom, em = sizeOf(style)[1] * zoom;
    const own = em && (tall * zoom < 0.8 * em || tall * zoom > 2 * em)  // a font may say that it is lower or higher
      ? [box[0], base - 0.95 * em, box[2], base + 0.25 * em] : box;
    const over = size => Math.min(Math.max(tall, em / zoom) / 2, Math.max(0, size)) * zoom;
    return [[box[0] - over(m.actualBoundingBoxLeft), own[1] - over(m.actualBoundingBoxAscent - (base - own[1]) / zoom),
             box[2] + over(m.actualBoundingBoxRight - m.width),
             own[3] + over(m.actualBoundingBoxDescent - (own[3] - base) / zoom)], base, own];
  };
  // A letter and its accents that Unicode has as one are one.
  const lettersOf = text => text.match(/\P{M}\p{M}*|\p{M}/gu).flatMap(
    part => [...part.normalize('NFC')].length === 1 ? [part] : [...part]);
  // Of each letter of a text: left, top, right, bottom of its ink as its font draws it, where the browser set it.
  const placed = (node, start, text, box, style) => {  // null: not known; false: one of them has no size
    if (!style.font) return null;
    pen.font = style.font;
    pen.letterSpacing = '0px';
    const [font, size] = sizeOf(style), boxes = [];
    const m = pen.measureText(text), ascent = m.fontBoundingBoxAscent, tall = ascent + m.fontBoundingBoxDescent;
    const zoom = (box[3] - box[1]) / tall, base = box[1] + ascent * zoom;
    if (!(zoom > 0 && size > 0)) return null;
    for (const letter of lettersOf(text)) {
      const key = font + letter;
      if (!outlines.has(key)) {
        const of = pen.measureText(letter);
        outlines.set(key, [-of.actualBoundingBoxLeft, -of.actualBoundingBoxAscent, of.actualBoundingBoxRight,
                           of.actualBoundingBoxDescent]);
      }
      range.setStart(node, start);
      range.setEnd(node, start += letter.length);
      const { left: x, width: advance, height } = range.getBoundingClientRect(), o = outlines.get(key);
      if (!advance && o[2] > o[0] && /^[\p{L}\p{N}]+$/u.test(text)) return false;  // a first letter of no size
      if (Math.abs(height / tall - zoom) > 0.05 * zoom) return null;  // a first letter of another size
      const across = zoom * style.stretch;
      boxes.push([x + o[0] * across, base + o[1] * zoom, x + o[2] * across, base + o[3] * zoom]);
    }
    return [boxes, font, size * zoom];
  };
  // A letter that no font has looks like a code point that stands for none.
  const NONE = '\u{10fffd}', fonts = new Map();
  const drawn = letter => {
    pen.canvas.width = 64;  // which clears it and takes its font away
    pen.canvas.height = 64;
    pen.font = pen.face;
    pen.fillText(letter, 8, 44);
    return pen.getImageData(0, 0, 64, 64).data.join();
  };
  const isDrawn = (letter, known) => {
    pen.face = known.font;
    pen.font = known.font;
    pen.letterSpacing = '0px';
    known.width ??= pen.measureText(NONE).width;
    if (pen.measureText(letter).width !== known.width) return true;
    known.none ??= drawn(NONE);
    return drawn(letter) !== known.none;
  };
  const undrawn = (text, at) => {  // the letters that no font draws
    const letters = text.replace(/[\0-\u024f\p{Default_Ignorable_Code_Point}]/gu, '');
    if (!letters) return '';
    if (!fonts.has(at.families)) {
      fonts.set(at.families, { font: `${at.slant} ${at.weight} 24px ${at.families}`, letters: new Map() });
    }
    const known = fonts.get(at.families);
    let missing = '';
    for (const letter of letters) {
      if (!known.letters.has(letter)) known.letters.set(letter, isDrawn(letter, known));
      if (!known.letters.get(letter)) missing += letter;
    }
    return missing;
  };
  const PLAIN = /^([^\p{L}\p{M}\p{N}]*)(?![\u01c4-\u01cc\u01f1-\u01f3\u10d0-\u10ff])(\p{L})[\p{L}\p{M}'’]*\P{L}*$/u;
  const transformed = (text, at, glued) => {  // null: which letters are shown is doubtful
    if (at.variant && text !== text.toUpperCase()) return null;  // small capitals
    if (at.features) return null;
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
"""
"""Functions of the script that measures a page."""
