"""Why a search found nothing: the stage and the clause that dropped the last rows, and the rows that came nearest.

A command says what it asks of rows (`CommandSpec.asks` gives an `Asked`): search terms, an eval condition, a test of its
own, fields that must be there. Its condition becomes a tree of AND, OR and leaves, NOT pushed down to the leaves; each leaf
is a mask over the rows. How far a row is from fitting is the number of leaves that would have to hold besides: the sum in
an AND, the least in an OR. Of the nearest rows those come first that fit the rarest other leaves, then those whose value
is most like the wanted one, or nearest to a bound; rows that fail the same comparisons with the same values are one entry.

`generator.commands` names what is asked, `generator.cli.search` prints the explanation.
"""

from __future__ import annotations

import datetime
import difflib
import math
from dataclasses import field, replace
from typing import TYPE_CHECKING

import numpy as np

from generator.base.diagnostics import closest
from generator.base.frozen import dataclass
from generator.engine.expr import distinct_inputs
from generator.engine.run import Result, run_search
from generator.engine.terms import TIME_MODIFIERS
from generator.engine.values import elements, number_of, text_of
from generator.spl.ast import (
    And,
    Binary,
    BoolLiteral,
    Comparison,
    Directive,
    Expr,
    FieldRef,
    Group,
    InList,
    InTerm,
    Keyword,
    Name,
    Node,
    Not,
    NumberLiteral,
    Or,
    StringLiteral,
    Subsearch,
    SubsearchTerm,
    Term,
    Unary,
)
from generator.spl.syntax import CommandKind
from generator.spl.walk import find

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import numpy.typing as npt

    from generator.engine.column import Column, Mask, Rows
    from generator.engine.env import Env, Stage
    from generator.engine.table import Table
    from generator.engine.values import Value
    from generator.spl.ast import Command, Pipeline
    from generator.spl.errors import SplError

    Counts = npt.NDArray[np.int32]

MAX_NEAREST = 5
"""Entries of the nearest rows."""
MAX_CANDIDATES = 2_000
"""Combinations of failed comparisons and values that are compared to find the nearest ones."""
MAX_MISSED = 3
"""Failed comparisons that an entry names; rows that fail more are far from fitting."""

_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Test:
    """A test that a command makes of its own: what it wants of a field, and which rows fit."""

    node: Node
    field: str
    wanted: str
    mask: Mask


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command asks of rows before it lets them through.

    `table` are the rows, `condition` is what must hold for one, in the text of `env`; `needed` are fields that it must have.
    `rows` says in the plural what the rows are.
    """

    table: Table
    condition: Term | Expr | Test | None
    env: Env
    needed: tuple[str, ...] = ()
    rows: str = "rows"


@dataclass(frozen=True, slots=True)
class Missed:
    """A comparison that a row fails: `got` is the field's value (None: absent, "" where `_raw` lacks a word)."""

    clause: str
    field: str
    wanted: str
    got: str | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Near:
    """Rows that fail the same comparisons with the same values: how many they are, and the first one's time and raw text."""

    missed: tuple[Missed, ...]
    count: int
    time: str = ""
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Dropped:
    """Where the last rows went.

    `stage` is the number of the command in `Explanation.stages`. `clause` is the part of its condition that none of the
    `before` rows fitted that had fitted the parts before it; `start` and `end` are its offsets in `text`; empty where the
    command has no condition that can be named. `reason` says it in a sentence. `nearest` are the rows that came nearest,
    `hints` what is likely wrong. Where a subsearch of that command found nothing, everything but `stage` and `command` is
    about the subsearch, and `inside` names the command of it that dropped the last rows (of nested ones one each).
    """

    stage: int
    command: str
    reason: str
    clause: str = ""
    text: str = ""
    start: int = -1
    end: int = -1
    before: int = 0
    nearest: tuple[Near, ...] = ()
    hints: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ran:
    """A subsearch that ran: its rows, its commands with the rows before and after each, and what it ran in."""

    table: Table
    seen: Sequence[tuple[Command, Table, Table]]
    env: Env


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a search did. `dropped` is None where it found something."""

    result: Result
    dropped: Dropped | None

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The commands that ran, in order."""
        return self.result.stages


def explained(env: Env, check: Callable[[Pipeline], list[SplError]], table: Table | None) -> Explanation:
    """Run the text of an environment and explain it. Arguments and errors as `generator.engine.run.run_search`."""
    seen: list[tuple[Command, Table, Table]] = []
    ran: dict[int, Ran] = {}

    def note(pipeline: Pipeline, found: Table, steps: Sequence[tuple[Command, Table, Table]], inner: Env) -> None:
        ran[id(pipeline)] = Ran(found, steps, inner)

    env = replace(env, watch_subsearch=note)
    result = run_search(env, check, table, lambda *step: seen.append(step))
    return Explanation(result, None if result.table.length else _dropped(seen, env, ran))


def dataset_asked(model: str, dataset: str | None, env: Env) -> Asked | None:
    """Return what a dataset of a data model without rows asks of events: the first constraint on its line that none fits.

    None where a dataset of that name does not exist, or a base search makes its rows.
    """
    definition = env.knowledge.model(model)
    if definition is None:
        return None
    by_name = {one.name: one for one in definition.datasets}
    at = by_name.get(dataset) if dataset is not None else next(iter(definition.datasets), None)
    line = []
    while at is not None:
        line.append(at)
        at = by_name.get(at.parent)
    before = events = env.events()
    for one in reversed(line):
        if one.base_search:
            return None
        found = env.knowledge.dataset(model, one.name, events, env.now)
        if found is not None and found.length:
            before = found
            continue
        text = " ".join(f"({constraint})" for constraint in one.constraints if constraint.strip())
        inner = replace(env, text=env.expand(text))
        return Asked(
            before,
            inner.parse_terms(inner.text, "datamodel", Node(-1, -1)) if text else None,
            inner,
            rows="events" if before is events else "events of the parent dataset",
        )
    return None


# --- the stage -------------------------------------------------------------------------------------------------------


def _dropped(seen: Sequence[tuple[Command, Table, Table]], env: Env, ran: Mapping[int, Ran]) -> Dropped | None:
    """Find the stage that dropped the last rows and say why; where a subsearch is why, say why that one is empty."""
    if not seen:
        return None
    place = _place(seen, env)
    found = _stage(place, *seen[place][:2], env)
    command = seen[place][0]
    for subsearch in find(command, Subsearch):
        one = ran.get(id(subsearch.pipeline))
        wanted = found.text == env.text and found.start <= subsearch.start and subsearch.end <= found.end
        if one is not None and not one.table.length and (wanted or not found.clause):
            inner = _dropped(one.seen, one.env, ran)
            if inner is not None:
                return replace(
                    inner,
                    stage=place,
                    command=command.name,
                    reason=f"the subsearch of `{command.name}` found nothing: {inner.reason}",
                    inside=(inner.command, *inner.inside),
                )
    return found


def _stage(place: int, command: Command, before: Table, env: Env) -> Dropped:
    """Say why a command passed on nothing."""
    events = env.events()
    spec = env.commands.get(command.name)
    asked = spec.asks(command, before, env) if spec is not None and spec.asks is not None else None
    name = f"`{command.name}`"
    if asked is not None and asked.table.length:
        return _because(asked, place, command)
    if not events.length and (before.length == 0):
        window = "" if env.earliest is None and env.latest is None else " in the time window"
        return Dropped(
            place,
            command.name,
            f"there are no events{window} that {name} could search",
            hints=("widen --earliest and --latest",) if window else ("load some with --data",),
        )
    what = f"none of {before.length:,} rows" if before.length else "no rows"
    return Dropped(place, command.name, f"{name} passed on {what}", before=before.length)


def _place(seen: Sequence[tuple[Command, Table, Table]], env: Env) -> int:
    """Return the number of the stage that dropped the last rows.

    An aggregate of nothing is a row that says so (`stats count`), and a later `where count > 0` drops it: then the stage
    is the earlier one, where the rows were lost that the user is after.
    """
    place = next(
        number
        for number in range(len(seen) - 1, -1, -1)
        if not seen[number][2].length and (number == 0 or seen[number][1].length or _generates(seen[number][0], env))
    )
    for number in range(place - 1, -1, -1):
        command, _, after = seen[number]
        if not after.length:
            following = env.commands.get(seen[number + 1][0].name)
            if following is not None and following.kind is CommandKind.TRANSFORMING:
                place = number
            break
        spec = env.commands.get(command.name)
        if _generates(command, env) and spec is not None and spec.asks is not None:
            asked = spec.asks(command, seen[number][1], env)
            if asked is not None and asked.table.length and not _fitting(asked).any():
                return number
    return place


def _generates(command: Command, env: Env) -> bool:
    spec = env.commands.get(command.name)
    return spec is not None and spec.kind is CommandKind.GENERATING


def _fitting(asked: Asked) -> Mask:
    tree = _tree(asked)
    found: Mask = tree.missing(asked.table.length) == 0
    return found


def _because(asked: Asked, place: int, command: Command) -> Dropped:
    """Explain what a command asked that no row had."""
    env, table = asked.env, asked.table
    tree = _tree(asked)
    parts = tree.parts if isinstance(tree, _All) else (tree,)
    inside = np.ones(table.length, np.bool_)
    clause, before = None, table.length
    for part in parts:
        narrowed = inside & (part.missing(table.length) == 0)
        if not narrowed.any():
            clause, before = part, int(inside.sum())
            break
        inside = narrowed
    if clause is None:
        reason = f"`{command.name}` passed on none of {table.length:,} {asked.rows}, though all that it asks is fitted by some"
        return Dropped(place, command.name, reason, before=table.length)
    all_of = _counted(table.length, asked.rows)
    if clause.place[0] < 0:
        reason = f"none of the {all_of} that `{command.name}` looked at has {clause.leaves[0].wanted}"
    elif table.length == 1:
        reason = f"the only {asked.rows.removesuffix('s')} that `{command.name}` looked at does not fit this clause"
    elif clause is parts[0] or before == table.length:
        reason = f"none of the {all_of} that `{command.name}` looked at fits this clause"
    else:
        reason = (
            f"of the {all_of} that `{command.name}` looked at, {before:,} fit what stands before this clause, "
            "but none of them the clause"
        )
    own = _own(clause, env)
    return Dropped(
        place,
        command.name,
        reason,
        clause=own[0],
        text=env.text,
        start=own[1],
        end=own[2],
        before=before,
        nearest=_nearest(tree, asked),
        hints=tuple(_hints(clause, asked)),
    )


def _counted(count: int, rows: str) -> str:
    return f"{count:,} {rows}" if count != 1 else f"1 {rows.removesuffix('s')}"


def _own(part: _Part, env: Env) -> tuple[str, int, int]:
    """Return a clause's text and its place."""
    start, end = part.place
    if start < 0:
        return part.leaves[0].wanted, -1, -1
    return env.text[start:end], start, end


# --- conditions as trees ---------------------------------------------------------------------------------------------


class _Leaf:
    """One comparison. `fields` are what it reads, `shown_column` the column of what was compared, where that is no plain field.

    `literal` is the text that is wanted, `bound` the number that a value is to lie above or below.
    """

    def __init__(
        self,
        mask: Mask,
        place: tuple[int, int],
        *,
        label: str,
        wanted: str,
        fields: tuple[str, ...],
        literal: str = "",
        bound: float | None = None,
        cased: bool = False,
        shown_column: Column | None = None,
    ) -> None:
        self.mask = mask
        self.place = place
        self.label = label
        self.wanted = wanted
        self.fields = fields
        self.literal = literal
        self.bound = bound
        self.cased = cased
        self.column = shown_column
        self.leaves: tuple[_Leaf, ...] = (self,)

    def missing(self, length: int) -> Counts:
        """Return for each row how many leaves would have to hold besides."""
        del length
        return (~self.mask).astype(np.int32)

    def failing(self, row: int) -> list[_Leaf]:
        """Return the leaves that a row fails, of an OR those of the nearest alternative."""
        return [] if self.mask[row] else [self]


class _All:
    """Parts of which all must hold."""

    def __init__(self, parts: Sequence[_Part], place: tuple[int, int]) -> None:
        self.parts: tuple[_Part, ...] = tuple(
            inner for part in parts for inner in (part.parts if isinstance(part, _All) else (part,))
        )
        self.place = place
        self.leaves: tuple[_Leaf, ...] = tuple(leaf for part in self.parts for leaf in part.leaves)
        self._missing: Counts | None = None

    def missing(self, length: int) -> Counts:
        if self._missing is None:
            self._missing = sum((part.missing(length) for part in self.parts), np.zeros(length, np.int32))
        return self._missing

    def failing(self, row: int) -> list[_Leaf]:
        return [leaf for part in self.parts for leaf in part.failing(row)]


class _Any:
    """Parts of which one must hold."""

    def __init__(self, parts: Sequence[_Part], place: tuple[int, int]) -> None:
        self.parts: tuple[_Part, ...] = tuple(
            inner for part in parts for inner in (part.parts if isinstance(part, _Any) else (part,))
        )
        self.place = place
        self.leaves: tuple[_Leaf, ...] = tuple(leaf for part in self.parts for leaf in part.leaves)
        self._missing: Counts | None = None

    def missing(self, length: int) -> Counts:
        if self._missing is None:
            self._missing = np.minimum.reduce([part.missing(length) for part in self.parts])
        return self._missing

    def failing(self, row: int) -> list[_Leaf]:
        nearest = min(self.parts, key=lambda part: int(part.missing(len(part.leaves[0].mask))[row]))
        return nearest.failing(row)


_Part = _Leaf | _All | _Any


def _tree(asked: Asked) -> _Part:
    """Return a condition as tree; fields that are needed are leaves behind it. No condition: one of no parts, which all fit."""
    made = _Trees(asked)
    parts: list[_Part] = []
    condition = asked.condition
    if isinstance(condition, Test):
        node = condition.node
        parts.append(
            _Leaf(
                condition.mask,
                (node.start, node.end),
                label=condition.field,
                wanted=condition.wanted,
                fields=(condition.field,),
            )
        )
    elif isinstance(condition, Term):
        parts.append(made.term(condition, negated=False))
    elif isinstance(condition, Expr):
        parts.append(made.expression(condition, negated=False))
    parts.extend(
        _Leaf(
            asked.table.column(name).present,
            (-1, -1),
            label=name,
            wanted=f"a field `{name}`",
            fields=(name,),
        )
        for name in asked.needed
    )
    return parts[0] if len(parts) == 1 else _All(parts, (-1, -1))


class _Trees:
    """Makes trees of the terms and expressions of one command."""

    def __init__(self, asked: Asked) -> None:
        self.table = asked.table
        self.env = asked.env

    def text(self, node: Node) -> str:
        return " ".join(self.env.text[node.start : node.end].split())

    # --- search terms ------------------------------------------------------------------------------------------------

    def term(self, term: Term, *, negated: bool) -> _Part:
        place = (term.start, term.end)
        if isinstance(term, Not):
            return _widened(self.term(term.term, negated=not negated), place)
        if isinstance(term, Group) and term.term is not None:
            return self.term(term.term, negated=negated)
        if isinstance(term, And | Or):
            parts = [self.term(part, negated=negated) for part in term.terms]
            if isinstance(term, And) is not negated:
                return _All(parts, place)
            return _merged(_Any(parts, place), self.text(term))
        if isinstance(term, SubsearchTerm):
            return self._substituted(term, negated=negated)
        return self._term_leaf(term, negated=negated)

    def _term_leaf(self, term: Term, *, negated: bool) -> _Leaf:
        mask = self.env.mask(term, self.table, "search")
        label, wanted, literal, bound = "_raw", self.text(term), "", None
        fields: tuple[str, ...] = ("_raw",)
        if isinstance(term, Comparison) and isinstance(term.field, Name):
            label = term.field.text
            wanted = self.env.text[term.field.end : term.end].strip()
            literal = term.value.text if isinstance(term.value, Name) and term.op in {"=", "=="} else ""
            bound = number_of(term.value.text) if isinstance(term.value, Name) and term.op in _FLIPPED else None
            if label in TIME_MODIFIERS:
                label, wanted, literal, bound = "_time", self.text(term), "", None
            fields = () if label == "_time" and term.field.text in TIME_MODIFIERS else (label,)
        elif isinstance(term, InTerm) and isinstance(term.field, Name):
            label = term.field.text
            wanted = self.env.text[term.field.end : term.end].strip()
            fields = (label,)
        elif isinstance(term, Keyword | Directive):
            wanted = f"the word {self.text(term)}" if " " not in term.value.text else f"the phrase {self.text(term)}"
            literal = term.value.text
        if negated:
            mask, wanted, literal = ~mask, f"NOT {self.text(term)}", ""
        return _Leaf(
            mask,
            (term.start, term.end),
            label=label,
            wanted=" ".join(wanted.split()),
            fields=fields,
            literal=literal,
            bound=bound,
        )

    def _substituted(self, term: SubsearchTerm, *, negated: bool) -> _Part:
        """Take what a subsearch gave for the term; its leaves lie where the subsearch stands."""
        text = self.env.subsearch_text(term.subsearch.pipeline)
        inner = _Trees(Asked(self.table, None, replace(self.env, text=text)))
        made = inner.term(inner.env.parse_terms(text, "search", term), negated=negated)
        _moved(made, (term.start, term.end))
        return made

    # --- eval expressions --------------------------------------------------------------------------------------------

    def expression(self, expr: Expr, *, negated: bool) -> _Part:
        place = (expr.start, expr.end)
        if isinstance(expr, Unary) and expr.op == "NOT":
            return _widened(self.expression(expr.operand, negated=not negated), place)
        if isinstance(expr, Binary) and expr.op in {"AND", "OR"}:
            parts = [self.expression(part, negated=negated) for part in (expr.left, expr.right)]
            if (expr.op == "AND") is not negated:
                return _All(parts, place)
            return _merged(_Any(parts, place), self.text(expr))
        return self._expression_leaf(expr, negated=negated)

    def _expression_leaf(self, expr: Expr, *, negated: bool) -> _Leaf:
        asked = Unary(expr.start, expr.end, "NOT", expr) if negated else expr
        mask = self.env.truth(asked, self.table, "where")
        fields = tuple(dict.fromkeys(ref.name for ref in find(expr, FieldRef)))
        label, wanted, literal, column = fields[0] if fields else "", self.text(expr), "", None
        bound = None
        left, op, right = _sides(expr)
        if left is not None:
            label = left.name if isinstance(left, FieldRef) else self.text(left)
            wanted = f"{op} {self.text(right)}" if right is not None else op
            literal = right.value if isinstance(right, StringLiteral) and op in {"=", "=="} else ""
            bound = _number(right) if op in _FLIPPED else None
            if not isinstance(left, FieldRef):
                column = self.env.evaluate(left, self.table, "where")
        if negated:
            wanted, literal = f"NOT {self.text(expr)}", ""
        return _Leaf(
            mask,
            (expr.start, expr.end),
            label=label,
            wanted=wanted,
            fields=fields,
            literal=literal,
            bound=bound,
            cased=True,
            shown_column=column,
        )


def _sides(expr: Expr) -> tuple[Expr | None, str, Expr | None]:
    """Return what is compared, how, and with what: a literal goes to the right."""
    if isinstance(expr, InList):
        return expr.operand, "IN", None
    if not isinstance(expr, Binary) or expr.op in {"XOR", ".", "+", "-", "*", "/", "%"}:
        return None, "", None
    left, right = expr.left, expr.right
    if (isinstance(left, StringLiteral | BoolLiteral) or _number(left) is not None) and not isinstance(
        right, StringLiteral | NumberLiteral
    ):
        return right, _FLIPPED.get(expr.op, expr.op), left
    return left, expr.op, right


def _number(expr: Expr | None) -> float | None:
    """Return the number that is written, with its sign; None where it is something else."""
    if isinstance(expr, Unary) and expr.op in {"-", "+"}:
        inner = _number(expr.operand)
        return -inner if inner is not None and expr.op == "-" else inner
    return expr.value if isinstance(expr, NumberLiteral) else None


def _merged(part: _Any, text: str) -> _Part:
    """Make one leaf of an OR whose alternatives all ask about the same field: `a=1 OR a=2` is one thing that is wanted."""
    leaves = part.parts
    first = leaves[0]
    if not isinstance(first, _Leaf) or any(
        not isinstance(leaf, _Leaf) or leaf.fields != first.fields for leaf in leaves
    ):
        return part
    masks = [leaf.mask for leaf in leaves if isinstance(leaf, _Leaf)]
    return _Leaf(
        np.logical_or.reduce(masks),
        part.place,
        label=first.label,
        wanted=text,
        fields=first.fields,
        cased=first.cased,
        shown_column=first.column,
    )


def _widened(part: _Part, place: tuple[int, int]) -> _Part:
    """Let a clause begin with the NOT that stands before it; one that falls into several clauses has no such place."""
    if not isinstance(part, _All):
        part.place = place
    return part


def _moved(part: _Part, place: tuple[int, int]) -> None:
    part.place = place
    if not isinstance(part, _Leaf):
        for inner in part.parts:
            _moved(inner, place)


# --- the nearest rows ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Candidate:
    """Rows that fail the same leaves with the same values."""

    leaves: list[_Leaf]
    row: int
    count: int
    rarity: float
    likeness: float = field(default=0.0)


def _nearest(tree: _Part, asked: Asked) -> tuple[Near, ...]:
    """Return the rows that miss least, those that fail the same with the same values as one."""
    table = asked.table
    missing = tree.missing(table.length)
    rows = np.flatnonzero(missing == missing.min())
    if not missing.min():
        return ()  # a condition that answers differently each time (`random`)
    candidates = sorted(_candidates(tree, rows, table), key=lambda one: (-one.rarity, -one.likeness, one.row))
    times, raws = table.find("_time"), table.find("_raw")
    found = []
    for one in candidates[:MAX_NEAREST]:
        missed = tuple(_missed(leaf, one.row, asked) for leaf in one.leaves[:MAX_MISSED])
        time = "" if times is None or (at := number_of(times[one.row])) is None else _moment(at)
        raw = "" if raws is None or raws[one.row] is None else _text(raws[one.row])
        found.append(Near(missed, one.count, time, raw))
    return tuple(found)


def _candidates(tree: _Part, rows: Rows, table: Table) -> Iterator[_Candidate]:
    """Yield the distinct ways in which the nearest rows miss."""
    bits = np.packbits(np.stack([leaf.mask[rows] for leaf in tree.leaves]), axis=0)
    _, firsts, numbers = np.unique(bits, axis=1, return_index=True, return_inverse=True)
    numbers = numbers.reshape(-1)
    weights = [-np.log(max(float(leaf.mask.mean()), 1e-9)) for leaf in tree.leaves]
    left = MAX_CANDIDATES
    for number, first in enumerate(firsts.tolist()):
        own = rows[numbers == number]
        row = int(rows[first])
        leaves = tree.failing(row)
        rarity = round(sum(weight for weight, leaf in zip(weights, tree.leaves, strict=True) if leaf.mask[row]), 6)
        for place, count in _distinct(leaves, own, table):
            if left <= 0:
                return
            left -= 1
            candidate = _Candidate(leaves, place, count, rarity)
            candidate.likeness = max((_likeness(leaf, table, place) for leaf in leaves), default=0.0)
            yield candidate


def _distinct(leaves: list[_Leaf], rows: Rows, table: Table) -> Iterator[tuple[int, int]]:
    """Yield the first row and the number of rows of each combination of the values that the leaves read."""
    columns = {}
    for leaf in leaves[:MAX_MISSED]:
        if leaf.column is not None:
            columns[leaf.label] = leaf.column.take(rows).compact()
        elif leaf.label != "_raw":
            columns.update((name, table.column(name).take(rows).compact()) for name in leaf.fields[:MAX_MISSED])
    if not columns:
        yield int(rows[0]), len(rows)
        return
    numbers, firsts = distinct_inputs(list(columns.values()))
    counts = np.bincount(numbers.reshape(-1))
    for place, count in zip(firsts.tolist(), counts.tolist(), strict=True):
        yield int(rows[place]), count


def _likeness(leaf: _Leaf, table: Table, row: int) -> float:
    """Return how like a value is to the wanted one, 0 to 1; of a number how near to the bound."""
    if (not leaf.literal and leaf.bound is None) or leaf.label == "_raw":
        return 0.0
    value = table.column(leaf.label)[row] if leaf.column is None else leaf.column[row]
    if value is None:
        return 0.0
    if leaf.bound is not None:
        numbers = [number for one in elements(value) if (number := number_of(one)) is not None]
        distance = min((abs(number - leaf.bound) for number in numbers), default=math.inf)
        return 1 / (1 + distance / (abs(leaf.bound) or 1))
    wanted = leaf.literal.strip("*").lower()[:200]
    return difflib.SequenceMatcher(None, wanted, _text(value).lower()[:200]).ratio()


def _missed(leaf: _Leaf, row: int, asked: Asked) -> Missed:
    start, end = leaf.place
    clause = asked.env.text[start:end] if start >= 0 else leaf.wanted
    if leaf.label == "_raw" and leaf.literal:
        raw = asked.table.column("_raw")[row]
        inside = raw is not None and leaf.literal.strip("*").lower() in _text(raw).lower()
        note = "it stands there only inside a longer word; `*` around it finds it" if inside else ""
        return Missed(clause, leaf.label, leaf.wanted, "", note)
    value = leaf.column[row] if leaf.column is not None else asked.table.column(leaf.label)[row] if leaf.label else None
    if value is None:
        return Missed(clause, leaf.label, leaf.wanted, None)
    got = _moment(at) if leaf.label == "_time" and (at := number_of(value)) is not None else _text(value)
    return Missed(clause, leaf.label, leaf.wanted, got, _difference(leaf, got))


def _text(value: Value) -> str:
    return ", ".join(map(text_of, elements(value)))


def _difference(leaf: _Leaf, got: str) -> str:
    """Say what is easily overlooked: values that differ in case or in blanks only."""
    if not leaf.literal or got == leaf.literal:
        return ""
    if leaf.cased and got.lower() == leaf.literal.lower():
        return "they differ in case only, which `where` and `eval` tell apart"
    if got.strip().lower() == leaf.literal.strip().lower():
        return "they differ in blanks at an end only"
    return ""


def _moment(seconds: float) -> str:
    try:
        at = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    except (OverflowError, ValueError, OSError):
        return str(seconds)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _hints(clause: _Part, asked: Asked) -> Iterator[str]:
    """Name fields that no row has, with the nearest name of one that some row has."""
    names: list[str] | None = None
    for name in dict.fromkeys(name for leaf in clause.leaves for name in leaf.fields):
        if name == "_raw":
            continue
        column = asked.table.find(name)
        if column is not None and column.codes.any():
            continue
        if names is None:
            names = asked.table.names()
        near = closest(name, [one for one in names if one != name])
        yield f"none of these {asked.rows} has a field `{name}`" + (f"; did you mean `{near[0]}`?" if near else "")
