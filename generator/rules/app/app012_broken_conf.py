"""APP012 broken-conf: a `.conf` file that Splunk reads otherwise than it looks.

## What it does

Reports repeated stanzas and keys, headers that are not closed, lines without `=`, blanks behind a continuation backslash,
comments that swallow the next line, and characters that do not belong into a conf file.

## Why it matters

Of a repeated key only the last counts; of a broken line nothing does. AppInspect refuses some of it and overlooks the rest.

## Example

    [nav]
    label = Overview
    label = Start

## Use instead

    [nav]
    label = Start
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.knowledge.conf import IssueKind
from generator.rules.app.files import conf_paths, owner_of, parsed, place
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import AppContext

_REFUSED = frozenset(
    {
        IssueKind.DUPLICATE_KEY,
        IssueKind.DUPLICATE_STANZA,
        IssueKind.BLANK_AFTER_CONTINUATION,
        IssueKind.UNCLOSED_STANZA,
        IssueKind.NUL,
        IssueKind.ENCODING,
    }
)


def check(ctx: AppContext) -> Iterator[Found]:
    """Yield what is wrong in each file."""
    for path in conf_paths(ctx.app):
        try:
            ctx.app.files[path].decode("utf-8")
        except UnicodeDecodeError as error:
            line = ctx.app.files[path][: error.start].count(b"\n") + 1
            yield Found(message="the file is not UTF-8", hint="save it as UTF-8", span=place(ctx, path, line))
        for issue in parsed(ctx, path).issues:
            owner = owner_of(ctx.pack, issue.stanza) if issue.stanza else None
            yield Found(
                message=issue.message if owner is None else f"`{path}`: {issue.message}",
                hint="correct the file that it comes from",
                document=owner.document if owner is not None else None,
                pointer=("name",) if owner is not None else None,
                span=None if owner is not None else place(ctx, path, issue.line),
                severity=None if issue.kind in _REFUSED else Severity.WARNING,
            )


RULE = Rule(code="APP012", name="broken-conf", severity=Severity.ERROR, since="0.1", check_app=check)
