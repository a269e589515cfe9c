"""What is asked of elements in the browser: what holds for the text in them, and what lies over it."""

from __future__ import annotations

STATE = r"""
  const width = innerWidth, height = innerHeight, skipped = {}, words = [], images = [], absent = [];
  const skip = (reason, count = 1) => { if (count) skipped[reason] = (skipped[reason] || 0) + count; };
  const drawings = 'svg, canvas, video, audio, object, embed, iframe, input, textarea, select, meter, progress';
  const states = new Map();
  // The page as it is shown: shadow trees in place of what their hosts hold, slots filled.
  const childrenOf = node => {
    if (node.shadowRoot) return node.shadowRoot.childNodes;
    const filled = node.localName === 'slot' && node.assignedNodes ? node.assignedNodes() : [];
    return filled.length ? filled : node.childNodes;
  };
  const parentOf = node => node.assignedSlot || node.parentElement || node.getRootNode().host || null;
  const nodes = [];
  for (const stack = [document.body]; stack.length;) {
    const node = stack.pop();
    nodes.push(node);
    if (node.nodeType === Node.ELEMENT_NODE) {
      for (const child of [...childrenOf(node)].reverse()) {
        if (child.nodeType === Node.ELEMENT_NODE || child.nodeType === Node.TEXT_NODE) stack.push(child);
      }
    }
  }
  const turned = style => {
    if (style.rotate !== 'none' || style.writingMode !== 'horizontal-tb' || style.offsetPath !== 'none') return true;
    if (style.scale !== 'none' && style.scale.split(' ').some(factor => factor <= 0)) return true;
    if (style.transform === 'none') return false;
    const matrix = style.transform.match(/^matrix\(([^)]*)\)$/);
    if (!matrix) return true;
    const [a, b, c, d] = matrix[1].split(',').map(Number);
    return Math.abs(b) > 1e-6 || Math.abs(c) > 1e-6 || a <= 0 || d <= 0;
  };
  const stretched = style => {  // how much wider than high it is drawn, where it is not turned
    const [across, down = across] = style.scale === 'none' ? [1] : style.scale.split(' ').map(Number);
    const [a, , , d] = (style.transform.match(/^matrix\(([^)]*)\)$/)?.[1] ?? '1,0,0,1').split(',').map(Number);
    return across * a / (down * d) || 1;
  };
  const capitals = style => `${style.textTransform} ${style.fontVariantCaps}`;
  const doubled = style => {  // by a sharp shadow beside the letters
    return [...style.textShadow.matchAll(/(-?[\d.]+)px (-?[\d.]+)px ([\d.]+)px/g)].some(shadow => {
      const distance = Math.hypot(shadow[1], shadow[2]);
      return distance > 0.1 * parseFloat(style.fontSize) && shadow[3] < distance;
    });
  };
  const opaque = style => {  // whether an element hides what lies under it, or may do so
    const alpha = style.backgroundColor.match(/^rgba\(.*, ([^)]*)\)$|\/ ([^)]*)\)$/);
    return style.backgroundImage !== 'none' || !alpha || Number(alpha[1] ?? alpha[2]) > 0.3;
  };
  const state = element => {
    if (!element) {
      return { opacity: 1, clip: [0, 0, width, height], block: null, led: null, language: 'und' };
    }
    let known = states.get(element);
    if (known) return known;
    const above = state(parentOf(element)), style = getComputedStyle(element);
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
      part => capitals(getComputedStyle(element, part)) !== capitals(style));
    known = {
      opacity: above.opacity * style.opacity, clip, turned: above.turned || turned(style),
      stretch: (above.stretch ?? 1) * stretched(style),
      hidden: above.hidden || (above.shut && !element.matches('summary:first-of-type'))
              || style.clipPath !== 'none' || (style.clip !== 'auto' && style.clip !== ''),
      shut: style.contentVisibility === 'hidden' || (element.localName === 'details' && !element.open),
      dotted: above.dotted || style.textOverflow !== 'clip' || style.webkitLineClamp !== 'none',
      masked: above.masked || style.filter !== 'none' || style.maskImage !== 'none'
              || style.webkitMaskBoxImageSource !== 'none' || style.webkitTextSecurity !== 'none' || doubled(style)
              || parseFloat(style.webkitTextStrokeWidth) > 0.1 * parseFloat(style.fontSize)
              || (style.textDecorationLine.includes('line-through')
                  && parseFloat(style.textDecorationThickness) > 0.15 * parseFloat(style.fontSize)),
      squeezed: parseFloat(style.letterSpacing) < -0.12 * parseFloat(style.fontSize),
      drawing: above.drawing || element.matches(drawings),
      ruby: above.ruby || element.localName === 'ruby' || style.textEmphasisStyle !== 'none',
      led: leads ? { bottom: null } : above.led, floats: style.float !== 'none',
      seen: style.visibility === 'visible', rtl: style.direction === 'rtl', block: flows ? above.block : element,
      face: style.display === 'contents' ? above.face : element,  // what the text's own place shows
      hides: (opaque(style) && style.mixBlendMode === 'normal') || element.matches('img, ' + drawings),
      letters: style.textTransform, language: element.getAttribute('lang') || above.language,
      variant: !/^(normal|titling-caps)$/.test(style.fontVariantCaps),
      features: /smcp|c2sc|pcap|c2pc|unic|frac|afrc|sups|subs|ordn/.test(style.fontFeatureSettings)
                || /fractions|ordinal/.test(style.fontVariantNumeric) || style.fontVariantPosition !== 'normal',
      font: style.font, families: style.fontFamily, slant: style.fontStyle, weight: style.fontWeight,
      spacing: style.letterSpacing.replace('normal', '0px'),
    };
    states.set(element, known);
    return known;
  };
  const topmost = (x, y, root = document) => {  // also in shadow trees
    const hit = root.elementFromPoint(x, y);
    return hit?.shadowRoot && hit.getRootNode() === root ? topmost(x, y, hit.shadowRoot) || hit : hit;
  };
  const pile = (x, y, root = document) => root.elementsFromPoint(x, y)
    .filter(hit => hit.getRootNode() === root)
    .flatMap(hit => hit.shadowRoot ? [...pile(x, y, hit.shadowRoot), hit] : [hit]);
  const isOf = (hit, at) => hit === at.face  // a neighbour of the same text may answer where both touch
    || (hit !== null && !hit.matches('img, ' + drawings) && hit !== at.block && state(hit).block === at.block);
  const onTop = (at, x, y) => {
    if (isOf(topmost(x, y), at)) return true;
    for (const hit of pile(x, y)) {
      if (isOf(hit, at)) return true;
      const over = state(hit);
      if (over.hides && over.seen && over.opacity > 0.1) return false;
    }
    const own = at.face.getBoundingClientRect();  // text beyond it is shown, and not hit
    return x < own.left || x > own.right || y < own.top || y > own.bottom;
  };
  const within = (box, clip) =>
    box[0] >= clip[0] - 1 && box[1] >= clip[1] - 1 && box[2] <= clip[2] + 1 && box[3] <= clip[3] + 1;
  const parted = rects => {  // over columns
    const sorted = rects.slice().sort((a, b) => a.left - b.left);
    return sorted.some((r, number) => number && r.left - sorted[number - 1].right > 1);
  };
  const clipped = (r, clip) => [Math.max(r.left, clip[0]), Math.max(r.top, clip[1]),
                                Math.min(r.right, clip[2]), Math.min(r.bottom, clip[3])];
  const unseen = at => !at.seen || at.hidden || at.opacity < 0.1;
  const count = text => (text || '').split(/\s+/).filter(Boolean).length;
  const wordsOf = field => {  // what a field of a form shows, or what stands in a picture's place
    if (field.localName === 'img') return field.naturalWidth ? 0 : count(field.alt);
    if (field.localName === 'select') {
      const options = field.size > 1 || field.multiple ? field.options : field.selectedOptions;
      return count([...options].map(option => option.label).join(' '));
    }
    if (/^(checkbox|radio|range|color|file|image|hidden|password)$/.test(field.type)) return 0;
    return /^(input|textarea)$/.test(field.localName) ? count(field.value || field.placeholder) : 0;
  };
  const unfit = at => {
    if (unseen(at) || at.shut) return 'hidden';
    if (at.drawing) return 'in drawings or forms';
    if (at.ruby) return 'with small letters over them (ruby)';
    if (at.turned) return 'turned or vertical';
    if (at.masked) return 'blurred, masked or doubled';
    if (at.dotted) return 'cut off';
    if (at.squeezed) return 'printed over each other';
    return at.rtl || reordered.has(at.block) ? 'written from right to left' : '';
  };
  // Blocks with marks that turn the order of letters round, and with letters that turn round what has no side.
  const reordered = new Set(), mixed = new Set();
  for (const node of nodes) {
    if (node.nodeType !== Node.TEXT_NODE) continue;
    if (/[\u202b\u202e\u2067]/.test(node.data)) reordered.add(state(parentOf(node)).block);
    if (/[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/.test(node.data)) mixed.add(state(parentOf(node)).block);
  }
"""
"""Names and functions of the script that measures a page."""
