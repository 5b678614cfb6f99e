"""MAC009 malformed-macro-call: a macro call whose parentheses or quotes do not match.

## What it does

Looks at each call as it is written: between the backticks stand a name and, where there are arguments, one pair of
parentheses around them.

## Why it matters

Splunk takes all of it for the macro's name, does not find it, and refuses the search; or an argument is cut short.

## Example

    `security_content_ctime(firstTime`

## Use instead

    `security_content_ctime(firstTime)`
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import SearchContext

_PLAIN = re.compile(r"`\s*+[^\s()\"`]++\s*+(?:\(\s*+[^()\[\]\"`\u2018-\u201d]*+\)\s*+)?`")
_TEXT = re.compile(r'"(?:[^"\\]++|\\.)*+"|\\.', re.DOTALL)
_CURLY = ("\u201c", "\u201d", "\u2018", "\u2019")
_NAME = re.compile(r"\s*[\w.:-]+\s*\Z")


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the calls that are not written as calls are."""
    text = ctx.search.text
    for use in ctx.search.facts.macros:
        if not use.direct or _PLAIN.fullmatch(text, use.start, use.end) is not None:
            continue
        message = _mistake(text[use.start + 1 : use.end - 1])
        if message is not None:
            yield Found(
                message=f"the call of the macro `{use.name}` {message}",
                hint="write `name(argument, argument)` between the backticks",
                start=use.start,
                end=use.end,
                in_source=True,
            )


def _mistake(inside: str) -> str | None:
    name, opened, rest = inside.partition("(")
    if not inside.isascii() and any(part.lstrip().startswith(_CURLY) for part in rest.split(",")):
        return "has a typographic quote, which Splunk does not know"
    if not opened:
        return "has a `)` that closes nothing" if ")" in inside and _NAME.match(inside.partition(")")[0]) else None
    if not _NAME.match(name):
        return None
    bare = _TEXT.sub("", rest)
    if '"' in bare:
        return "has a quote that is never closed"
    depth = 1
    for at, char in enumerate(bare):
        if char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth < 0 or (depth == 0 and bare[at + 1 :].strip()):
                return "goes on behind its `)`"
    return "has a `(` that is never closed" if depth > 0 else None


RULE = Rule(code="MAC009", name="malformed-macro-call", severity=Severity.ERROR, since="0.1", check_search=check)
