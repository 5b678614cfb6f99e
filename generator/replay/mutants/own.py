"""From places in the expanded search, which is what was parsed, to the author's own text, which is what a mutant edits.

What stands in a macro call or comes out of one has no place here: macros are shared by many detections, and the tests of
one of them are not meant to prove each.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.replay.mutants.kinds import Change

if TYPE_CHECKING:
    from generator.replay.mutants.kinds import MutantKind
    from generator.spl.ast import Node
    from generator.spl.macros import Expansion

_BEHIND_TERM = re.compile(r"[\s,]*+(?:AND(?=[\s(\"])\s*+)?")
_BEFORE_TERM = re.compile(r"\s*(?:(?<!\w)AND)?[\s,]*$")
_BEHIND_ALTERNATIVE = re.compile(r"\s*+OR(?=[\s(\"])\s*+")
_BEFORE_ALTERNATIVE = re.compile(r"\s*(?<!\w)OR\s*$")
_BEHIND_ITEM = re.compile(r"[\s,]*+")
_BEFORE_ITEM = re.compile(r"[\s,]*$")
_QUOTED = re.compile(r'"(?:[^"\\]++|\\.)*+"|\'[^\']*+\'|[()]', re.DOTALL)


class OwnText:
    """The author's text of a search and its expansion; `changes` collects edits of it."""

    def __init__(self, text: str, expansion: Expansion, comments: tuple[tuple[int, int], ...]) -> None:
        self.text = text
        self.changes: list[Change] = []
        self._expansion = expansion
        self._comments = comments
        self._calls = tuple((site.start, site.end) for site, _, _ in expansion.own_uses)

    def at(self, offset: int) -> int | None:
        """Return where a character of the expanded text stands in the author's; None where a macro gave it."""
        origin = self._expansion.origin(offset)
        if origin.chain or any(start <= origin.offset < end for start, end in self._calls):
            return None
        return origin.offset

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """Return where a range stands in the author's text, if it begins and ends there; parentheses are completed."""
        if end <= start:
            return None
        first, last = self.at(start), self.at(end - 1)
        if first is None or last is None or last < first:
            return None
        return self._balanced(first, last + 1)

    def of(self, node: Node) -> tuple[int, int] | None:
        """Return where a node stands, as `span`."""
        return self.span(node.start, node.end)

    def written(self, node: Node) -> str | None:
        """Return a node's text if the author wrote it."""
        found = self.of(node)
        return None if found is None else self.text[found[0] : found[1]]

    def replace(self, kind: MutantKind, place: tuple[int, int], new: str) -> None:
        """Note that a piece becomes another."""
        self.changes.append(Change(kind, *place, new, *place, new))

    def replace_node(self, kind: MutantKind, node: Node, new: str) -> None:
        """Note that a node becomes another text, if the author wrote it."""
        place = self.of(node)
        if place is not None and self.text[place[0] : place[1]] != new:
            self.replace(kind, place, new)

    def insert(self, kind: MutantKind, node: Node, before: str) -> None:
        """Note that a text is put in front of a node, if the author wrote it."""
        place = self.of(node)
        if place is not None:
            self.replace(kind, place, before + self.text[place[0] : place[1]])

    def within(self, kind: MutantKind, node: Node, part: tuple[int, int], new: str) -> None:
        """Note that a part of a node (own offsets) becomes another text; the whole node is what is shown."""
        place = self.of(node)
        if place is None:
            return
        start, end = place
        after = self.text[start : part[0]] + new + self.text[part[1] : end]
        self.changes.append(Change(kind, *part, new, start, end, after))

    def remove(self, kind: MutantKind, place: tuple[int, int], edit: tuple[int, int]) -> None:
        """Note that a piece is gone, with what joined it to its neighbours."""
        self.changes.append(Change(kind, *edit, "", *place, ""))

    def remove_term(self, kind: MutantKind, node: Node, *, last: bool) -> None:
        """Note that one of several terms is gone, with the blanks or the `AND` beside it."""
        self._remove_joined(kind, node, last=last, behind=_BEHIND_TERM, before=_BEFORE_TERM)

    def remove_alternative(self, kind: MutantKind, node: Node, *, last: bool) -> None:
        """Note that one of several alternatives is gone, with the `OR` beside it."""
        self._remove_joined(kind, node, last=last, behind=_BEHIND_ALTERNATIVE, before=_BEFORE_ALTERNATIVE)

    def remove_item(self, kind: MutantKind, node: Node, *, last: bool) -> None:
        """Note that an item of a list is gone, with the comma or blank beside it."""
        self._remove_joined(kind, node, last=last, behind=_BEHIND_ITEM, before=_BEFORE_ITEM)

    def gap(self, left: Node, right: Node, pattern: re.Pattern[str]) -> tuple[int, int] | None:
        """Return where a pattern first matches between two nodes of the author's text."""
        before, after = self.at(left.end - 1), self.at(right.start)
        if before is None or after is None:
            return None
        found = pattern.search(self.text, before + 1, after)
        return None if found is None else found.span()

    def pipe_before(self, expanded: str, start: int) -> int | None:
        """Return where the pipe in front of the command at `start` of the expanded text stands in the author's text."""
        at = start
        while at > 0:
            at -= 1
            comment = next((begin for begin, end in self._comments if begin <= at < end), None)
            if comment is not None:
                at = comment
                continue
            if expanded[at] == "|":
                return self.at(at)
            if not expanded[at].isspace():
                return None
        return None

    def _remove_joined(
        self, kind: MutantKind, node: Node, *, last: bool, behind: re.Pattern[str], before: re.Pattern[str]
    ) -> None:
        place = self.of(node)
        if place is None:
            return
        start, end = place
        if not last:
            found = behind.match(self.text, end)
            if found is not None:
                self.remove(kind, place, (start, found.end()))
            return
        found = before.search(self.text, 0, start)
        if found is not None:
            self.remove(kind, place, (found.start(), end))

    def _balanced(self, start: int, end: int) -> tuple[int, int] | None:
        """Widen a range over the parentheses that an expression's node leaves out on one side."""
        depth = lowest = 0
        for found in _QUOTED.finditer(self.text, start, end):
            depth += {"(": 1, ")": -1}.get(found.group(), 0)
            lowest = min(lowest, depth)
        for _ in range(-lowest):
            at = start - 1
            while at >= 0 and self.text[at].isspace():
                at -= 1
            if at < 0 or self.text[at] != "(":
                return None
            start = at
        for _ in range(depth - lowest):
            at = end
            while at < len(self.text) and self.text[at].isspace():
                at += 1
            if at >= len(self.text) or self.text[at] != ")":
                return None
            end = at + 1
        return start, end
