r"""DSH007 section-end-in-dashboard: a dashboard's JSON holds `]]>`, which ends the part of the XML that it is put into.

## What it does

Reports `]]>` in the JSON file of a dashboard that uses the built-in template.

## Why it matters

The app holds the JSON inside a CDATA section of an XML file. `]]>` ends that section early: the view does not open, and
what follows is read as XML, which is a way to smuggle markup into it.

## Example

    "description": "a[b[0]]>1"

## Use instead

    "description": "a[b[0]]\u003e1"
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.dsh.json_places import boards

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import PackContext

_END = "]]>"


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the first such place of each dashboard."""
    for dashboard, source, _value in boards(ctx):
        start = source.text.find(_END)
        if start != -1 and dashboard.j2_template is None:
            yield Found(
                message=f"`{_END}` ends the CDATA section that the dashboard is packaged in",
                hint="write `>` as `\\u003e` inside of the text",
                span=source.span(start, start + len(_END)),
            )


RULE = Rule(code="DSH007", name="section-end-in-dashboard", severity=Severity.ERROR, since="0.1", check_pack=check)
