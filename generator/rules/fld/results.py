"""Which fields the results of a detection can have, and why one is not among them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.analysis.model import ParsedSearch
    from generator.content.model import ContentObject, Detection, Pointer
    from generator.rules.base import ObjectContext
    from generator.spl.fields import FieldState

# The oldest dialect has no status: the folder says it.
_SHELVES = re.compile(r"/(?:deprecated|experimental)/")

# Commands after which only the fields that they name are left.
_LIMITING = frozenset({
    "chart", "fields", "inputlookup", "makeresults", "rare", "stats", "table", "timechart", "top", "transpose", "tstats",
    "untable", "xyseries",
})  # fmt: skip


def results_of(ctx: ObjectContext) -> ParsedSearch | None:
    """Return the object's own search where its results are known as far as they can be; None where it did not parse."""
    search = ctx.search
    return search if search is not None and search.facts.parsed else None


def texts_with_tokens(item: Detection) -> Iterator[tuple[Pointer, str, str]]:
    """Yield the texts whose tokens are filled from the results: pointer, what it is called, text."""
    native = item.finding is not None or any(entity.message is not None for entity in item.risk.objects)
    if item.finding is not None and item.finding.title:
        yield (*item.finding.pointer, "title"), "title", item.finding.title
    if native:
        for entity in item.risk.objects:
            if entity.message:
                yield (*entity.pointer, "message"), "message", entity.message
    elif item.risk.message and item.risk.message_pointer:
        yield item.risk.message_pointer, "message", item.risk.message


def severity_of(item: ContentObject) -> Severity:
    """Return how severe it is that an output of the detection lacks a field: content that is not in production may."""
    shelved = item.status != "production" or _SHELVES.search(item.path) is not None
    return Severity.WARNING if shelved else Severity.ERROR


def missing(search: ParsedSearch, name: str, what: str) -> tuple[str, str | None] | None:
    """Return message and hint where a field cannot be in the results, None where it is or may be there."""
    state = search.final
    if not name or "*" in name or state.may_have(name):
        return None
    gone = state.dropped.get(name)
    hint = did_you_mean(name, state.names)
    if gone is not None:
        return f"{what} `{name}` does not survive `{gone[0]}`", hint or _keep(gone[0])
    closing = _closing(search, name)
    if closing is not None:
        return f"{what} `{name}` does not survive `{closing}`", hint or _keep(closing)
    return f"{what} `{name}` is not among the results", hint or _some(state)


def _keep(command: str) -> str:
    return f"keep the field in `{command}`, or use one that is left"


def _some(state: FieldState) -> str:
    names = sorted(name for name in state.names if not name.startswith("_"))
    shown = ", ".join(f"`{name}`" for name in names[:8])
    more = ", ..." if len(names) > 8 else ""
    return f"the results have {shown}{more}" if shown else "the results have no such field"


def _closing(search: ParsedSearch, name: str) -> str | None:
    """Return the command after which a field that the search read from its events is gone."""
    read = next((use for use in search.uses if use.name == name and use.state.open), None)
    if read is None:
        return None
    for command in search.tree.commands:
        if command.end > read.end and command.name in _LIMITING:
            return command.name
    return None
