"""`top`: lists the most common combinations of values with their count and percentage."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options, names_of, whole_number
from generator.commands.shapes import given, has_macro, is_on
from generator.commands.uses import read_names
from generator.engine.values import read_bool
from generator.spl.ast import Command, Field, Name, Options
from generator.spl.printer import join_words, print_options, print_value, print_values
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader

RANKING_OPTIONS: dict[str, OptionKind | tuple[str, ...]] = {
    "showcount": OptionKind.BOOL,
    "showperc": OptionKind.BOOL,
    "limit": OptionKind.INT,
    "countfield": OptionKind.TEXT,
    "percentfield": OptionKind.TEXT,
    "useother": OptionKind.BOOL,
    "otherstr": OptionKind.TEXT,
}


@dataclass(frozen=True, slots=True)
class Ranking(Command):
    """What `top`, `rare` and their forms for summary indexes hold; `limit` is the number before the fields."""

    limit: Name | None
    options: Options
    fields: tuple[Field, ...]
    by: tuple[Field, ...]

    def arguments(self) -> str:
        """Print number, options, fields and the BY clause."""
        limit = print_value(self.limit) if self.limit is not None else ""
        by = f"BY {print_values(self.by)}" if self.by else ""
        return join_words(limit, print_options(self.options), print_values(self.fields), by)


@dataclass(frozen=True, slots=True)
class Top(Ranking):
    """See `Ranking`."""


R = TypeVar("R", bound=Ranking)


def ranking_parser(node: type[R]) -> Callable[[ArgReader], R]:
    """Return a `parse` for `top` and its kin."""

    def parse(args: ArgReader) -> R:
        options, names = args.mixed(("by",))
        limit = None
        if names and isinstance(names[0], Name) and not names[0].quote and names[0].text.isdecimal():
            limit, names = names[0], names[1:]
        if not names:
            raise args.expected("at least one field name")
        by: tuple[Field, ...] = ()
        if args.keyword("by"):
            by = args.fields_of("a field name after `BY`")
            options += tuple(iter(args.option, None))
        return node(*args.head, limit, options, names, by)

    return parse


def flow(node: Ranking, state: FieldState, env: FlowEnv) -> FieldState:
    """Only the fields of the lists, count and percentage are left."""
    read_names((*node.fields, *node.by), state, env)
    names = {field.text for field in (*node.fields, *node.by) if isinstance(field, Name)}
    if is_on(node.options, "showcount", default=True):
        names.add(given(node.options, "countfield", "count"))
    if is_on(node.options, "showperc", default=True):
        names.add(given(node.options, "percentfield", "percent"))
    closed = state.only(
        (name for name in names if "*" not in name),
        command=node.name,
        offset=node.start,
        patterns=(name for name in names if "*" in name),
    )
    return closed.opened() if has_macro(*node.options, *node.fields, *node.by) else closed


def prepares(node: Ranking, state: FieldState, env: FlowEnv) -> FieldState:
    """The forms for summary indexes add fields with names of their own (`psrsvd_...`), so the state is open."""
    return flow(node, state, env).opened()


def run(node: Ranking, table: Table, env: Env) -> Table:
    """Keep the most common combinations of values (of `rare`: the least common), in each group of the BY fields.

    Percentages are of the group's rows that have all fields; what is equally common stays in byte order. With `useother`
    a row below each group's counts those that are left out.
    """
    import numpy as np

    from generator.engine.column import concat, constant, encode
    from generator.engine.groups import combined, group
    from generator.engine.table import Table

    options = given_options(node.options, env, node.name)
    names, by = names_of(node.fields, env, node.name), names_of(node.by, env, node.name)
    text = node.limit.text if node.limit is not None else options.get("limit")
    limit = whole_number(text, 10, env, node.name, node)
    groups = group(table, [*by, *names])
    counts = np.bincount(groups.ids, minlength=groups.count)
    owners = combined(groups.keys[: len(by)])[0] if by else np.zeros(groups.count, np.int64)
    totals = np.bincount(owners, weights=counts, minlength=1)
    order = np.lexsort((counts if node.name == "rare" else -counts, owners))
    within = np.arange(len(order)) - np.searchsorted(owners[order], owners[order])
    kept = order if limit <= 0 else order[within < limit]
    columns = dict(zip([*by, *names], (column.take(kept) for column in groups.keys), strict=True))
    shown, owner = counts[kept], owners[kept]
    if len(kept) < len(order) and read_bool(options.get("useother"), default=False):
        left = np.bincount(owners, weights=counts, minlength=1) - np.bincount(
            owner, weights=shown, minlength=len(totals)
        )
        others = np.flatnonzero(left)
        firsts = np.array([int(np.flatnonzero(owners == one)[0]) for one in others], np.intp)
        place = np.argsort(np.concatenate((owner, others)), kind="stable")
        for name, column in zip([*by, *names], groups.keys, strict=True):
            more = column.take(firsts) if name in by else constant(options.get("otherstr", "OTHER"), len(others))
            columns[name] = concat((columns[name], more)).take(place)
        shown = np.concatenate((shown, left[others].astype(np.int64)))[place]
        owner = np.concatenate((owner, others))[place]
    if read_bool(options.get("showcount"), default=True):
        columns[options.get("countfield", "count")] = encode(shown.tolist())
    if read_bool(options.get("showperc"), default=True):
        shares = shown * 100 / totals[owner]
        columns[options.get("percentfield", "percent")] = encode([f"{share:.6f}" for share in shares.tolist()])
    return Table(len(shown), columns)


SPEC = CommandSpec(
    name="top",
    kind=CommandKind.TRANSFORMING,
    summary="Lists the most common values.",
    syntax="top [<int>] [showcount=<bool>] [showperc=<bool>] [limit=<int>] [countfield=<name>] [percentfield=<name>] "
    "[useother=<bool>] [otherstr=<string>] <field>... [BY <field>...]",
    options=RANKING_OPTIONS,
    parse=ranking_parser(Top),
    flow=flow,
    run=run,
    source="Search Reference: top",
)
