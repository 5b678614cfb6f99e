"""FLD001 absent-field: a command reads a field that cannot be there any more.

## What it does

Follows the fields through the search, and reports what commands read that no result can have at that point: because an
earlier command dropped or renamed it, or because nothing before made it. An error where no result can pass for it (`where`,
`search`, the BY of `stats`, an inner `join`), else a warning. Where any part of the search is not known, it says nothing.

## Why it matters

Splunk does not complain: the comparison is false, the row vanishes, and the detection never fires.

## Example

    | stats count as hits by dest | where count > 5

## Use instead

    | stats count as hits by dest | where hits > 5
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity, did_you_mean
from generator.rules.base import Found, Rule
from generator.rules.fld.passing import required_places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import SearchContext
    from generator.spl.fields import FieldUse

_NEVER = frozenset(
    {
        "foreach",
        "inputlookup",
        "fields",
        "table",
        "fillnull",
        "outputlookup",
        "convert",
        "dedup",
        "makemv",
        "nomv",
        "mvexpand",
    }
)


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the reads of fields that are not there."""
    search = ctx.search
    if not search.uses or not search.facts.parsed:
        return
    optional: set[tuple[str, int]] | None = None
    places: frozenset[int] | None = None
    for use in search.uses:
        name, state = use.name, use.state
        if name in state.names or use.optional or state.may_have(name) or "*" in name or "$" in name:
            continue
        if optional is None:
            optional = {(other.name, id(other.state)) for other in search.uses if other.optional}
            places = required_places(search.tree)
        if (name, id(state)) in optional or use.command in _NEVER:
            continue
        yield _found(use, certain=places is not None and use.start in places)


def _found(use: FieldUse, *, certain: bool) -> Found:
    gone = use.state.dropped.get(use.name)
    if gone is not None:
        how = "renamed" if gone[0] == "rename" else "dropped"
        message = f"`{use.command}` reads `{use.name}`, which `{gone[0]}` {how} before"
    else:
        message = f"`{use.command}` reads `{use.name}`, which no command before gives"
    return Found(
        message=message,
        hint=did_you_mean(use.name, use.state.names),
        start=use.start,
        end=use.end,
        severity=Severity.ERROR if certain else None,
    )


RULE = Rule(
    code="FLD001", name="absent-field", severity=Severity.WARNING, since="0.1", reads_flow=True, check_search=check
)
