"""An `AppDiff` becomes Markdown for a job summary, a comment or a file: the outline, searches as `diff` blocks."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from generator.ci import markdown
from generator.ci.diff_text import unified
from generator.ci.outline import WORDS, outline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.ci.diffmodel import AppDiff
    from generator.ci.outline import Entry, Fact
    from generator.spl.syntax import CommandTable

SUMMARY_BYTES = 1024 * 1024
"""What GitHub takes as the summary of one step ("Workflow commands": 1 MiB; more is dropped as a whole)."""

_PLAIN = re.compile("[A-Za-z &]+")
_MAX_LINES = 200
_OPEN = 12


def render(diff: AppDiff, commands: CommandTable, *, limit: int = SUMMARY_BYTES) -> str:
    """Return the diff as Markdown of at most `limit` bytes; what does not fit is counted at the end."""
    return markdown.fitted(
        blocks(diff, commands), limit, "*{count} more parts do not fit here; `contentpack diff` shows all.*"
    )


def blocks(diff: AppDiff, commands: CommandTable, *, level: int = 2) -> Iterator[str]:
    """Yield the diff piece by piece, each a whole piece of Markdown; headings begin at `level`."""
    told = outline(diff, commands)
    heading = "#" * level
    yield f"{heading} What changes in Splunk"
    yield markdown.code(told.headline)
    if told.counts:
        yield "\n".join(f"- {count}" for count in told.counts)
    for section in told.sections:
        title = section.title if _PLAIN.fullmatch(section.title) else markdown.code(section.title)
        yield f"{heading}# {title}"
        for number, entry in enumerate(section.entries):
            yield _entry(entry, is_open=number < _OPEN)
    for note in told.notes:
        yield f"- note: {markdown.code(note)}"


def _entry(entry: Entry, *, is_open: bool) -> str:
    word = entry.remark or WORDS[entry.sign]
    path = f" · {markdown.code(entry.path)}" if entry.path else ""
    if not (entry.facts or entry.spl or entry.names):
        return f"- {markdown.code(entry.title)} {word}{path}"
    inner = [f"- {_fact(fact)}" for fact in entry.facts]
    parts = ["\n".join(inner)] if inner else []
    parts += [
        f"{markdown.code(label)}:\n\n{markdown.block(islice(unified(pairs), _MAX_LINES), 'diff')}"
        for label, pairs in entry.spl
    ]
    if entry.names:
        parts.append(markdown.block(entry.names))
    body = "\n\n".join(parts)
    shown = f"{markdown.html_code(entry.title)} {word}" + (f" · {markdown.html_code(entry.path)}" if entry.path else "")
    return f"<details{' open' if is_open else ''}><summary>{shown}</summary>\n\n{body}\n\n</details>"


def _fact(fact: Fact) -> str:
    label = markdown.code(fact.label)
    if fact.before is not None and fact.after is not None:
        return f"{label}: {markdown.code(fact.before)} → {markdown.code(fact.after)}"
    if fact.before is not None:
        return f"{label}: - {markdown.code(fact.before)}"
    if fact.after is not None:
        return f"{label}: + {markdown.code(fact.after)}"
    return f"{label}: only its layout changes"
