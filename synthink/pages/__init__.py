"""HTML pages for people, in one file each: templates that share a look, and text from outside made fit to be shown.

Whatever a template shows is cut to 300 characters, freed of characters that cannot be seen, and escaped, unless the
template says otherwise.
"""

from synthink.pages.page import cut, image_url, render

__all__ = ["cut", "image_url", "render"]
