"""Release notes become Markdown for a release's page. All names stand in code: they come from content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.ci import markdown
from generator.ci.diffmodel import What
from generator.ci.release import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.ci.release import Note, ReleaseNotes

LIMIT = 120_000
"""Bytes of the notes; GitHub takes 125,000 characters for a release."""

_HEADINGS = {What.NEW: "New", What.RENAMED: "Renamed", What.CHANGED: "Updated", What.GONE: "Removed"}


def render(notes: ReleaseNotes) -> str:
    """Return the notes as Markdown."""
    return markdown.fitted(_blocks(notes), LIMIT, "*{count} more parts do not fit here.*")


def _blocks(notes: ReleaseNotes) -> Iterator[str]:
    yield f"## {markdown.code(f'{notes.title} {notes.version}')}"
    if not (notes.notes or notes.tables):
        yield f"Nothing changes in Splunk since {markdown.code(notes.before)}."
        return
    yield f"Changes since {markdown.code(notes.before)}."
    deprecated = [note for note in notes.notes if note.deprecated]
    for kind, title in KINDS.items():
        for what, heading in _HEADINGS.items():
            found = [note for note in notes.notes if note.kind == kind and note.what is what]
            if found:
                yield "\n".join((f"### {heading} {title.lower()}", "", *(_line(note) for note in found)))
    if deprecated:
        yield "\n".join(("### Deprecated", "", *(f"- {markdown.code(note.name)}" for note in deprecated)))
    if notes.tables:
        lines = [
            f"- {markdown.code(name)}: {added:,} rows added, {removed:,} removed"
            for name, added, removed in notes.tables
        ]
        yield "\n".join(("### Lookup tables", "", *lines))
    for heading, techniques in (("Techniques gained", notes.gained), ("Techniques lost", notes.lost)):
        if techniques:
            lines = [f"- {markdown.code(f'{number} {name}'.strip())}" for number, name in techniques.items()]
            yield "\n".join((f"### {heading}", "", *lines))


def _line(note: Note) -> str:
    name = markdown.code(note.name)
    if note.what is What.NEW:
        return f"- {name}"
    if note.what is What.GONE:
        return f"- {name} (last version {note.version_before})"
    versions = f" (version {note.version_before})"
    if note.version_before != note.version_after:
        versions = f" (version {note.version_before} → {note.version_after})"
    old = f", formerly {markdown.code(note.old_name)}" if note.old_name else ""
    changed = f": {', '.join(note.changed)}" if note.changed else ""
    return f"- {name}{old}{versions}{changed}"
