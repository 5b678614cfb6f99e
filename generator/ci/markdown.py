r"""Untrusted text for GitHub's and GitLab's Markdown: shown as it is, and nothing in it does anything.

Everything that comes from content stands in code, where neither links nor images, HTML, mentions (`@team` would notify
people), references (`#12` would link issues) nor emoji work. A code span or block is fenced with more backticks than its
text has; control characters and line ends are written out, so that no text leaves its line.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from generator.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

_TICKS = re.compile("`+")
LINE = 1_000
"""Characters of a line that a block shows."""


def code(text: str, *, cell: bool = False, limit: int = 400) -> str:
    """Return a code span of one line; in a table's `cell`, pipes are escaped as GitHub asks for."""
    shown = visible(cut(text, limit))
    if not shown.strip():
        return "(empty)"
    fence = "`" * (max((len(run) for run in _TICKS.findall(shown)), default=0) + 1)
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    span = f"{fence}{pad}{shown}{pad}{fence}"
    return span.replace("|", r"\|") if cell else span


def block(lines: Iterable[str], language: str = "") -> str:
    """Return a fenced code block."""
    shown = [visible(cut(line, LINE)) for line in lines]
    longest = max((len(run) for line in shown for run in _TICKS.findall(line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join((f"{fence}{language}", *shown, fence))


def html_code(text: str, *, limit: int = 400) -> str:
    """Return text for a line of raw HTML, such as a `<summary>`."""
    return f"<code>{html.escape(visible(cut(text, limit)))}</code>"


def cut(text: str, limit: int) -> str:
    """Return text of at most `limit` characters, with an ellipsis where some are left out."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def fitted(blocks: Iterable[str], limit: int, more: str) -> str:
    """Join blocks with blank lines as far as they fit into `limit` bytes; `more` (with `{count}`) says how many did not.

    No block is cut: half a code block would open what follows.
    """
    listed = list(blocks)
    kept: list[str] = []
    size = 0
    reserve = len(more.encode()) + 24
    for number, text in enumerate(listed):
        needed = len(text.encode("utf-8")) + 2
        last = number == len(listed) - 1
        if size + needed + (0 if last else reserve) > limit:
            kept.append(more.format(count=f"{len(listed) - number:,}"))
            break
        kept.append(text)
        size += needed
    return "\n\n".join(kept) + "\n"
