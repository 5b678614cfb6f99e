"""A YAML mapping as the text of its entries, so that a file can be rearranged without losing layout or comments.

    split(text) -> (what stands before the first key, [Entry])

An entry's text begins with the comments directly above its key and ends before those of the next one. Only mappings in
block style can be split at the top; what is in flow style inside of an entry keeps its text. Nothing here knows content.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml
from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from generator.base.frozen import dataclass
from generator.content.reader import compose

if TYPE_CHECKING:
    from collections.abc import Mapping

_ASIDE_LINE = re.compile(r"[ \t]*(?:#[^\r\n]*)?\r?\n?\Z")
_LINE_END = re.compile(r"\r?\n")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


class UnmovableText(Exception):  # noqa: N818 - says of the text what it is
    """The text cannot be taken apart into entries; the message says why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a mapping with its value: `lead` are the comments and empty lines above, `body` all the rest."""

    key: str
    lead: str
    body: str

    @property
    def text(self) -> str:
        """The entry as it stands in the file."""
        return self.lead + self.body

    def renamed(self, key: str) -> Entry:
        """Return the entry under another key."""
        return Entry(key, self.lead, re.sub(rf"\A(['\"]?){re.escape(self.key)}\1", key, self.body, count=1))


def line_end_of(text: str) -> str:
    """Return the line end that a text uses."""
    return "\r\n" if "\r\n" in text else "\n"


def split(text: str) -> tuple[str, list[Entry]]:
    """Take a file apart.

    Raises:
        UnmovableText: it is no YAML, or no mapping in block style.
    """
    root = _composed(text)
    if not isinstance(root, MappingNode) or root.flow_style:
        raise UnmovableText("the file is no mapping in block style")
    return _split(text, root, len(text))


def children(entry: Entry) -> list[Entry]:
    """Return the entries of an entry whose value is a mapping, moved to the left margin.

    Raises:
        UnmovableText: the value is no mapping, or uses an anchor from elsewhere in the file.
    """
    root = _composed(entry.body)
    value = root.value[0][1] if isinstance(root, MappingNode) and root.value else None
    if not isinstance(value, MappingNode):
        raise UnmovableText(f"`{entry.key}` is no mapping")
    if value.flow_style:
        return [
            Entry(_name(key), "", f"{_name(key)}: {entry.body[item.start_mark.index : item.end_mark.index]}\n")
            for key, item in value.value
        ]
    found = _split(entry.body, value, len(entry.body))[1]
    if not found:
        return []
    return [_dedented(child, value.value[0][0].start_mark.column) for child in found]


def commented(text: str, line_end: str) -> str:
    """Return a text as comment lines."""
    lines = _LINE_END.split(text.rstrip())
    return "".join(f"#   {line}".rstrip() + line_end for line in lines if line.strip())


def written(values: Mapping[str, Any], line_end: str) -> str:
    """Return values as YAML in block style, in their order, each text on one line."""
    text: str = yaml.safe_dump(dict(values), sort_keys=False, allow_unicode=True, default_flow_style=False, width=2**31)
    return text.replace("\n", line_end)


def ended(text: str, line_end: str) -> str:
    """Return a text that ends its last line."""
    return text if not text or text.endswith("\n") else text + line_end


def _composed(text: str) -> Node | None:
    try:
        return compose(text)
    except yaml.YAMLError as error:
        raise UnmovableText("it is no YAML of its own") from error


def _name(key: Node) -> str:
    if not isinstance(key, ScalarNode):
        raise UnmovableText("a key is no text")
    return str(key.value)


def _split(text: str, node: MappingNode, end: int) -> tuple[str, list[Entry]]:
    if not node.value:
        return text, []
    starts: list[int] = []
    for key, _ in node.value:
        index = key.start_mark.index
        line = text.rfind("\n", 0, index) + 1
        if text[line:index].strip(" \ufeff"):
            raise UnmovableText(f"`{_name(key)}` does not begin its line")
        starts.append(line)
    leads = [starts[0]]
    for number in range(1, len(starts)):
        key, value = node.value[number - 1]
        leads.append(_lead(text, max(_end(key), _end(value)), starts[number]))
    first = _lead(text, 0, starts[0]) if node.start_mark.column else starts[0]
    leads[0] = first
    bounds = [*leads[1:], end]
    entries = [
        Entry(_name(key), text[lead:start], text[start:bound])
        for (key, _), lead, start, bound in zip(node.value, leads, starts, bounds, strict=True)
    ]
    return text[:first], entries


def _lead(text: str, floor: int, start: int) -> int:
    """Return where the comments and empty lines directly above a key begin, not before `floor`."""
    found = start
    while found > floor:
        line = text.rfind("\n", 0, found - 1) + 1
        if line < floor or not _ASIDE_LINE.match(text[line:found]):
            break
        found = line
    return found


def _end(node: Node) -> int:
    """Return where a node's own text ends; the parser's mark of a collection lies behind the comments that follow."""
    if isinstance(node, CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        if isinstance(node, SequenceNode):
            return _end(last)
        return max(_end(last[0]), _end(last[1]))
    if isinstance(node, ScalarNode) and not node.value and not node.style:
        return int(node.start_mark.index)
    return int(node.end_mark.index)


def _dedented(entry: Entry, columns: int) -> Entry:
    def shifted(text: str) -> str:
        return "".join(_shift(line, columns) for line in _LINE.findall(text))

    return Entry(entry.key, shifted(entry.lead), shifted(entry.body))


def _shift(line: str, columns: int) -> str:
    width = 0
    while width < columns and width < len(line) and line[width] == " ":
        width += 1
    return line[width:]
