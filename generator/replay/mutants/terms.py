"""Search terms, broken: `search`, `tstats ... where`, `inputlookup where` and whatever else holds terms.

Beside a value that is compared under AND, a changed value says the same as the comparison dropped (an alternative of OR,
a value of a list, under NOT), so it is left out there. What chooses the data at the beginning of a search or subsearch (index, sourcetype,
source, an event type) is left alone, as the macros are that mostly do it: where the data is belongs to each site.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.replay.mutants.kinds import MutantKind
from generator.replay.mutants.values import changed, is_number, moved, other_spans, with_wildcard, without_wildcard
from generator.spl.ast import And, Comparison, Directive, Group, InTerm, Keyword, Name, Not, Or, SubsearchTerm, Term

if TYPE_CHECKING:
    from collections.abc import Collection

    from generator.replay.mutants.own import OwnText
    from generator.spl.ast import Value

CHOOSES_DATA = frozenset({"index", "sourcetype", "source", "eventtype", "splunk_server", "splunk_server_group"})
"""Fields of a search that fetches, which say where the events are (names are case-sensitive: Okta's `eventType` is another)."""

_TIME = frozenset({"earliest", "latest", "_index_earliest", "_index_latest"})
_MOVED = {">": ">=", ">=": ">", "<": "<=", "<=": "<"}
_OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "!=": "="}
_EQUAL = frozenset({"=", "==", "::"})
_NOT = re.compile(r"NOT\s*+")
_INNER_NOT = re.compile(r"NOT\s++(?=[Ii][Nn]\b)")


class TermBreaker:
    """Breaks the terms of one command. `counts` are fields that hold whole numbers, `fetches` that the terms fetch events."""

    def __init__(self, own: OwnText, counts: Collection[str], *, fetches: bool) -> None:
        self._own = own
        self._counts = counts
        self._fetches = fetches

    def breaks(self, term: Term, within: str = "root") -> None:
        """Note every way to break a term; `within` is what it stands in: `root`, `and`, `or` or `not`."""
        own = self._own
        if isinstance(term, And):
            for number, part in enumerate(term.terms):
                if not self.is_given(part):
                    own.remove_term(self._dropped(part), part, last=number == len(term.terms) - 1)
                self.breaks(part, "and")
        elif isinstance(term, Or):
            for number, part in enumerate(term.terms):
                if not self.is_given(part):
                    own.remove_alternative(MutantKind.OR_BRANCH_DROPPED, part, last=number == len(term.terms) - 1)
                self.breaks(part, "or")
        elif isinstance(term, Group):
            if term.term is not None:
                self.breaks(term.term, within)
        elif isinstance(term, Not):
            self._not(term)
        elif not self.is_given(term):
            self._leaf(term, within)

    def is_given(self, term: Term) -> bool:
        """Whether a term says where the data is, or is not for the author to break."""
        if isinstance(term, Group):
            return term.term is None or self.is_given(term.term)
        if isinstance(term, And | Or):
            return all(map(self.is_given, term.terms))
        if isinstance(term, Comparison | InTerm):
            named = isinstance(term.field, Name) and term.field.text in CHOOSES_DATA
            return (self._fetches and named) or _has_no_field(term)
        if isinstance(term, Keyword):
            return not term.value.text.strip("*")
        return not isinstance(term, Directive | SubsearchTerm | Not)

    def _dropped(self, part: Term) -> MutantKind:
        inner = part
        while isinstance(inner, Not | Group):
            following = inner.term
            if following is None:
                break
            inner = following
        return MutantKind.AND_BRANCH_DROPPED if isinstance(inner, And | Or) else MutantKind.COMPARISON_DROPPED

    def _not(self, term: Not) -> None:
        own, inner = self._own, term.term
        place = own.of(term)
        if place is not None:
            is_infix = term.start == inner.start  # `field NOT IN (...)`
            found = _INNER_NOT.search(own.text, *place) if is_infix else _NOT.match(own.text, *place)
            if found is not None:
                own.within(MutantKind.NOT_REMOVED, term, found.span(), "")
        self.breaks(inner, "not")

    def _leaf(self, term: Term, within: str) -> None:
        own = self._own
        if isinstance(term, Comparison) and isinstance(term.field, Name) and term.field.text.lower() in _TIME:
            for other in other_spans(own.written(term.value) or ""):
                self._replaced(MutantKind.SPAN_CHANGED, term, term.value, other)
            return
        opposite = _OPPOSITE.get(term.op) if isinstance(term, Comparison) else None
        if within != "not" and opposite is None and not isinstance(term, SubsearchTerm):
            own.insert(MutantKind.NEGATED, term, "NOT ")
        if isinstance(term, Comparison):
            self._comparison(term, within, opposite)
        elif isinstance(term, InTerm):
            self._list(term, within)
        elif isinstance(term, Keyword):
            self._value(term, term.value, within)

    def _comparison(self, term: Comparison, within: str, opposite: str | None) -> None:
        own = self._own
        name = term.field.text if isinstance(term.field, Name) else ""
        written = own.written(term.value) if isinstance(term.value, Name) else None
        operator = own.gap(term.field, term.value, re.compile(re.escape(term.op)))
        if operator is not None:
            if opposite is not None and within != "not":
                own.within(MutantKind.NEGATED, term, operator, opposite)
            numeric = written is not None and is_number(written)
            if term.op in _MOVED and numeric:
                own.within(MutantKind.OPERATOR_MOVED, term, operator, _MOVED[term.op])
        if written is None:
            return
        if term.op in _MOVED:
            for step in thresholds(term.op, written, whole=name in self._counts):
                self._replaced(MutantKind.THRESHOLD_MOVED, term, term.value, moved(written, step))
            return
        self._value(term, term.value, within, excluding=term.op == "!=")

    def _list(self, term: InTerm, within: str) -> None:
        own = self._own
        if len(term.values) == 1:
            self._value(term, term.values[0], within)
            return
        for number, value in enumerate(term.values):
            if isinstance(value, Name):
                own.remove_item(MutantKind.LIST_VALUE_DROPPED, value, last=number == len(term.values) - 1)
            self._wildcards(value, value)

    def _value(self, term: Term, value: Value, within: str, *, excluding: bool = False) -> None:
        written = self._own.written(value) if isinstance(value, Name) else None
        if written is None:
            return
        if within in {"root", "and"} or excluding:
            other = changed(written)
            if other is not None:
                self._replaced(MutantKind.VALUE_CHANGED, term, value, other)
        self._wildcards(term, value)

    def _wildcards(self, shown: Term | Value, value: Value) -> None:
        written = self._own.written(value) if isinstance(value, Name) else None
        if written is None:
            return
        for other in without_wildcard(written):
            self._replaced(MutantKind.WILDCARD_LOST, shown, value, other)
        for other in with_wildcard(written, free=isinstance(shown, Keyword)):
            self._replaced(MutantKind.WILDCARD_ADDED, shown, value, other)

    def _replaced(self, kind: MutantKind, shown: Term | Value, value: object, other: str) -> None:
        place = self._own.of(value) if isinstance(value, Name) else None
        if place is not None and isinstance(shown, Term | Name):
            self._own.within(kind, shown, place, other)


def thresholds(op: str, written: str, *, whole: bool) -> tuple[int, ...]:
    """Return by how much the number of a comparison is moved: one down, one up.

    Of whole numbers `> 3` moved to `>= 3` is the same as `> 2`, so that step is left to the moved operator.
    """
    if not is_number(written):
        return ()
    if whole and "." not in written:
        return (1,) if op in {">", "<="} else (-1,)
    return (-1, 1)


def _has_no_field(term: Comparison | InTerm) -> bool:
    return not isinstance(term.field, Name)
