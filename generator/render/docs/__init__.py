"""A pack becomes the Markdown pages of a Jekyll site: one page a detection, and the pages that lead to it.

`_posts/<date>-<id>.md` is the page of one detection. Beside it: `stories/`, `types/`, `tactics/`, `datamodels/` (one page
each and one list each), `detections.md`, `macros.md`, `lookups.md`, `index.md`, `_data/navigation.yml`. Every page names
its own `permalink`, so that links hold whatever the site's configuration is. Pure: the same pack gives the same bytes.

`static.py` makes the same as a site of whole HTML pages that needs no generator (`--format site`).

Left out on purpose: what needs the network when pages are made (summaries and scores of CVEs, names of add-ons), and a
`_config.yml` (the site is the user's).
"""

from generator.render.docs.site import DocsFormatError, render_docs
from generator.render.docs.static import render_static

__all__ = ["DocsFormatError", "render_docs", "render_static"]
