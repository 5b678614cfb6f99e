"""Stages of a pipeline, broken: their conditions, what they group by and aggregate, their patterns and spans of time.

`fields`, `table`, `sort`, `rename`, `convert` and the like change what is shown, not what is found, and stay as they are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.commands.dedup import Dedup
from generator.commands.eval import Eval
from generator.commands.head import Head
from generator.commands.lookup import Lookup
from generator.commands.regex import Regex
from generator.commands.rex import Rex
from generator.commands.search import Search
from generator.commands.shapes import FieldsCommand
from generator.commands.transaction import Transaction
from generator.commands.where import Where
from generator.replay.mutants.expressions import ExpressionBreaker
from generator.replay.mutants.kinds import MutantKind
from generator.replay.mutants.relevance import is_needed
from generator.replay.mutants.terms import TermBreaker
from generator.replay.mutants.values import moved, never_matching, other_spans, without_anchor
from generator.spl.ast import (
    Aggregation,
    And,
    Call,
    Expr,
    Group,
    Name,
    Node,
    Not,
    Option,
    Or,
    Pipeline,
    Term,
)
from generator.spl.syntax import OptionKind
from generator.spl.text import quote
from generator.spl.walk import walk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from generator.replay.mutants.own import OwnText
    from generator.replay.mutants.relevance import Needed
    from generator.spl.ast import Command, Field
    from generator.spl.syntax import CommandTable

_REMOVED = (Where, Search, Regex, Lookup, Dedup, Head)
_OTHER_FUNCTION = {
    "dc": "count", "distinct_count": "count", "estdc": "count", "c": "dc", "count": "dc", "sum": "max", "avg": "max", "mean": "max",
    "median": "max", "mode": "max", "max": "min", "min": "max", "range": "max", "stdev": "range", "stdevp": "range", "var": "range",
    "varp": "range", "sumsq": "sum", "first": "last", "last": "first", "earliest": "latest", "latest": "earliest",
    "earliest_time": "latest_time", "latest_time": "earliest_time", "rate": "max",
}  # fmt: skip
_OF_SEVERAL = {"values": "list", "list": "values"}
"""These differ in repeated values only, which nobody sees who does not count them."""
_PERCENTILE = re.compile(r"(?i)(?:exact|upper)?p(?:erc)?\d+(?:\.\d+)?")
_BY = re.compile(r"(?i)\s*\b(?:by|groupby)\s+$")
_WHERE = re.compile(r"(?i)\s*\bwhere\s+$")
_SPLIT = re.compile(r"[\s,]*+")


class CommandBreaker:
    """Breaks the commands of one pipeline.

    `expanded` is the text that the tree's offsets mean, `counts` are fields that hold whole numbers, `counted` those whose
    values something counts (`mvcount`).
    """

    def __init__(
        self,
        own: OwnText,
        expanded: str,
        commands: CommandTable,
        *,
        counts: Collection[str],
        counted: Collection[str],
    ) -> None:
        self._own = own
        self._expanded = expanded
        self._commands = commands
        self._counts = counts
        self._counted_fields = counted

    def breaks(self, pipeline: Pipeline, number: int, needed: Needed, *, all_matters: bool) -> None:
        """Note every way to break a command; `needed` is what later ones look at, unless everything may matter."""
        command = pipeline.commands[number]
        nodes = _shallow(command)
        fetches = number == 0 and isinstance(command, Search)
        terms = TermBreaker(self._own, self._counts, fetches=fetches)
        conditions = ExpressionBreaker(self._own, self._counts)
        for term in _roots(nodes):
            terms.breaks(term)
        self._sole_condition(command, terms, fetches=fetches)
        if isinstance(command, Where | Head) and command.condition is not None:
            conditions.condition(command.condition)
        elif isinstance(command, Eval):
            for assignment in command.assignments:
                if all_matters or assignment.target.text in needed:
                    conditions.value(assignment.value)
        elif isinstance(command, Rex):
            if all_matters or command.sed or any(group in needed for group in command.groups):
                self._pattern(command.pattern)
        elif isinstance(command, Regex):
            self._regex(command)
        self._options(command, conditions)
        self._counted(command)
        self._grouped(command)
        aggregations = [one for one in getattr(command, "aggregations", ()) if isinstance(one, Aggregation)]
        for aggregation in aggregations:
            if all_matters or aggregation.output in needed or is_needed(aggregation, needed):
                self._aggregated_conditions(aggregation, conditions)
            if is_needed(aggregation, needed):
                self._aggregation(aggregation, command)
        if isinstance(command, _REMOVED) and number > 0 and self._decides(command, needed, all_matters=all_matters):
            self._stage(pipeline, number)

    # --- conditions --------------------------------------------------------------------------------------------------

    def _sole_condition(self, command: Command, terms: TermBreaker, *, fetches: bool) -> None:
        """Drop the condition of a `where` clause whole, or of the search that fetches; of a stage that is its removal."""
        own = self._own
        root = getattr(command, "where", None)
        if isinstance(root, Term) and not isinstance(root, And):
            place = own.of(root)
            word = _WHERE.search(own.text, 0, place[0]) if place is not None else None
            if place is not None and word is not None:
                own.remove(_kind_of(root), place, (word.start(), place[1]))
        elif (
            fetches
            and isinstance(command, Search)
            and not isinstance(command.term, And)
            and not terms.is_given(command.term)
        ):
            own.replace_node(_kind_of(command.term), command.term, "*")

    def _regex(self, command: Regex) -> None:
        own = self._own
        pattern = command.pattern
        if not isinstance(pattern, Name) or own.of(pattern) is None:
            return
        if command.field is None:
            own.insert(MutantKind.NEGATED, pattern, "_raw!=")
        else:
            operator = own.gap(command.field, pattern, re.compile(re.escape(command.op)))
            if operator is not None:
                own.within(MutantKind.NEGATED, command, operator, "=" if command.op == "!=" else "!=")
        self._pattern(pattern)

    def _pattern(self, pattern: Field) -> None:
        """Break a regular expression (of `mode=sed` the one behind the first delimiter)."""
        own = self._own
        written, place = own.written(pattern), own.of(pattern)
        if written is None or place is None or not isinstance(pattern, Name):
            return
        sed = re.match(r"""(["']?)s(\W)""", written)
        if sed is not None:
            own.within(MutantKind.PATTERN_BROKEN, pattern, (place[0] + sed.end(), place[0] + sed.end()), "(?!)")
            return
        if re.match(r"""["']?y(\W)""", written) is None:
            own.replace(MutantKind.PATTERN_BROKEN, place, never_matching(written))
            for other in without_anchor(written):
                own.replace(MutantKind.ANCHOR_LOST, place, other)

    def _options(self, command: Command, conditions: ExpressionBreaker) -> None:
        """Break spans of time and the conditions that some options hold."""
        spec = self._commands.get(command.name)
        given = [
            option
            for name in ("options", "by_options", "over_options")
            for option in getattr(command, name, ())
            if isinstance(option, Option)
        ]
        for option in given:
            kind = spec.options.get(option.name) if spec is not None else None
            if isinstance(option.value, Call) and option.value.name.lower() == "eval" and option.value.args:
                conditions.condition(option.value.args[0])
            elif isinstance(option.value, Expr):
                conditions.condition(option.value)
            elif isinstance(option.value, Name) and (kind is OptionKind.SPAN or option.name == "span"):
                written, place = self._own.written(option.value), self._own.of(option.value)
                if written is None or place is None:
                    continue
                for other in other_spans(written):
                    self._own.within(MutantKind.SPAN_CHANGED, option, place, other)
            elif isinstance(option.value, Name) and option.name == "window" and option.value.text.isdecimal():
                self._number(option.value, option)

    def _counted(self, command: Command) -> None:
        """Move the number of rows that `head` and `dedup` keep."""
        if isinstance(command, Head | Dedup) and command.limit is not None and command.limit.text.isdecimal():
            self._number(command.limit, command.limit)

    def _number(self, value: Name, shown: Node) -> None:
        written, place = self._own.written(value), self._own.of(value)
        if written is not None and place is not None:
            for step in (-1, 1):
                self._own.within(MutantKind.THRESHOLD_MOVED, shown, place, moved(written, step))

    # --- groups ------------------------------------------------------------------------------------------------------

    def _grouped(self, command: Command) -> None:
        fields = self._groups(command)
        for number, field in enumerate(fields):
            if not isinstance(field, Name):
                continue
            spans = [option for option in getattr(command, "by_options", ()) if isinstance(option, Option)]
            tied = next((o for o in spans if field.text == "_time" and o.name == "span"), None)
            if tied is not None:
                self._timed(field, tied, is_only=len(fields) == 1)
            elif len(fields) > 1:
                self._own.remove_item(MutantKind.BY_FIELD_REMOVED, field, last=number == len(fields) - 1)
            elif not isinstance(command, Dedup):
                place = self._own.of(field)
                word = _BY.search(self._own.text, 0, place[0]) if place is not None else None
                if place is not None and word is not None:
                    self._own.remove(MutantKind.BY_FIELD_REMOVED, place, (word.start(), place[1]))
                elif place is not None and isinstance(command, Transaction):
                    self._own.remove_item(MutantKind.BY_FIELD_REMOVED, field, last=True)

    @staticmethod
    def _groups(command: Command) -> Sequence[Field]:
        if isinstance(command, Dedup | Transaction):
            return command.fields
        if isinstance(command, FieldsCommand):
            return ()
        by = getattr(command, "by", ())
        if isinstance(by, tuple):
            return by
        return () if by is None else (by,)

    def _timed(self, field: Name, span: Option, *, is_only: bool) -> None:
        """Remove `_time span=...` of `tstats`, which only stand together."""
        own = self._own
        first, last = own.of(field), own.of(span)
        if first is None or last is None or own.text[first[1] : last[0]].strip(" \t\r\n,"):
            return
        start, end = first[0], last[1]
        word = _BY.search(own.text, 0, start)
        if is_only and word is not None:
            start = word.start()
        elif word is not None:
            behind = _SPLIT.match(own.text, end)
            end = behind.end() if behind is not None else end
        else:
            start = len(own.text[:start].rstrip(" \t\r\n,"))
        own.remove(MutantKind.BY_FIELD_REMOVED, (first[0], last[1]), (start, end))

    # --- aggregations ------------------------------------------------------------------------------------------------

    def _aggregated_conditions(self, aggregation: Aggregation, conditions: ExpressionBreaker) -> None:
        for argument in aggregation.args:
            if isinstance(argument, Aggregation):
                self._aggregated_conditions(argument, conditions)
            elif isinstance(argument, Call) and argument.name.lower() == "eval" and argument.args:
                conditions.value(argument.args[0])
            elif isinstance(argument, Expr):
                conditions.value(argument)

    def _aggregation(self, aggregation: Aggregation, command: Command) -> None:
        """Make an aggregation another one, and of another field; its result keeps its name."""
        own = self._own
        place = own.of(aggregation)
        call_end = own.at(aggregation.start + len(aggregation.text) - 1)
        name_end = own.at(aggregation.name_end - 1)
        if place is None or call_end is None or name_end is None:
            return
        kind, start, call = MutantKind.AGGREGATION_CHANGED, place[0], (place[0], call_end + 1)
        kept = f" AS {quote(aggregation.text)}" if aggregation.alias is None else ""
        arguments = own.text[name_end + 1 : call[1]]
        name = aggregation.name.lower()
        other = _OTHER_FUNCTION.get(name, "median" if _PERCENTILE.fullmatch(name) else None)
        if aggregation.output in self._counted_fields:
            other = _OF_SEVERAL.get(name, other)
        fields = list(_argument_fields(command))
        own_field = next((a.text for a in aggregation.args if isinstance(a, Name)), None)
        if own_field is None and arguments:
            if name in {"c", "count"}:
                own.replace(kind, call, f"count{kept}")
        elif own_field is None:
            written = next(iter(fields), None)
            if written is not None and name in {"c", "count"}:
                own.replace(kind, call, f"dc({written}){kept}")
        elif other is not None:
            own.replace(kind, call, f"{other}{arguments}{kept}")
        if own_field not in {None, "_time"}:
            instead = next((written for written in fields if written.strip("\"'") != own_field), None)
            if instead is not None:
                own.replace(kind, call, f"{own.text[start : name_end + 1]}({instead}){kept}")

    # --- stages ------------------------------------------------------------------------------------------------------

    @staticmethod
    def _decides(command: Command, needed: Needed, *, all_matters: bool) -> bool:
        """Whether a stage changes which rows are found: filters do, a lookup whose fields nobody looks at does not."""
        if not isinstance(command, Lookup) or all_matters or not command.outputs:
            return True
        return any(item.output in needed for item in command.outputs)

    def _stage(self, pipeline: Pipeline, number: int) -> None:
        own, command = self._own, pipeline.commands[number]
        pipe = own.pipe_before(self._expanded, command.start)
        start, last = own.at(command.start), own.at(command.end - 1)
        if pipe is None or start is None:
            return
        if last is None:  # it ends in a macro call, so the next pipe of the author's is where it ends
            if number + 1 >= len(pipeline.commands):
                return
            following = own.pipe_before(self._expanded, pipeline.commands[number + 1].start)
            if following is None:
                return
            last = len(own.text[:following].rstrip()) - 1
        own.remove(MutantKind.STAGE_REMOVED, (start, last + 1), (pipe, last + 1))


def _argument_fields(command: Command) -> Iterator[str]:
    """Yield the fields (as they would be written) that the aggregations of a command read, then those of its BY clause."""
    for aggregation in getattr(command, "aggregations", ()):
        if isinstance(aggregation, Aggregation):
            for argument in aggregation.args:
                if isinstance(argument, Name) and "*" not in argument.text and argument.text != "_time":
                    yield _written_field(argument.text)
    by = getattr(command, "by", ())
    for field in by if isinstance(by, tuple) else (by,):
        if isinstance(field, Name) and field.text != "_time":
            yield _written_field(field.text)


def _written_field(name: str) -> str:
    return name if re.fullmatch(r"[\w.]+", name) else quote(name)


def _shallow(command: Command) -> list[Node]:
    """Return a command's nodes without those of its subsearches."""
    nodes = walk(command)
    inner = {id(node) for found in nodes if isinstance(found, Pipeline) for node in walk(found)}
    return [node for node in nodes if id(node) not in inner]


def _roots(nodes: Sequence[Node]) -> Iterator[Term]:
    """Yield the terms that are part of no other term."""
    covered: set[int] = set()
    for node in nodes:
        if isinstance(node, Term) and id(node) not in covered:
            covered.update(id(inner) for inner in walk(node))
            yield node


def _kind_of(term: Term) -> MutantKind:
    inner: Term | None = term
    while isinstance(inner, Not | Group):
        inner = inner.term
    return MutantKind.AND_BRANCH_DROPPED if isinstance(inner, And | Or) else MutantKind.COMPARISON_DROPPED
