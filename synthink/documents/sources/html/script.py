"""What is done to a web page in the browser: it is made to stand still, and its letters are taken off it."""

from __future__ import annotations

# What is important in the first layer of a page is so above all other sheets, whatever they call important.
STYLE = """
@layer { *, *::before, *::after { animation: none !important; transition: none !important; hyphens: manual !important;
  pointer-events: auto !important; caret-color: transparent !important; scroll-behavior: auto !important;
  text-overflow: clip !important; -webkit-line-clamp: none !important; -webkit-box-reflect: initial !important; }
  marquee, marquee * { visibility: hidden !important; } }
"""
"""What moves stands still while it is measured; every element can be found by the point it covers; words that are cut
show where, without dots in their place."""

_SET_STYLE = """
  const set = root => {
    const style = document.createElement('style');
    style.textContent = rules;
    (root.documentElement || root).prepend(style);
    for (const element of root.querySelectorAll('*')) if (element.shadowRoot) set(element.shadowRoot);
  };
  set(document);
"""

STILL = (
    """
async rules => {
  // A page that is not well-formed, or is no page but a drawing.
  if (!document.body || document.querySelector('parsererror')) return null;
"""
    + _SET_STYLE
    + """
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
)
"""Sets rules of style for the page; gives its height in CSS pixels, null for what is no whole page."""

BARE = (
    "rules => {"
    + _SET_STYLE
    + """
  const strip = root => {
    for (const element of root.querySelectorAll('*')) {
      if (getComputedStyle(element).backgroundClip === 'text') {
        element.style.setProperty('background', 'none', 'important');
      }
      if (element.shadowRoot) strip(element.shadowRoot);
    }
  };
  strip(document);
}
"""
)
"""Sets rules of style for the page and all shadow trees in it that are open, and takes off what only fills letters."""
BARE_STYLE = """
@layer { *, *::before, *::after { -webkit-text-fill-color: transparent !important; text-shadow: none !important;
  -webkit-text-stroke-color: transparent !important; } }
"""
"""Takes the letters off the page, so that what they print is the difference between two pictures."""
