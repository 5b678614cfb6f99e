"""Eval conditions, broken: `where`, `head`, `count(eval(...))`, the conditions of `if` and `case` in a field that is tested.

A part that is dropped becomes `true()` beside AND and `false()` beside OR, which is what leaving it out means, whatever
parentheses stand around it. The operator of a comparison is moved only where a number or two counts are compared: two
measured times are never equal in practice.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.replay.mutants.kinds import MutantKind
from generator.replay.mutants.terms import thresholds
from generator.replay.mutants.values import (
    changed,
    moved,
    never_matching,
    other_spans,
    with_wildcard,
    without_anchor,
    without_wildcard,
)
from generator.spl.ast import Binary, Call, Expr, FieldRef, InList, NumberLiteral, StringLiteral, Unary

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from generator.replay.mutants.own import OwnText

_COMPARISONS = frozenset({"=", "==", "!=", "<", ">", "<=", ">="})
_LOGIC = frozenset({"AND", "OR", "XOR"})
_MOVED = {">": ">=", ">=": ">", "<": "<=", "<=": "<"}
_OPPOSITE = {"=": "!=", "==": "!=", "!=": "=", ">": "<=", ">=": "<", "<": ">=", "<=": ">"}
_FLIPPED = {">": "<", ">=": "<=", "<": ">", "<=": ">="}
_COUNTING = frozenset({"len", "mvcount"})
_TESTS = frozenset(
    {"isnull", "isnotnull", "isnum", "isstr", "isint", "isbool", "match", "like", "cidrmatch", "searchmatch", "in"}
)
_NEGATED_NAME = {"isnull": "isnotnull", "isnotnull": "isnull"}
_LITERALS = (NumberLiteral, StringLiteral)
_CONDITIONS = {"if": (0,), "case": range(0, 1000, 2), "validate": range(0, 1000, 2)}
"""Which arguments of a function are conditions."""
_NOT = re.compile(r"(?i:NOT(?=[\s(\"'])|!)\s*+")
_INNER_NOT = re.compile(r"(?i:NOT\s++(?=(?:IN|LIKE)\b))")
_WORD = re.compile(r"(?i:\b(?:IN|LIKE)\b)")


class ExpressionBreaker:
    """Breaks the conditions of one command. `counts` are fields that hold whole numbers."""

    def __init__(self, own: OwnText, counts: Collection[str]) -> None:
        self._own = own
        self._counts = counts

    def condition(self, expr: Expr, within: str = "root") -> None:
        """Note every way to break a condition; `within` is what it stands in: `root`, `and`, `or` or `not`."""
        if isinstance(expr, Binary) and expr.op in {"AND", "OR"}:
            for part in _flat(expr, expr.op):
                if expr.op == "AND":
                    self._own.replace_node(_dropped(part), part, "true()")
                else:
                    self._own.replace_node(MutantKind.OR_BRANCH_DROPPED, part, "false()")
                self.condition(part, expr.op.lower())
        elif isinstance(expr, Binary) and expr.op == "XOR":
            self.condition(expr.left, "or")
            self.condition(expr.right, "or")
        elif isinstance(expr, Unary) and expr.op == "NOT":
            self._not(expr)
        elif isinstance(expr, Binary):
            self._comparison(expr, within)
        elif isinstance(expr, InList):
            self._list(expr, within)
        elif isinstance(expr, Call) and expr.name.lower() in _TESTS:
            self._call(expr, within)
        else:
            self.value(expr)

    def value(self, expr: Expr) -> None:
        """Note every way to break the conditions inside a computed value; a value that is a condition itself is one."""
        if isinstance(expr, NumberLiteral):
            for step in (-1, 1):
                self._own.replace_node(MutantKind.THRESHOLD_MOVED, expr, moved(expr.text, step))
        elif is_condition(expr):
            self.condition(expr)
        elif isinstance(expr, Call):
            conditions = _CONDITIONS.get(expr.name.lower(), ())
            if expr.name.lower() == "relative_time":
                self._relative_time(expr)
            for place, argument in enumerate(expr.args):
                if place in conditions:
                    self.condition(argument)
                elif isinstance(argument, Call | Binary | Unary):
                    self.value(argument)
        elif isinstance(expr, Binary):
            for side in (expr.left, expr.right):
                if not isinstance(side, NumberLiteral):
                    self.value(side)
        elif isinstance(expr, Unary):
            self.value(expr.operand)

    def _not(self, expr: Unary) -> None:
        own, inner = self._own, expr.operand
        place = own.of(expr)
        if place is not None:
            infix = expr.start == inner.start
            found = _INNER_NOT.search(own.text, *place) if infix else _NOT.match(own.text, *place)
            if found is not None:
                own.within(MutantKind.NOT_REMOVED, expr, found.span(), "")
        self.condition(inner, "not")

    def _comparison(self, expr: Binary, within: str) -> None:
        own = self._own
        if expr.op == "LIKE":
            self._infix(expr, expr.left, expr.right, within)
            self._pattern(expr, expr.right, within, wildcard="%")
            return
        if expr.op not in _COMPARISONS:
            self.value(expr)
            return
        if isinstance(expr.left, _LITERALS) and isinstance(expr.right, _LITERALS):
            return  # the last condition of a `case`, mostly
        operator = own.gap(expr.left, expr.right, re.compile(re.escape(expr.op)))
        if operator is not None:
            if within != "not":
                own.within(MutantKind.NEGATED, expr, operator, _OPPOSITE[expr.op])
            if expr.op in _MOVED and self._is_met(expr):
                own.within(MutantKind.OPERATOR_MOVED, expr, operator, _MOVED[expr.op])
        for side, other, op in (
            (expr.right, expr.left, expr.op),
            (expr.left, expr.right, _FLIPPED.get(expr.op, expr.op)),
        ):
            if isinstance(side, _LITERALS):
                self._literal(expr, side, other, op, within)
            else:
                self.value(side)

    def _literal(self, expr: Binary, side: Expr, other: Expr, op: str, within: str) -> None:
        own = self._own
        written, place = own.written(side), own.of(side)
        if written is None or place is None:
            return
        if op in _MOVED:
            for step in thresholds(op, written, whole=self._is_whole(other)):
                own.within(MutantKind.THRESHOLD_MOVED, expr, place, moved(written, step))
        elif within in {"root", "and"} or op == "!=":
            new = changed(written, "")
            if new is not None:
                own.within(MutantKind.VALUE_CHANGED, expr, place, new)

    def _is_met(self, expr: Binary) -> bool:
        """Whether both sides of a comparison by size can be the same in practice."""
        sides = (expr.left, expr.right)
        return any(isinstance(side, _LITERALS) for side in sides) or all(map(self._is_whole, sides))

    def _is_whole(self, expr: Expr) -> bool:
        if isinstance(expr, FieldRef):
            return expr.name in self._counts
        return isinstance(expr, Call) and expr.name.lower() in _COUNTING

    def _list(self, expr: InList, within: str) -> None:
        self._infix(expr, expr.operand, expr.values[0], within)
        self._values(expr, expr.values, within)

    def _values(self, shown: Expr, values: tuple[Expr, ...], within: str) -> None:
        """Break the values of a list; the only one is changed, of several each is dropped."""
        own = self._own
        if len(values) > 1:
            for number, value in enumerate(values):
                own.remove_item(MutantKind.LIST_VALUE_DROPPED, value, last=number == len(values) - 1)
            return
        written, place = own.written(values[0]), own.of(values[0])
        if written is None or place is None or within not in {"root", "and"}:
            return
        if isinstance(values[0], _LITERALS):
            new = changed(written, "")
            if new is not None:
                own.within(MutantKind.VALUE_CHANGED, shown, place, new)

    def _infix(self, expr: Expr, left: Expr, right: Expr, within: str) -> None:
        """Negate `x IN (...)` and `x LIKE y`."""
        word = self._own.gap(left, right, _WORD)
        if word is not None and within != "not":
            self._own.within(MutantKind.NEGATED, expr, (word[0], word[0]), "NOT ")

    def _call(self, expr: Call, within: str) -> None:
        own, name = self._own, expr.name.lower()
        start = own.of(expr)
        if start is not None and within != "not":
            other = _NEGATED_NAME.get(name)
            if other is not None:
                own.within(MutantKind.NEGATED, expr, (start[0], start[0] + len(expr.name)), other)
            else:
                own.insert(MutantKind.NEGATED, expr, "NOT ")
        if name == "like" and len(expr.args) == 2:
            self._pattern(expr, expr.args[1], within, wildcard="%")
        elif name == "match" and len(expr.args) == 2:
            self._pattern(expr, expr.args[1], within)
        elif name == "in" and len(expr.args) > 1:
            self._values(expr, expr.args[1:], within)

    def _pattern(self, shown: Expr, pattern: Expr, within: str, wildcard: str = "") -> None:
        """Break a pattern: of `like` its wildcards, of `match` its anchors, and that it matches at all."""
        own = self._own
        written, place = own.written(pattern), own.of(pattern)
        if written is None or place is None or not isinstance(pattern, StringLiteral):
            return
        if wildcard:
            for other in without_wildcard(written, wildcard):
                own.within(MutantKind.WILDCARD_LOST, shown, place, other)
            for other in with_wildcard(written, wildcard):
                own.within(MutantKind.WILDCARD_ADDED, shown, place, other)
            new = changed(written, wildcard)
            if new is not None and within in {"root", "and"}:
                own.within(MutantKind.VALUE_CHANGED, shown, place, new)
            return
        for other in without_anchor(written):
            own.within(MutantKind.ANCHOR_LOST, shown, place, other)
        if within in {"root", "and"}:
            own.within(MutantKind.PATTERN_BROKEN, shown, place, never_matching(written))

    def _relative_time(self, expr: Call) -> None:
        own = self._own
        for literal in expr.args[1:]:
            written, place = own.written(literal), own.of(literal)
            if isinstance(literal, StringLiteral) and written is not None and place is not None:
                for other in other_spans(written):
                    own.within(MutantKind.SPAN_CHANGED, expr, place, other)


def is_condition(expr: Expr) -> bool:
    """Whether an expression is true or false by its form."""
    if isinstance(expr, Binary):
        return expr.op in _LOGIC or expr.op in _COMPARISONS or expr.op == "LIKE"
    if isinstance(expr, Unary):
        return expr.op == "NOT"
    return isinstance(expr, InList) or (isinstance(expr, Call) and expr.name.lower() in _TESTS)


def _flat(expr: Expr, op: str) -> Iterator[Expr]:
    """Yield the parts that one operator joins, from left to right."""
    if isinstance(expr, Binary) and expr.op == op:
        yield from _flat(expr.left, op)
        yield from _flat(expr.right, op)
    else:
        yield expr


def _dropped(part: Expr) -> MutantKind:
    inner = part.operand if isinstance(part, Unary) else part
    is_group = isinstance(inner, Binary) and inner.op in _LOGIC
    return MutantKind.AND_BRANCH_DROPPED if is_group else MutantKind.COMPARISON_DROPPED
