"""The shipped templates (`templates/`) become text. Content only ever comes in as data, never as template source.

One sandboxed environment serves all outputs; each template is compiled once a process. Templates hold layout (banners,
order of sections, fixed markup); every value is made in Python.
"""

from __future__ import annotations

from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.base.diagnostics import GeneratorError

if TYPE_CHECKING:
    from collections.abc import Iterator

_EVENTS = 1024


@cache
def template_folder() -> Path:
    """Return the folder of the shipped templates: inside the package in a wheel, beside it in a checkout.

    Raises:
        GeneratorError: neither is there, so the installation is damaged.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "templates", package.parent / "templates"):
        if folder.is_dir():
            return folder
    raise GeneratorError("the templates are missing from this installation; install contentpack again")


@cache
def _environment(*, autoescape: bool) -> Any:  # noqa: ANN401 - a jinja2 environment, imported only when something is rendered
    from jinja2 import FileSystemLoader, StrictUndefined  # noqa: PLC0415 - heavy; validation never renders
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415 - as above

    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(template_folder()),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        autoescape=autoescape,  # .conf files are not HTML; XML outputs escape with |e
    )


def render_template(name: str, **values: Any) -> str:  # noqa: ANN401 - whatever the template shows
    """Return the template `name` (a path below `templates/`) filled in.

    Raises:
        jinja2.TemplateError: the template is missing or broken: our own mistake, not the user's.
    """
    return str(_environment(autoescape=False).get_template(name).render(values))


def render_parts(name: str, **values: Any) -> Iterator[str]:  # noqa: ANN401 - whatever the template shows
    """Yield a large text that `render_template` would give, piece by piece. Raises as that."""
    events = _environment(autoescape=False).get_template(name).generate(values)
    while piece := list(islice(events, _EVENTS)):
        yield "".join(piece)


def render_html(name: str, **values: Any) -> str:  # noqa: ANN401 - whatever the template shows
    """Return an HTML template filled in; all values are escaped but for those that are `Markup`. Raises as `render_template`."""
    return str(_environment(autoescape=True).get_template(name).render(values))
