"""LKP012 unused-lookup: a lookup that nothing in the pack reads or writes.

## What it does

Reports lookups that no search, no macro, no dashboard and no conf file of the pack names.

## Why it matters

The table ships to every user. Mostly it is left over, or a search names it wrongly.

## Example

    lookups/old_hashes.yml, and no search with `| lookup old_hashes`

## Use instead

Delete it. A lookup that is there for the users: suppress the finding with a comment that says so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.unread import may_be_named, unread_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.content.model import Lookup
    from generator.rules.base import PackContext

_OUTSIDE = (".json", ".conf", ".xml", ".j2")
_WORD = re.compile(r"[\w.-]+")


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the lookups that nothing names."""
    used = {use.name for facts in ctx.facts.values() for search in facts.searches.values() for use in search.lookups}
    unused = [lookup for lookup in ctx.pack.lookups if lookup.name and not used.intersection(_names(lookup))]
    if not unused:
        return
    words = _words(ctx, {name for lookup in unused for name in _names(lookup)})
    unread = unread_texts(ctx.pack)
    for lookup in unused:
        if words.isdisjoint(_names(lookup)) and not may_be_named(lookup.name, unread):
            yield Found(
                message=f"nothing uses the lookup `{lookup.name}`",
                hint="delete it, or correct the name in the searches",
                document=lookup.document,
                pointer=("name",),
            )


def _names(lookup: Lookup) -> tuple[str, ...]:
    """Return what a search may call it: its name, its file, its collection, and a model without `__mlspl_`."""
    file = lookup.data_path.rpartition("/")[2] if lookup.data_path is not None else lookup.name
    model = lookup.name.removeprefix("__mlspl_")
    return (lookup.name, f"{lookup.name}.csv", file, lookup.collection or lookup.name, model)


def _words(ctx: PackContext, names: set[str]) -> set[str]:
    """Return the words of all texts that may name one of these lookups in another way than the commands that are followed."""
    pack = ctx.pack
    texts = [baseline.search for baseline in pack.baselines]
    texts += (investigation.search for investigation in pack.investigations)
    for detection in pack.detections:
        texts += (detection.search, *(drilldown.search for drilldown in detection.drilldowns))
    texts += (macro.definition for macro in pack.macros)
    texts += (dashboard.j2_template or "" for dashboard in pack.dashboards)
    for path in pack.files:
        if path.endswith(_OUTSIDE) and not path.startswith("playbooks/"):
            content = ctx.read_file(path)
            if content is not None:
                texts.append(content.decode(errors="replace"))
    texts = list(dict.fromkeys(texts))  # most drilldowns are the same
    everything = "\n".join(texts)
    found = [name for name in names if name in everything]
    return {word for text in texts if any(name in text for name in found) for word in _WORD.findall(text)}


RULE = Rule(code="LKP012", name="unused-lookup", severity=Severity.WARNING, since="0.1", check_pack=check)
