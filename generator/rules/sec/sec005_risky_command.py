"""SEC005 risky-command: a search that deletes, runs programs, or sends things away.

## What it does

Reports the commands `delete`, `script`, `run`, `sendemail`, `sendalert`, `dump`, `outputcsv`, `outputtext` and `crawl` in
searches, drilldowns and macros. Those that AppInspect refuses altogether are reported by SEC011.

## Why it matters

A detection only has to read. These commands remove events, start programs of the search head, write files there or send
results out; Splunk asks the user before it runs them from a link, and a scheduled search is not asked.

## Example

    search: index=win EventCode=1102 | sendemail to="ada@example.com"

## Use instead

An alert action in the deployment; `outputlookup` or `collect` for results that are to be kept.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.analysis.model import Role
from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.spl.ast import Command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import SearchContext

_RISKY = {
    "delete": "makes events unfindable for good",
    "script": "runs a program of the search head",
    "run": "runs a program of the search head",
    "sendemail": "sends mail",
    "sendalert": "runs an alert action",
    "dump": "writes files on the search head",
    "outputcsv": "writes files on the search head",
    "outputtext": "writes files on the search head",
    "crawl": "reads the file system of the search head",
}
_IN_MACRO = re.compile(rf"(?:\|\s*|^)({'|'.join(_RISKY)})\b(?!\s*=)", re.IGNORECASE)


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the commands that do more than search."""
    search = ctx.search
    if search.role is Role.MACRO:
        for match in _IN_MACRO.finditer(search.text):
            yield _found(match[1].lower(), match.start(1), match.end(1), in_source=True)
    elif not _RISKY.keys().isdisjoint(search.facts.commands):
        for kind, nodes in search.nodes.items():
            if issubclass(kind, Command):
                for node in nodes:
                    if isinstance(node, Command) and node.name in _RISKY:
                        yield _found(node.name, node.name_start, node.name_end, in_source=False)


def _found(name: str, start: int, end: int, *, in_source: bool) -> Found:
    return Found(
        message=f"`{name}` {_RISKY[name]}",
        hint="leave it to the people who run the system",
        start=start,
        end=end,
        in_source=in_source,
    )


RULE = Rule(code="SEC005", name="risky-command", severity=Severity.WARNING, since="0.1", check_search=check)
