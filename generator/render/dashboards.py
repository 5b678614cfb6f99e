"""default/data/ui/views: a Dashboard Studio view for each board of the pack.

A board may bring a template of its own (`j2_template`, v5). That is somebody's code inside content, so only a small
part of Jinja is allowed: showing values of `dashboard` and `config`, conditions, one loop at a time, and a few filters
that cannot grow their input. Everything else is refused before anything runs.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from generator.base.diagnostics import GeneratorError
from generator.content.model import ConfStyle
from generator.render.confwrite import clean, header
from generator.render.errors import UnrenderableContentError
from generator.render.templating import render_template
from generator.render.xmltext import check_xml, json_in_cdata, xml_comment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.content.model import Dashboard
    from generator.render.context import RenderContext

MAX_TEMPLATE_CHARS = 64 * 1024
MAX_VIEW_CHARS = 16 * 1024 * 1024
_NODES = frozenset(
    [
        "Add",
        "And",
        "Call",
        "Compare",
        "Concat",
        "CondExpr",
        "Const",
        "Filter",
        "For",
        "Getattr",
        "Getitem",
        "If",
        "Name",
        "Not",
        "Operand",
        "Or",
        "Output",
        "Template",
        "TemplateData",
    ]
)
_FILTERS = frozenset(
    [
        "d",
        "default",
        "e",
        "escape",
        "forceescape",
        "length",
        "lower",
        "safe",
        "string",
        "title",
        "tojson",
        "trim",
        "upper",
    ]
)
_CALLS = frozenset({"pretty_print_json_obj"})


def render(context: RenderContext) -> dict[str, bytes]:
    """Return path to view.

    Raises:
        UnrenderableContentError: a board's JSON or its own template is broken; names the file.
    """
    files = {}
    for dashboard in context.pack.dashboards:
        data = context.inputs.data.get(dashboard.json_path)
        if data is not None and dashboard.path not in context.skip:
            path = f"default/data/ui/views/{view_name(context, dashboard)}.xml"
            if path.removeprefix("default/") in context.inputs.static:
                continue
            try:
                files[path] = check_xml(path, _view(context, dashboard, data))
            except GeneratorError as error:
                raise UnrenderableContentError(str(error), dashboard.path) from error
    return files


def view_name(context: RenderContext, dashboard: Dashboard) -> str:
    """Return the view's name: contentctl 4 takes the file's, the newer tools put the app's prefix in front."""
    stem = dashboard.document.stem
    name = stem if context.style is ConfStyle.V4 else f"{context.prefix}__{stem}"
    return "".join("_" if character in ' /\\:*?"<>|\n\t' else character for character in name.lower())


def _view(context: RenderContext, dashboard: Dashboard, data: bytes) -> str:
    indent = 2 if context.style is ConfStyle.V6 else 4
    try:
        board = json.loads(data.decode("utf-8-sig"))
        pretty = json.dumps(board, indent=indent, allow_nan=False)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise GeneratorError(
            f"{dashboard.json_path}: not a JSON file that a dashboard can be made of: {error}"
        ) from error
    pretty = json_in_cdata(pretty)
    label = clean(dashboard.name)
    if context.style is ConfStyle.V4:
        label = f"{context.prefix} - {label}"
    comment = xml_comment(header(context.app))
    theme = dashboard.theme if dashboard.theme in {"light", "dark"} and context.style is not ConfStyle.V6 else "light"
    if dashboard.j2_template is not None and context.style is not ConfStyle.V6:
        return f"{comment}\n{_own_template(context, dashboard, dashboard.j2_template, pretty, theme)}"
    return render_template("xml/dashboard.xml.j2", header=comment, theme=theme, label=label, definition=pretty)


def _own_template(context: RenderContext, dashboard: Dashboard, source: str, pretty: str, theme: str) -> str:
    from jinja2 import TemplateError  # noqa: PLC0415 - heavy; few packs have such a template

    place = f"{dashboard.path}: `j2_template`"
    if len(source) > MAX_TEMPLATE_CHARS:
        raise GeneratorError(f"{place} is longer than {MAX_TEMPLATE_CHARS} characters")
    app = context.app
    shown: dict[str, Any] = {
        "dashboard": {
            "name": dashboard.name,
            "description": dashboard.description,
            "theme": theme,
            "id": dashboard.id,
            "version": dashboard.version,
            "author": dashboard.author,
            "pretty_print_json_obj": lambda: pretty,
        },
        "config": {
            "app": {
                "title": app.title,
                "label": app.label,
                "prefix": app.prefix,
                "appid": app.id,
                "version": app.version,
                "description": app.description,
                "author_name": app.author_name,
                "author_email": app.author_email,
                "author_company": app.author_company,
            }
        },
    }
    try:
        environment = _user_environment()
        _refuse_code(environment.parse(source), place)
        pieces: list[str] = []
        length = 0
        for piece in environment.from_string(source).generate(shown):
            length += len(piece)
            if length > MAX_VIEW_CHARS:
                raise GeneratorError(f"{place} makes more than {MAX_VIEW_CHARS // 1024 // 1024} MiB of text")
            pieces.append(piece)
    except TemplateError as error:
        line = getattr(error, "lineno", None)
        where = f", line {line} of the template" if line else ""
        raise GeneratorError(f"{place}{where}: {error.message or type(error).__name__}") from error
    except (TypeError, ValueError, ArithmeticError, RecursionError, LookupError) as error:
        raise GeneratorError(f"{place}: {error}") from error
    return "".join(pieces)


@cache
def _user_environment() -> Any:  # noqa: ANN401 - a jinja2 environment, imported only when it is needed
    from jinja2 import StrictUndefined  # noqa: PLC0415 - heavy; few packs have such a template
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415 - as above

    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    environment.globals.clear()
    return environment


def _refuse_code(tree: Any, place: str) -> None:  # noqa: ANN401 - a jinja2 syntax tree
    for node, loops in _walk(tree, 0):
        kind = type(node).__name__
        line = getattr(node, "lineno", 0)
        what = None
        if kind not in _NODES:
            what = f"`{kind.lower()}`"
        elif kind == "Filter" and node.name not in _FILTERS:
            what = f"the filter `{node.name}`"
        elif kind == "Call" and getattr(node.node, "attr", None) not in _CALLS:
            what = "this call"
        elif kind == "For" and (loops > 1 or node.recursive):
            what = "a loop inside a loop"
        if what is not None:
            raise GeneratorError(f"{place}, line {line} of the template: {what} is not allowed in a board's template")


def _walk(node: Any, loops: int) -> Iterator[tuple[Any, int]]:  # noqa: ANN401 - as above
    loops += type(node).__name__ == "For"
    yield node, loops
    for child in node.iter_child_nodes():
        yield from _walk(child, loops)
