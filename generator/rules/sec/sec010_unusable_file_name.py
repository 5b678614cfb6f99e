"""SEC010 unusable-file-name: a file of the app that not every system can unpack.

## What it does

Reports lookups and dashboards whose file would have a name that Windows reserves (`con.csv`), a character that it forbids,
a blank or dot at the end, or a dot at the beginning. Names that hold a path are reported by LKP021.

## Why it matters

Splunk on Windows cannot install the app, and AppInspect refuses hidden files.

## Example

    lookups/aux.csv

## Use instead

    lookups/auxiliary_hosts.csv
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Dashboard, Lookup
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext

_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?")
_FORBIDDEN = re.compile('[<>:"|?*\x00-\x1f]')


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the file name that some systems cannot have."""
    item = ctx.item
    if isinstance(item, Lookup):
        name = (item.data_path or "").rpartition("/")[2]
    elif isinstance(item, Dashboard):
        name = item.document.stem
    else:
        return
    reason = _reason(name)
    if name and reason is not None:
        yield Found(
            message=f"the file name `{name}` {reason}",
            hint="choose another name",
            pointer=("filename",) if "filename" in item.document.data else ("name",),
        )


def _reason(name: str) -> str | None:
    if _RESERVED.fullmatch(name):
        return "is reserved on Windows"
    if found := _FORBIDDEN.search(name):
        return f"holds {found[0]!r}, which Windows forbids"
    if name.endswith((" ", ".")) or name.rpartition(".")[0].endswith(" "):
        return "ends in a blank or a dot, which Windows drops"
    return "is that of a hidden file" if name.startswith(".") else None


RULE = Rule(
    code="SEC010",
    name="unusable-file-name",
    severity=Severity.WARNING,
    since="0.1",
    kinds=("lookup", "dashboard"),
    check_object=check,
)
