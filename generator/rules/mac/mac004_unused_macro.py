"""MAC004 unused-macro: a macro that nothing in the pack calls.

## What it does

Reports macros that no search of the pack, no other macro, no dashboard and no conf file that ships with the app calls.

## Why it matters

Mostly the macro is left over, or the searches call it by another name. It is shipped to every user all the same.

## Example

    macros/old_tools.yml, and no search with `old_tools` in backticks

## Use instead

Delete it. A macro that is there for the users to call: suppress the finding with a comment that says so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.unread import may_be_named, unread_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import PackContext

_CALLED = re.compile(r"`([^`\s(\"\\]+)")
_OUTSIDE = (".json", ".conf", ".xml", ".j2")


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the macros that nothing calls."""
    used = {use.name for facts in ctx.facts.values() for search in facts.searches.values() for use in search.macros}
    unused = [macro for macro in ctx.pack.macros if macro.name and macro.name not in used]
    if not unused:
        return
    called = _called_elsewhere(ctx)
    unread = unread_texts(ctx.pack)
    for macro in unused:
        if macro.name not in called and not may_be_named(macro.name, unread):
            yield Found(
                message=f"nothing calls the macro `{macro.name}`",
                hint="delete it, or correct the name in the searches",
                document=macro.document,
                pointer=("name",),
            )


def _called_elsewhere(ctx: PackContext) -> set[str]:
    """Return what is called where analysis does not look: in quotes (`map search="..."`), dashboards and conf files."""
    called: set[str] = set()
    pack = ctx.pack
    for path in pack.files:
        if path.endswith(_OUTSIDE) and not path.startswith("playbooks/"):
            content = ctx.read_file(path)
            if content is not None:
                called.update(_CALLED.findall(content.decode(errors="replace")))
    texts = [dashboard.j2_template or "" for dashboard in pack.dashboards]
    texts += [detection.search for detection in pack.detections]
    texts += [baseline.search for baseline in pack.baselines]
    texts += [investigation.search for investigation in pack.investigations]
    texts += [drilldown.search for detection in pack.detections for drilldown in detection.drilldowns]
    texts += [macro.definition for macro in pack.macros]
    for text in dict.fromkeys(texts):
        called.update(_CALLED.findall(text))
    return called


RULE = Rule(code="MAC004", name="unused-macro", severity=Severity.WARNING, since="0.1", check_pack=check)
