"""SEC006 secret: a key or password in a content file.

## What it does

Looks through content files for what is a credential by its form: access keys of AWS, tokens of GitHub, GitLab, Slack and
Google, private keys, and addresses with a password in them. Documented example keys and obvious placeholders are left out.

## Why it matters

The pack is published, and with it everything that stands in it. A key in the history of a repository must be taken for
stolen.

## Example

    how_to_implement: Use curl https://ada:hunter2secret@splunk.example.com:8089

## Use instead

    how_to_implement: Use curl with the credentials of your service account.

and withdraw the old password.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.positions import source_of
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext

_FIRST = ("AKIA", "ASIA", " PRIVATE KEY-----", "ghp_", "gho_", "ghs_", "github_pat_", "glpat-", "xox", "AIza")
_FORMS = (
    ("an AWS access key", re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    ("a private key", re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{16}")),
    ("a GitHub token", re.compile(r"\b(?:gh[pos]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{40,})")),
    ("a GitLab token", re.compile(r"\bglpat-[A-Za-z0-9_-]{20}\b")),
    ("a Slack token", re.compile(r"\bxox[abprs]-\d{6,}-[A-Za-z0-9-]{10,}")),
    ("a Google API key", re.compile(r"\bAIza[0-9A-Za-z_-]{35}\b")),
)
_LOGIN = re.compile(r"://([^\s/@:\"'<>]{1,64}):([^\s/@\"'<>]{3,128})@[A-Za-z0-9]")
_PLACEHOLDER = re.compile(
    r"(?i)EXAMPLE\b|^(?:pass(?:word|wd)?|pw|secret|token|user(?:name)?|x+|\*+|\.+|change_?me.*|your.*)$|[$`{}\[\]*%]"
)


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield what looks like a credential."""
    document = ctx.item.document
    text = document.text
    if any(word in text for word in _FIRST):
        for what, form in _FORMS:
            for match in form.finditer(text):
                if not match[0].endswith("EXAMPLE"):
                    yield _found(ctx, what, match.start(), match.end())
    for match in _LOGIN.finditer(text):
        if not _PLACEHOLDER.search(match[2]):
            yield _found(ctx, "a password", match.start(2), match.end(2))


def _found(ctx: ObjectContext, what: str, start: int, end: int) -> Found:
    document = ctx.item.document
    return Found(
        message=f"this looks like {what}",
        hint="remove it, and withdraw it where it is valid",
        span=source_of(document.path, document.text).span(start, end),
    )


RULE = Rule(code="SEC006", name="secret", severity=Severity.WARNING, since="0.1", check_object=check)
