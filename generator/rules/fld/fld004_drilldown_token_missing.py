"""FLD004 drilldown-token-missing: a token of a drilldown that the results do not fill.

## What it does

Reports each `$token$` in the name or the search of a drilldown that is neither a field of the results nor
one of the fields that Enterprise Security adds to a finding (`info_min_time`, `event_id`, ...).

## Why it matters

The drilldown looks for the text `$dst$`, and finds nothing.

## Example

    search: ... | stats count by dest
    drilldown_searches:
    - search: '%original_detection_search% | search dest="$dst$"'

## Use instead

    - search: '%original_detection_search% | search dest="$dest$"'
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Detection
from generator.rules.base import Found, Rule
from generator.rules.fld.results import missing, results_of, severity_of
from generator.rules.fld.tokens import is_of_the_search

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.content.model import Pointer
    from generator.rules.base import ObjectContext

_TOKEN = re.compile(r"\$(?:result\.)?([A-Za-z_][\w.:{}-]*)(?:\|[suhn])?\$")

# What Enterprise Security adds to each finding, beside the fields of the result.
_ADDED = frozenset({
    "_raw", "_time", "event_hash", "event_id", "host", "index", "info_max_time", "info_min_time", "info_search_time",
    "info_sid", "owner", "risk_score", "rule_description", "rule_id", "rule_name", "rule_title", "savedsearch_description",
    "search_name", "security_domain", "severity", "source", "sourcetype", "status", "tag", "urgency",
})  # fmt: skip
_ADDED_PREFIXES = ("info_", "orig_", "annotations", "time.", "earliest", "latest")


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the tokens that stay as they are."""
    item = ctx.item
    if not isinstance(item, Detection) or not item.drilldowns:
        return
    search = results_of(ctx)
    if search is None:
        return
    names = search.final.names
    for pointer, text in _texts(item):
        for match in _TOKEN.finditer(text):
            name = match.group(1)
            if name in names or name in _ADDED or name.startswith(_ADDED_PREFIXES) or is_of_the_search(name):
                continue
            said = missing(search, name, "drilldown token")
            if said is not None:
                yield Found(
                    message=said[0],
                    hint=said[1],
                    pointer=pointer,
                    start=match.start(),
                    end=match.end(),
                    severity=severity_of(item),
                )


def _texts(item: Detection) -> Iterator[tuple[Pointer, str]]:
    for drilldown in item.drilldowns:
        for key, text in (("name", drilldown.name), ("search", drilldown.search)):
            if "$" in text:
                yield (*drilldown.pointer, key), text


RULE = Rule(
    code="FLD004",
    name="drilldown-token-missing",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("detection",),
    check_object=check,
)
