"""`transaction`: groups events that belong together by fields, by time or by how they begin and end."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options, names_of, whole_number
from generator.commands.shapes import FieldsCommand, fields_parser, is_on
from generator.commands.uses import read_expression, read_names, read_term
from generator.engine.values import Value, elements, multivalue, read_bool, text_of
from generator.spl.ast import Call, Expr, MacroCall, Name, Option, Term
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from generator.engine.column import Mask
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.engine.values import Scalar
    from generator.spl.fields import FieldState, FlowEnv

MADE = ("duration", "eventcount", "closed_txn", "field_match_sum", "linecount")
"""The fields that every transaction has."""


@dataclass(frozen=True, slots=True)
class Transaction(FieldsCommand):
    """`fields` unify events; `startswith` and `endswith` hold a string, `(terms)` or `eval(expression)`."""


def flow(node: Transaction, state: FieldState, env: FlowEnv) -> FieldState:
    """The fields of the events stay; duration, number of events and the like are added."""
    read_names(node.fields, state, env)
    for option in node.options:
        if not isinstance(option, Option):
            continue
        if isinstance(option.value, Term):
            read_term(option.value, state, env)
        elif isinstance(option.value, Expr):
            read_expression(option.value, state, env)
    made = state.add(MADE)
    return made.add(("_txn_orphan",)) if is_on(node.options, "keeporphans") else made


_ASKED = frozenset({"startswith", "endswith"})


def run(node: Transaction, table: Table, env: Env) -> Table:
    """Group events, which come newest first, and return one row a group, newest first.

    Groups that were not completed go away unless `keepevicted`: with `startswith` those whose first event was not met.
    `maxopentxn` and `maxopenevents` close the groups that were added to least recently.

    Raises:
        UnsupportedSpl: `name`, which takes a definition of transactiontypes.conf.
    """
    from generator.engine.table import from_rows

    plain = tuple(o for o in node.options if not (isinstance(o, Option) and o.name in _ASKED))
    given = given_options(plain, env, "transaction")
    if "name" in given:
        raise env.unsupported("`name` of `transaction`", node)
    fields = [*names_of(node.fields, env, "transaction"), *given.get("fields", "").replace(",", " ").split()]
    rules = _Rules(
        fields=tuple(dict.fromkeys(fields)),
        span=_seconds(given.get("maxspan"), env, node),
        pause=_seconds(given.get("maxpause"), env, node),
        most=whole_number(given.get("maxevents"), 1000, env, "transaction", node),
        connected=read_bool(given.get("connected"), default=True),
        open_groups=whole_number(given.get("maxopentxn"), 0, env, "transaction", node),
        open_events=whole_number(given.get("maxopenevents"), 0, env, "transaction", node),
        starts=_matching(node, "startswith", table, env),
        ends=_matching(node, "endswith", table, env),
    )
    grouping = _Grouping(rules, table)
    for row in range(table.length):
        grouping.take(row)
    grouping.finish()
    if grouping.disordered:
        env.warn_once("The events of a transaction are not in descending order of time; the results may be wrong.")
    keeps_evicted = read_bool(given.get("keepevicted"), default=False)
    names = [name for name in table.names() if name == "_raw" or not name.startswith("_")]
    writer = _Writer(table, names, grouping.times, given)
    made = [
        writer.row(group.rows, closed=group.closed) for group in grouping.done if keeps_evicted or not group.evicted
    ]
    if read_bool(given.get("keeporphans"), default=False):
        for row in grouping.orphans:
            orphan = {name: value for name in names if (value := writer.cells[name][row]) is not None}
            made.append({**orphan, "_time": grouping.times[row], "_txn_orphan": 1})
    made.sort(key=lambda row: -(_number(row.get("_time")) or 0))
    return from_rows(made)


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) else None


def _seconds(text: str | None, env: Env, node: Transaction) -> float | None:
    """Return the length of an option, None where it does not limit anything."""
    from generator.engine.buckets import read_time_span

    if text is None or text.startswith("-"):
        return None
    span = read_time_span(f"{text}s" if text.isdecimal() else text)
    if span is None:
        raise env.error("transaction", f"Invalid length of time `{text}`", node)
    return span.seconds


def _matching(node: Transaction, name: str, table: Table, env: Env) -> Mask | None:
    """Return which events begin or end a transaction, None where the option is not given."""
    option = next((o for o in node.options if isinstance(o, Option) and o.name == name), None)
    if option is None:
        return None
    value = option.value
    if isinstance(value, MacroCall):
        raise env.no_macro("transaction", value)
    if isinstance(value, Call) and value.name.lower() == "eval" and len(value.args) == 1:
        return env.truth(value.args[0], table, "transaction")
    if isinstance(value, Expr):
        return env.truth(value, table, "transaction")
    if isinstance(value, Name):
        value = env.parse_terms(value.text, "transaction", option)
    if not isinstance(value, Term):
        raise env.unsupported(f"a subsearch as value of `{name}`", option)
    return env.mask(value, table, "transaction")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    """What makes events belong together; lengths in seconds, None and 0 = no limit."""

    fields: tuple[str, ...]
    span: float | None
    pause: float | None
    most: int
    connected: bool
    open_groups: int
    open_events: int
    starts: Mask | None
    ends: Mask | None


@dataclass(slots=True, eq=False)
class _Group:
    """Events that belong together, newest first; `closed`: it was completed, `evicted`: it was given up."""

    rows: list[int]
    values: dict[str, set[str]]
    latest: float
    earliest: float
    turn: int = 0
    closed: bool = False
    evicted: bool = False


class _Grouping:
    """Puts events into groups one after the other. `done` are the groups that are finished."""

    def __init__(self, rules: _Rules, table: Table) -> None:
        self.done: list[_Group] = []
        self.orphans: list[int] = []
        self.disordered = False
        numbers = table.column("_time").numbers.tolist()
        self.times: list[float] = [0 if math.isnan(number) else number for number in numbers]
        self._rules = rules
        self._cells = {name: table.column(name).to_list() for name in rules.fields}
        self._last = math.inf
        # Open groups, the one that was added to least recently first; and those that hold a value of a field.
        self._open: dict[int, _Group] = {}
        self._holders: dict[tuple[str, str], dict[int, _Group]] = {}
        self._events = 0

    def take(self, row: int) -> None:
        """Put an event into a group."""
        rules = self._rules
        time = self.times[row]
        self.disordered = self.disordered or time > self._last
        self._last = time
        values = {
            name: set(map(text_of, elements(cells[row])))
            for name, cells in self._cells.items()
            if cells[row] is not None
        }
        if rules.fields and not values:
            self.orphans.append(row)
            return
        group = self._fitting(values, time)
        ends = rules.ends is not None and bool(rules.ends[row])
        starts = rules.starts is not None and bool(rules.starts[row])
        if ends and group is not None:
            # Its end was met before; what lies further back belongs to the one that ends here.
            self._close(group, complete=rules.starts is None)
            group = None
        if group is None:
            if rules.ends is not None and not ends:
                self.orphans.append(row)
                return
            group = _Group([], {}, time, time)
        self._open.pop(id(group), None)
        self._open[id(group)] = group
        self._events += 1
        group.turn = row
        group.rows.append(row)
        group.earliest = min(group.earliest, time)
        for name, texts in values.items():
            group.values.setdefault(name, set()).update(texts)
            for text in texts:
                self._holders.setdefault((name, text), {})[id(group)] = group
        if starts or (rules.most > 0 and len(group.rows) >= rules.most):
            self._close(group, complete=True)
        while len(self._open) > 1 and self._too_many():
            self._close(next(iter(self._open.values())), complete=False)

    def finish(self) -> None:
        """Finish what is still open: without a condition for the first event it is as complete as it can be."""
        for group in list(self._open.values()):
            if self._is_past(group, self._last):
                self._close(group, complete=self._rules.starts is None)
            else:
                group.evicted = self._rules.starts is not None
                self.done.append(group)
        self._open.clear()

    def _is_past(self, group: _Group, time: float) -> bool:
        """Whether an event at this time, and all further back, are too far away."""
        span, pause = self._rules.span, self._rules.pause
        too_long = span is not None and group.latest - time >= span
        return too_long or (pause is not None and group.earliest - time > pause)

    def _fitting(self, values: dict[str, set[str]], time: float) -> _Group | None:
        """Return the open group that was added to last among those whose values agree; close those that are past."""
        if self._rules.fields and self._rules.connected:
            found = {
                key: group
                for name, texts in values.items()
                for text in texts
                for key, group in self._holders.get((name, text), {}).items()
            }
            candidates = sorted(found.values(), key=lambda group: group.turn, reverse=True)
        else:
            candidates = list(reversed(self._open.values()))
        for group in candidates:
            if self._is_past(group, time):
                self._close(group, complete=self._rules.starts is None)
            elif all(texts & group.values[name] for name, texts in values.items() if name in group.values):
                return group
        return None

    def _close(self, group: _Group, *, complete: bool) -> None:
        del self._open[id(group)]
        self._events -= len(group.rows)
        for name, texts in group.values.items():
            for text in texts:
                del self._holders[name, text][id(group)]
        group.closed, group.evicted = complete, not complete
        self.done.append(group)

    def _too_many(self) -> bool:
        rules = self._rules
        if rules.open_groups and len(self._open) > rules.open_groups:
            return True
        return bool(rules.open_events) and self._events > rules.open_events


class _Writer:
    """Makes the row of a group."""

    def __init__(self, table: Table, names: Sequence[str], times: list[float], given: dict[str, str]) -> None:
        self.cells = {name: table.column(name).to_list() for name in names}
        self._times = times
        listed = given.get("mvlist", "f")
        self._null = given.get("nullstr", "NULL")
        self._keeps_raws = read_bool(given.get("mvraw"), default=False)
        self._all_listed = read_bool(listed, default=False)
        self._listed = frozenset(listed.replace(",", " ").split())

    def row(self, rows: Sequence[int], *, closed: bool) -> dict[str, object]:
        """Return the row of events, which come newest first."""
        ordered = list(reversed(rows))
        times = [self._times[row] for row in ordered]
        found: dict[str, object] = {"_time": _whole(min(times))}
        for name, cells in self.cells.items():
            own = [cells[row] for row in ordered]
            if all(cell is None for cell in own):
                continue
            if name == "_raw":
                found[name] = self._raw(own)
                found["linecount"] = sum(len(text_of(one).splitlines()) or 1 for cell in own for one in elements(cell))
            elif self._all_listed or name in self._listed:
                found[name] = list(self._values(own, null=self._null))
            else:
                found[name] = sorted({text_of(one) for cell in own for one in elements(cell)})
        found["duration"] = _whole(max(times) - min(times))
        found["eventcount"] = len(rows)
        found["closed_txn"] = int(closed)
        return found

    def _raw(self, cells: list[Value]) -> Value:
        raws = [text_of(one) for cell in cells for one in elements(cell)]
        return multivalue(raws) if self._keeps_raws else "\n".join(raws)

    def _values(self, cells: list[Value], *, null: str) -> Iterable[Scalar]:
        for cell in cells:
            yield from elements(cell) or (null,)


def _whole(number: float) -> float:
    return int(number) if float(number).is_integer() else round(number, 6)


SPEC = CommandSpec(
    name="transaction",
    kind=CommandKind.DATASET,
    summary="Groups events.",
    syntax="transaction [<field>...] [name=<name>] [maxspan=<span>] [maxpause=<span>] [maxevents=<int>] "
    '[startswith|endswith="<terms>"|(<terms>)|eval(<expression>)] [connected=<bool>] [unifyends=<bool>] '
    "[keeporphans=<bool>] [maxopentxn=<int>] [maxopenevents=<int>] [keepevicted=<bool>] [delim=<string>] "
    "[mvlist=<bool>|<fields>] [nullstr=<string>] [mvraw=<bool>]",
    options={
        "name": OptionKind.TEXT,
        "fields": OptionKind.TEXT,
        "maxspan": OptionKind.SPAN,
        "maxpause": OptionKind.SPAN,
        "maxevents": OptionKind.INT,
        "startswith": OptionKind.FILTER,
        "endswith": OptionKind.FILTER,
        "connected": OptionKind.BOOL,
        "unifyends": OptionKind.BOOL,
        "keeporphans": OptionKind.BOOL,
        "maxopentxn": OptionKind.INT,
        "maxopenevents": OptionKind.INT,
        "keepevicted": OptionKind.BOOL,
        "delim": OptionKind.TEXT,
        "mvlist": OptionKind.TEXT,
        "nullstr": OptionKind.TEXT,
        "mvraw": OptionKind.BOOL,
    },
    aliases=("transam",),
    parse=fields_parser(Transaction),
    flow=flow,
    run=run,
    source="Search Reference: transaction",
)
