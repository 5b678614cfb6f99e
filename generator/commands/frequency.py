"""What `top` and `rare` share: the most or least common combinations of values, with counts and percentages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.grouping import given_options, names_of, whole_number
from generator.commands.uses import read_names
from generator.engine.values import read_bool
from generator.spl.ast import Command, Field, Name, Option, Options
from generator.spl.printer import join_words, print_options, print_value, print_values
from generator.spl.syntax import OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader

FREQUENCY_OPTIONS: dict[str, OptionKind | tuple[str, ...]] = {
    "limit": OptionKind.INT,
    "showcount": OptionKind.BOOL,
    "showperc": OptionKind.BOOL,
    "countfield": OptionKind.TEXT,
    "percentfield": OptionKind.TEXT,
    "useother": OptionKind.BOOL,
    "otherstr": OptionKind.TEXT,
}


@dataclass(frozen=True, slots=True)
class Frequency(Command):
    """`limit` is the number in front of the fields (None = 10 unless the option says otherwise); `by` makes groups."""

    limit: Name | None
    options: Options
    fields: tuple[Field, ...]
    by: tuple[Field, ...]

    def arguments(self) -> str:
        """Print number, options, fields and BY clause."""
        limit = print_value(self.limit) if self.limit is not None else ""
        by = f"BY {print_values(self.by)}" if self.by else ""
        return join_words(limit, print_options(self.options), print_values(self.fields), by)


def read_frequency(args: ArgReader) -> tuple[Name | None, Options, tuple[Field, ...], tuple[Field, ...]]:
    """Read number, options and fields in any order, then the BY clause.

    Raises:
        SplSyntaxError: no field, or BY without a field.
    """
    options, names = args.mixed(("by",))
    limit = None
    if names and isinstance(names[0], Name) and not names[0].quote and names[0].text.isdecimal():
        limit, names = names[0], names[1:]
    if not names:
        raise args.expected("at least one field name")
    by: tuple[Field, ...] = ()
    if args.keyword("by"):
        by = args.fields_of("a field name after `BY`")
        options += args.options()
    return limit, options, names, by


def frequency_flow(node: Frequency, state: FieldState, env: FlowEnv, *, command: str) -> FieldState:
    """Only the fields, count and percentage are left."""
    read_names(node.fields, state, env)
    read_names(node.by, state, env)
    given = {option.name: option.text for option in node.options if isinstance(option, Option)}
    names = {field.text for field in (*node.by, *node.fields) if isinstance(field, Name)}
    if read_bool(given.get("showcount"), default=True):
        names.add(given.get("countfield") or "count")
    if read_bool(given.get("showperc"), default=True):
        names.add(given.get("percentfield") or "percent")
    closed = state.only(names, command=command, offset=node.start)
    macros = len(given) < len(node.options) or any(not isinstance(field, Name) for field in (*node.by, *node.fields))
    return closed.opened() if macros else closed


def frequencies(node: Frequency, table: Table, env: Env, *, command: str, rare: bool) -> Table:
    """Count the combinations of values in each group; percentages are of the group's rows that have all fields."""
    import numpy as np

    from generator.engine.column import encode
    from generator.engine.groups import combined, group
    from generator.engine.table import Table

    given = given_options(node.options, env, command)
    names, by = names_of(node.fields, env, command), names_of(node.by, env, command)
    text = node.limit.text if node.limit is not None else given.get("limit")
    limit = whole_number(text, 10, env, command, node)
    groups = group(table, [*by, *names])
    counts = np.bincount(groups.ids, minlength=groups.count)
    owners = combined(groups.keys[: len(by)])[0] if by else np.zeros(groups.count, np.int64)
    totals = np.bincount(owners, weights=counts, minlength=1) if groups.count else np.zeros(1)
    order = np.lexsort((counts if rare else -counts, owners))
    within = np.arange(len(order)) - np.searchsorted(owners[order], owners[order])
    kept = order if limit <= 0 else order[within < limit]
    columns = dict(zip([*by, *names], (column.take(kept) for column in groups.keys), strict=True))
    shown = counts[kept]
    if read_bool(given.get("useother"), default=False) and len(kept) < len(order):
        raise env.unsupported(f"`{command}` with `useother`", node)
    if read_bool(given.get("showcount"), default=True):
        columns[given.get("countfield", "count")] = encode(shown.tolist())
    if read_bool(given.get("showperc"), default=True):
        shares = shown * 100 / totals[owners[kept]]
        columns[given.get("percentfield", "percent")] = encode([f"{share:.6f}" for share in shares.tolist()])
    return Table(len(kept), columns)
