"""APP004 open-metadata: nobody, or everybody, may change what the app brings.

## What it does

Reports a `metadata/default.meta` whose first stanza (`[]` or `[default]`) does not say who may write, or lets everyone.
Where `admin` may write but not `sc_admin`, its Splunk Cloud counterpart, is a warning.

## Why it matters

AppInspect refuses the app. On Splunk Cloud nobody is `admin`: what only that role may change cannot be changed at all.

## Example

    []
    access = read : [ * ], write : [ * ]

## Use instead

    []
    access = read : [ * ], write : [ admin, sc_admin ]
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.app.files import parsed, place
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import AppContext

_PATH = "metadata/default.meta"
_WRITE = re.compile(r"write\s*:\s*\[([^\]]*)\]")


def check(ctx: AppContext) -> Iterator[Found]:
    """Yield the stanzas whose access is wrong."""
    if _PATH not in ctx.app.files:
        return
    file = parsed(ctx, _PATH)
    general = False
    for stanza in file.stanzas:
        for setting in stanza.settings:
            if setting.key != "access":
                continue
            match = _WRITE.search(setting.value)
            roles = {role.strip() for role in match[1].split(",")} - {""} if match else set()
            if stanza.name in {"", "default"}:
                general = bool(roles) and "*" not in roles
            if "admin" in roles and "sc_admin" not in roles:
                yield Found(
                    message="`admin` may write, but not `sc_admin`, its counterpart in Splunk Cloud",
                    hint="add `sc_admin`",
                    span=place(ctx, _PATH, setting.line),
                    severity=Severity.WARNING,
                )
    if not general:
        yield Found(
            message="the general stanza does not limit who may write",
            hint="`access = read : [ * ], write : [ admin, sc_admin ]` under `[]`",
            span=place(ctx, _PATH),
        )


RULE = Rule(code="APP004", name="open-metadata", severity=Severity.ERROR, since="0.1", check_app=check)
