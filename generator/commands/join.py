"""`join`: joins the results with the rows of a subsearch that have the same values in some fields."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options, names_of, whole_number
from generator.commands.uses import read_names
from generator.engine.values import number_of, read_bool
from generator.spl.ast import Command, Field, MacroCall, Name, Node, Options, Subsearch
from generator.spl.printer import join_words, print_options, print_subsearch, print_value, print_values
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind
from generator.spl.text import STRING, unescape

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.engine.env import Env
    from generator.engine.explain import Asked, Test
    from generator.engine.table import Table
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader

_SHOWN = 3
"""Values of the subsearch that an explanation names."""

_DATASET = re.compile(r"(?:datamodel|lookup|inputlookup|savedsearch):.+", re.IGNORECASE)
_DATASET_HERE = re.compile(
    rf"[\s,]*+((?:datamodel|lookup|inputlookup|savedsearch):)(?:({STRING})|([^\s,\"'|\[\]`()]++))", re.IGNORECASE
)
"""A dataset behind the conditions of the form with aliases, where no list of fields is read."""


@dataclass(frozen=True, slots=True)
class JoinPair(Node):
    """`L.a = R.b` of the form with aliases."""

    left: Name
    right: Name


@dataclass(frozen=True, slots=True)
class Join(Command):
    """`right` is the subsearch, or the name of a dataset; without `fields` all common ones are compared."""

    options: Options
    fields: tuple[Field, ...]
    where: tuple[JoinPair, ...]
    right: Subsearch | Name

    def arguments(self) -> str:
        """Print options, fields, the conditions of aliased fields and the right side."""
        where = " ".join(f"{print_value(pair.left)}={print_value(pair.right)}" for pair in self.where)
        right = print_subsearch(self.right) if isinstance(self.right, Subsearch) else print_value(self.right)
        return join_words(
            print_options(self.options), print_values(self.fields), f"WHERE {where}" if where else "", right
        )


def parse(args: ArgReader) -> Join:
    """Read options and fields in any order, WHERE, and the subsearch."""
    options, fields = args.mixed(("where",))
    where: list[JoinPair] = []
    if args.keyword("where"):
        while args.peek() not in {"[", ""}:
            if (match := _DATASET_HERE.match(args.text, args.pos, args.end)) is not None:
                args.pos = match.end()
                named = match.group(1) + (unescape(match.group(2)[1:-1]) if match.group(2) else match.group(3))
                return Join(*args.head, options, fields, tuple(where), Name(match.start(1), match.end(), named))
            left = args.name_of("`<left>.<field> = <right>.<field>`")
            if not args.take("="):
                raise args.expected("`=` between the fields of the two sides")
            right = args.name_of("a field of the right side")
            where.append(JoinPair(left.start, right.end, left, right))
            args.keyword("and")
    subsearch = args.subsearch()
    if subsearch is None:
        last = fields[-1] if fields else None
        if not isinstance(last, Name) or _DATASET.fullmatch(last.text) is None:
            raise args.expected("a subsearch in brackets")
        return Join(*args.head, options, fields[:-1], tuple(where), last)
    more, after = args.mixed()
    return Join(*args.head, options + more, fields + after, tuple(where), subsearch)


def flow(node: Join, state: FieldState, env: FlowEnv) -> FieldState:
    """The fields of both sides."""
    read_names(node.fields, state, env)
    if not isinstance(node.right, Subsearch):
        return state.opened()
    right = env.subsearch(node.right.pipeline)
    read_names(node.fields, right, env)
    if any(isinstance(option, MacroCall) for option in node.options) or node.where:
        return state.merged(right).opened()
    return state.merged(right)


def run(node: Join, table: Table, env: Env) -> Table:
    """Join each row with the first `max` rows of the right side that have the same values (0 = all).

    With `usetime` a row's partners are not later than it, with `earlier=false` not earlier, as whole seconds.
    """
    import numpy as np

    from generator.engine.column import absent, choose
    from generator.engine.groups import key_texts

    given = given_options(node.options, env, "join")
    right = _right_side(node, env)
    timely = _timely(given, table, right)
    left_names, right_names, right = _compared(node, given, table, right, env)
    most = whole_number(given.get("max"), 1, env, "join", node)
    found: dict[tuple[str, ...], list[int]] = {}
    for row, key in enumerate(key_texts(right, right_names)):
        if key is not None:
            found.setdefault(key, []).append(row)
    outer = given.get("type", "inner").lower() in {"left", "outer"}
    rows: list[int] = []
    partners: list[int] = []
    for row, key in enumerate(key_texts(table, left_names)):
        hits = found.get(key, []) if key is not None else []
        if timely is not None:
            hits = [hit for hit in hits if timely(row, hit)]
        for hit in hits if most <= 0 else hits[:most]:
            rows.append(row)
            partners.append(hit)
        if not hits and outer:
            rows.append(row)
            partners.append(-1)
    joined = table.take(np.array(rows, dtype=np.intp))
    matched = np.array(partners, dtype=np.intp)
    paired = matched >= 0
    overwrite = read_bool(given.get("overwrite"), default=True)
    made = {}
    for name in right.names():
        if name in right_names and left_names == right_names:
            continue
        column = right.column(name)
        padded = column.take(np.where(paired, matched, 0)) if right.length else absent(len(rows))
        padded = choose(paired, padded, absent(len(rows)))
        before = joined.find(name)
        if before is None:
            made[name] = padded
        elif overwrite:
            made[name] = choose(paired & padded.present, padded, before)
        else:
            made[name] = choose(before.present, before, padded)
    return joined.with_columns(made)


def asks(node: Join, table: Table, env: Env) -> Asked | None:
    """A row must have a partner: the fields' values of some row of the subsearch."""
    import numpy as np

    from generator.engine.explain import Asked, Test
    from generator.engine.groups import key_texts

    given = given_options(node.options, env, "join")
    if given.get("type", "inner").lower() in {"left", "outer"}:
        return None
    right = _right_side(node, env)
    left_names, right_names, right = _compared(node, given, table, right, env)
    if not right.length or not left_names:
        return None

    def partners(own: list[str], other: list[str]) -> Test:
        known = dict.fromkeys(key for key in key_texts(right, other) if key is not None)
        shown = ", ".join("+".join(key) for key in list(known)[:_SHOWN]) + (", …" if len(known) > _SHOWN else "")
        has = np.array([key in known for key in key_texts(table, own)], dtype=np.bool_)
        return Test(
            node, "+".join(own), f"a value of the subsearch: {shown}" if known else "a value of the subsearch", has
        )

    tests = [partners([own], [other]) for own, other in zip(left_names, right_names, strict=True)]
    alone = next((test for test in tests if not test.mask.any()), None)
    return Asked(table, alone or partners(left_names, right_names), env)


def _right_side(node: Join, env: Env) -> Table:
    """Return the rows of the subsearch, or of the dataset `kind:name`."""
    if isinstance(node.right, Subsearch):
        return env.subsearch(node.right.pipeline, limit=env.limits.joined_rows)
    kind, _, name = node.right.text.partition(":")
    quoted = name.strip('"').replace("\\", "\\\\").replace('"', '\\"')  # a name is no place for a pipeline of its own
    return env.run_text(f'| from {kind.lower()}:"{quoted}"').head(env.limits.joined_rows)


def _timely(given: dict[str, str], table: Table, right: Table) -> Callable[[int, int], bool] | None:
    """Return whether a row of the right side stands in time where `usetime` wants it; None where time does not matter.

    A row without a time is never kept out.
    """
    if not read_bool(given.get("usetime"), default=False):
        return None
    sign = 1 if read_bool(given.get("earlier"), default=True) else -1
    own, other = (side.column("_time").to_list() for side in (table, right))

    def timely(row: int, hit: int) -> bool:
        here, there = number_of(own[row]), number_of(other[hit])
        return here is None or there is None or sign * (math.floor(here) - math.floor(there)) >= 0

    return timely


def _compared(
    node: Join, given: dict[str, str], table: Table, right: Table, env: Env
) -> tuple[list[str], list[str], Table]:
    """Return the fields to compare on both sides, and the right side with its columns under the names they will have."""
    if node.where:
        left_alias, right_alias = given.get("left", "L"), given.get("right", "R")
        left_names = [pair.left.text.removeprefix(f"{left_alias}.") for pair in node.where]
        right_names = [f"{right_alias}.{pair.right.text.removeprefix(f'{right_alias}.')}" for pair in node.where]
        return left_names, right_names, right.rename({name: f"{right_alias}.{name}" for name in right.names()})
    names = names_of(node.fields, env, "join")
    if not names:
        own = set(table.names())
        names = [name for name in right.names() if name in own and not name.startswith("_")]
    if not names and table.length and right.length:
        raise env.error("join", "The two sides have no field in common", node)
    return names, names, right


SPEC = CommandSpec(
    name="join",
    kind=CommandKind.DATASET,
    summary="Joins the results with the rows of a subsearch.",
    syntax="join [type=inner|outer|left] [max=<int>] [overwrite=<bool>] [usetime=<bool>] [earlier=<bool>] [return_multivalue=<bool>] [<field>...] "
    "[left=<alias> right=<alias> WHERE <left>.<field>=<right>.<field>...] [<subsearch>]",
    options={
        "type": ("inner", "outer", "left"),
        "max": OptionKind.INT,
        "overwrite": OptionKind.BOOL,
        "usetime": OptionKind.BOOL,
        "earlier": OptionKind.BOOL,
        "return_multivalue": OptionKind.BOOL,
        "left": OptionKind.TEXT,
        "right": OptionKind.TEXT,
    },
    parse=parse,
    flow=flow,
    run=run,
    asks=asks,
    source="Search Reference: join",
)
