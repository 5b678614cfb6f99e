"""`outputcsv`: writes the results to a CSV file, or each as CSV text into `_xml`."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.flow import adds
from generator.commands.grouping import flag, names_of
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.engine.values import shown
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.column import Column
    from generator.engine.env import Env
    from generator.engine.table import Table

_KEPT = frozenset({"_time", "_raw"})
"""Internal fields that are written."""


@dataclass(frozen=True, slots=True)
class Outputcsv(FieldsCommand):
    """`fields` holds the name of the file."""


def run(node: Outputcsv, table: Table, env: Env) -> Table:
    """Keep the rows under a name for `inputcsv`, as long as the engine lives; without a name put each as CSV into `_xml`."""
    from generator.engine.table import stack

    names = names_of(node.fields, env, "outputcsv")
    if not names:
        return table.with_columns({"_xml": _lines(table)})
    name = names[0].removesuffix(".csv")
    files = env.knowledge.files
    before = files.get(name)
    shown = table.keep(column for column in table.names() if not column.startswith("_") or column in _KEPT)
    if not table.length and flag(node.options, "override_if_empty", env, "outputcsv", default=True) is False:
        return table
    if not table.length and not flag(node.options, "create_empty", env, "outputcsv"):
        files.pop(name, None)
        return table
    appends = flag(node.options, "append", env, "outputcsv") and before is not None
    files[name] = stack([before, shown.keep(before.names())]) if appends and before is not None else shown
    return table


def _lines(table: Table) -> Column:
    from generator.engine.column import encode

    names = [name for name in table.names() if not name.startswith("_") or name in _KEPT]
    made = []
    for row in table.rows(names):
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow([shown(row.get(name)) for name in names])
        made.append(line.getvalue())
    return encode(made)


SPEC = CommandSpec(
    name="outputcsv",
    kind=CommandKind.STREAMING,
    summary="Writes results to a CSV file.",
    syntax="outputcsv [append=<bool>] [create_empty=<bool>] [override_if_empty=<bool>] [dispatch=<bool>] [usexml=<bool>] [singlefile=<bool>] [<file>]",
    options={
        "append": OptionKind.BOOL,
        "create_empty": OptionKind.BOOL,
        "override_if_empty": OptionKind.BOOL,
        "dispatch": OptionKind.BOOL,
        "usexml": OptionKind.BOOL,
        "singlefile": OptionKind.BOOL,
    },
    parse=fields_parser(Outputcsv, at_most=1),
    flow=adds("_xml"),
    run=run,
    source="Search Reference: outputcsv",
)
