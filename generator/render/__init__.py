"""A pack becomes the files of a Splunk app, in memory: pure, the same input gives the same bytes.

`read_inputs` reads what rendering needs from the pack's folder (the only module here that touches the disk, besides
the shipped templates); `render_app`, `render_api` and `render_navigator` (all three: `render_build`, of which `render_rest`
can be made before) turn pack and inputs into files. No clock is
read: whatever the older tools take from the clock comes from the content's own dates, or is left out.

Documentation pages are `generator.render.docs`; writing to disk is `generator.package`.
"""

from generator.render.api import render_api
from generator.render.app import Rendered, Rest, render_app, render_build, render_rest
from generator.render.errors import UnrenderableContentError
from generator.render.inputs import RenderInputs, read_inputs
from generator.render.navigator import render_navigator

__all__ = [
    "RenderInputs",
    "Rendered",
    "Rest",
    "UnrenderableContentError",
    "read_inputs",
    "render_api",
    "render_app",
    "render_build",
    "render_navigator",
    "render_rest",
]
