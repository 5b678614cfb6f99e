"""A file on its way to the native dialect: its entries, what found no place, and what there is to tell.

What has no native place is never dropped: it stays at the end of the file as comments, as it was written.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from generator.authoring.yamltext import Entry, commented, ended, line_end_of, split, written
from generator.content.model import ConfStyle, Dialect, Document, Kind
from generator.content.positions import comments
from generator.content.reader import read
from generator.content.schema import load_schema, schema_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


ASIDE = "# Of contentctl; this dialect has no place for:"


class NotMigrated(Exception):  # noqa: N818 - an outcome, told with its reason
    """The file stays as it is; the message says why."""


@lru_cache(maxsize=32)
def native_keys(kind: Kind) -> frozenset[str]:
    """Return the keys that a file of a kind may have in the native dialect."""
    return frozenset(load_schema(schema_name(kind, Dialect.NATIVE))["properties"])


@dataclass(slots=True)
class Draft:
    """The parts of a file while it is rewritten. `aside` are entries without a native place; their comments stay.

    `style` is that of the pack's app where it shall stay the same: what only an older style shows is kept in `legacy`.
    `stem` is a new name for the file.
    """

    document: Document
    line_end: str
    preamble: str
    parts: list[Entry] = field(default_factory=list)
    aside: list[Entry] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    style: ConfStyle = ConfStyle.V6
    legacy: list[Entry] = field(default_factory=list)
    stem: str | None = None

    def add(self, entry: Entry) -> None:
        """Keep an entry."""
        self.parts.append(Entry(entry.key, entry.lead, ended(entry.body, self.line_end)))

    def value(self, key: str, value: Any, *, lead: str = "") -> None:  # noqa: ANN401 - any YAML value
        """Write a new entry."""
        self.parts.append(Entry(key, lead, written({key: value}, self.line_end)))

    def put_aside(self, entry: Entry, prefix: str = "") -> None:
        """Keep an entry as comments, and tell."""
        self.aside.append(entry)
        self.notes.append(f"`{prefix}{entry.key}` has no place in the native dialect and stays as a comment")

    @property
    def keeps_legacy(self) -> bool:
        """Whether the app is one of an older style, so that `legacy` counts."""
        return self.style is not ConfStyle.V6

    def to_legacy(self, entry: Entry, prefix: str = "") -> None:
        """Keep an entry below `legacy` where it counts, else as comments."""
        if self.keeps_legacy:
            self.legacy.append(entry)
        else:
            self.put_aside(entry, prefix)

    def legacy_value(self, key: str, value: Any) -> None:  # noqa: ANN401 - any YAML value
        """Write a new entry below `legacy`; nothing where it does not count."""
        if self.keeps_legacy:
            self.legacy.append(Entry(key, "", written({key: value}, self.line_end)))

    def end(self) -> None:
        """Write `legacy` last, if there is something in it."""
        if self.legacy:
            lines = "".join(ended(entry.text, self.line_end) for entry in self.legacy).splitlines(keepends=True)
            inner = "".join(f"  {line}" if line.strip() else line for line in lines)
            self.parts.append(Entry("legacy", "", f"legacy:{self.line_end}{inner}"))

    def has(self, key: str) -> bool:
        """Say whether the new file has a key."""
        return any(part.key == key for part in self.parts)

    def before(self, key: str, entries: Sequence[Entry]) -> None:
        """Move entries that were added last to a place before a key, if it is there."""
        index = next((number for number, part in enumerate(self.parts) if part.key == key), None)
        if index is not None and entries:
            rest = [part for part in self.parts if all(part is not entry for entry in entries)]
            index = next(number for number, part in enumerate(rest) if part.key == key)
            self.parts = [*rest[:index], *entries, *rest[index:]]

    def text(self, *, keep: bool = True) -> str:
        """Return the new file. Without `keep`, what has no place is left out."""
        body = ended(self.preamble, self.line_end) if self.preamble.strip() else self.preamble
        body += "".join(part.text for part in self.parts)
        aside = ""
        if self.aside and keep:
            aside = ASIDE + self.line_end + "".join(commented(entry.text, self.line_end) for entry in self.aside)
        lost = _lost_comments(self.document, body + aside)
        return body + "".join(f"{text}{self.line_end}" for text in lost) + aside


def begin(
    document: Document, edit: Callable[[str], str] | None = None, style: ConfStyle = ConfStyle.V6
) -> tuple[Draft, list[Entry]]:
    """Take a document apart, after an edit that changes nothing but what lies deeper in the file.

    Raises:
        UnmovableText: the file is no mapping in block style.
    """
    text = edit(document.text) if edit is not None else document.text
    preamble, entries = split(text)
    return Draft(document, line_end_of(text), preamble, style=style), entries


def comment_texts(path: str, text: str) -> list[str]:
    """Return the comments of a YAML text, in order."""
    data: Mapping[str, Any] = {}
    return [found.text for found in comments(Document(path, text, data, Kind.DETECTION, Dialect.NATIVE))]


def _lost_comments(document: Document, text: str) -> list[str]:
    """Return the comments of the old file that the new one lacks."""
    old = comment_texts(document.path, document.text)
    if not old:
        return []
    lost: list[str] = []
    wanted: Counter[str] = Counter(old)
    new = "\n".join(comment_texts(document.path, text))
    for comment, count in wanted.items():
        lost += [comment] * (count - min(count, new.count(comment)))
    return lost


def parsed(path: str, text: str) -> Mapping[str, Any]:
    """Return the data of a new text.

    Raises:
        NotMigrated: it is no YAML any more, which is a mistake of this module that must not reach a file.
    """
    found = read(path, text.encode("utf-8", "surrogatepass"))
    if found.data is None or any(problem.kind.startswith("yaml") for problem in found.problems):
        raise NotMigrated("its layout is one that cannot be rearranged safely")
    return found.data
