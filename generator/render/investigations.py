"""What the Enterprise Security workbench gets of a v4 pack's investigations: panels, their tokens, menu actions.

default/es_investigations.conf   the tokens (inputs) of each panel
default/workflow_actions.conf    a link to the panel from a field's menu, for investigations with exactly one input
default/data/ui/panels/*.xml     the panel that runs the search

An investigation without a `$token$` has no panel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.render.confwrite import Stanza, header, stanza_name, write_conf
from generator.render.derived import input_tokens
from generator.render.templating import render_template
from generator.render.xmltext import check_xml, xml_comment

if TYPE_CHECKING:
    from generator.content.model import Investigation
    from generator.render.context import RenderContext

_VALUES = {"dest": "asset", "user": "identity"}


def render_tokens(context: RenderContext) -> bytes:
    """Return es_investigations.conf. Raises GeneratorError as `write_conf`."""
    return write_conf(
        "default/es_investigations.conf",
        context.app,
        [_panel_stanza(context, task) for task in _with_inputs(context)],
        template="es_investigations.conf.j2",
    )


def render_actions(context: RenderContext) -> bytes:
    """Return workflow_actions.conf. Raises GeneratorError as `write_conf`."""
    tasks = [task for task in _with_inputs(context) if len(input_tokens(task.search)) == 1]
    return write_conf(
        "default/workflow_actions.conf",
        context.app,
        [_action(task) for task in tasks],
        template="workflow_actions.conf.j2",
    )


def render_panels(context: RenderContext) -> dict[str, bytes]:
    """Return path to panel.

    Raises:
        GeneratorError: a panel is not well-formed XML (a search with characters that XML cannot hold).
    """
    top = xml_comment(header(context.app))
    files = {}
    for task in _with_inputs(context):
        path = f"default/data/ui/panels/{_panel(task)}.xml"
        text = render_template("xml/panel.xml.j2", header=top, search=task.search.strip())
        files[path] = check_xml(path, text)
    return files


def _with_inputs(context: RenderContext) -> list[Investigation]:
    return [task for task in context.investigations if input_tokens(task.search)]


def _panel(task: Investigation) -> str:
    slug = "".join(c if c.isalnum() and c.isascii() else "_" for c in task.name.lower())
    return f"workbench_panel_{slug}___response_task"


def _panel_stanza(context: RenderContext, task: Investigation) -> Stanza:
    tokens: dict[str, Any] = {
        token: {
            "valuePrefix": '"',
            "valueSuffix": '"',
            "delimiter": f" OR {token}=",
            "valueType": "primitive",
            "value": _VALUES.get(token, "file"),
            "default": "null",
        }
        for token in input_tokens(task.search)
    }
    settings = [
        ("label", task.name),
        ("description", task.description),
        ("disabled", "0"),
        ("tokens", context.json(tokens)),
    ]
    return Stanza(f"panel://{_panel(task)}", settings)


def _action(task: Investigation) -> Stanza:
    token = input_tokens(task.search)[0]
    panel = _panel(task)
    kind = "type_identity" if token == "user" else "type_asset"  # noqa: S105 - the name of a field, not a secret
    link = (
        f"/app/$@namespace$/ess_workbench_panel?{kind}=$@field_value$&panel={panel}"
        "&drilldown_field=$@field_name$&use_drilldown_time=true"
    )
    settings = [
        ("label", f"Workbench - {task.name}"),
        ("type", "link"),
        ("fields", token),
        ("display_location", "field_menu"),
        ("link.uri", link),
        ("link.target", "blank"),
        ("link.method", "get"),
    ]
    return Stanza(stanza_name(panel), settings)
