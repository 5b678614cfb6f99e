"""`# contentpack: ignore[SPL003] reason` above a line: which findings are not wanted, and which such comments do nothing.

A comment stands alone on its line and speaks about what follows it: the next line that is no comment, and, where a key
or a list entry begins there, that entry's whole value (so that one above `search:` covers the whole search). Several
codes or rule names are separated by commas. The reason is demanded; a comment that suppresses nothing is itself found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

from generator.base.source import Span
from generator.content.positions import comments, entry_end

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.base.diagnostics import Diagnostic
    from generator.content.model import Document

MARK = "contentpack:"

CommentKind = Literal["unused-suppression", "unexplained-suppression"]
"""What can be wrong with a suppression comment; one rule reports each."""

COMMENT_KINDS: Final[frozenset[CommentKind]] = frozenset(get_args(CommentKind))

_COMMENT = re.compile(r"#\s*contentpack:\s*ignore(?:\[(?P<codes>[^\]]*)\])?\s*(?P<reason>.*)")


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment: the rules it names (upper-case codes or names), the lines it covers (inclusive), where it stands."""

    words: tuple[str, ...]
    reason: str
    first: int
    last: int
    span: Span

    def covers(self, diagnostic: Diagnostic) -> bool:
        """Whether a finding lies in its lines and is of a rule that it names."""
        return self.first <= diagnostic.span.line <= self.last and any(
            diagnostic.code == word.upper() or diagnostic.name == word.lower() for word in self.words
        )


def suppressions(document: Document) -> tuple[Suppression, ...]:
    """Return the suppression comments of a file, in order."""
    if MARK not in document.text:
        return ()
    found = []
    alone = {comment.line for comment in comments(document) if comment.alone}
    for comment in comments(document, MARK):
        match = _COMMENT.match(comment.text)
        if match is None:
            continue
        words = tuple(word.strip() for word in (match["codes"] or "").split(",") if word.strip())
        first = comment.line + 1 if comment.alone else comment.line
        while first in alone:
            first += 1
        last = entry_end(document, first) if comment.alone else first
        span = Span(document.path, comment.line, comment.col, comment.line, comment.col + len(comment.text))
        found.append(Suppression(words, match["reason"].strip(), first, last, span))
    return tuple(found)


def apply(
    diagnostics: Sequence[Diagnostic], found: Sequence[Suppression]
) -> tuple[list[Diagnostic], list[Suppression]]:
    """Return the findings of one file that stay, and the suppressions that suppressed nothing."""
    kept: list[Diagnostic] = []
    used: set[int] = set()
    for diagnostic in diagnostics:
        covering = [number for number, item in enumerate(found) if item.covers(diagnostic)]
        used.update(covering)
        if not covering:
            kept.append(diagnostic)
    return kept, [item for number, item in enumerate(found) if number not in used]


def unreasoned(found: Sequence[Suppression]) -> Iterator[Suppression]:
    """Yield the suppressions that name no rule or give no reason."""
    for item in found:
        if not item.reason or not item.words:
            yield item
