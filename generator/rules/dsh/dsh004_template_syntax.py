"""DSH004 template-syntax: a dashboard's template that is not a Jinja2 template.

## What it does

Reports the line of a `j2_template` at which the template language cannot be read: an expression that is never closed, a
block without its end, an unknown tag or filter.

## Why it matters

The template makes the dashboard's XML; a broken one stops the build.

## Example

    j2_template: <dashboard><label>{{ dashboard.name </label></dashboard>

## Use instead

    j2_template: <dashboard><label>{{ dashboard.name }}</label></dashboard>
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Dashboard
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the place at which the template breaks."""
    item = ctx.item
    if not isinstance(item, Dashboard) or item.j2_template is None:
        return
    # Few packs have templates of their own: the others need not wait for the library.
    from jinja2 import TemplateError, TemplateSyntaxError  # noqa: PLC0415 - as above
    from jinja2.sandbox import SandboxedEnvironment  # noqa: PLC0415 - as above

    template = item.j2_template
    environment = SandboxedEnvironment(autoescape=True)
    try:
        environment.compile(template)
    except TemplateSyntaxError as error:
        lines = template.splitlines(keepends=True)
        number = min(max(error.lineno, 1), max(len(lines), 1))
        start = sum(len(line) for line in lines[: number - 1])
        end = start + len(lines[number - 1].rstrip("\r\n")) if lines else start
        yield Found(
            message=f"the template is not valid Jinja2: {error.message}",
            pointer=("j2_template",),
            start=start,
            end=end,
        )
    except (TemplateError, RecursionError) as error:
        yield Found(message=f"the template is not valid Jinja2: {error}", pointer=("j2_template",))


RULE = Rule(
    code="DSH004",
    name="template-syntax",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("dashboard",),
    check_object=check,
)
