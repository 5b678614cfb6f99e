"""`tags`: adds the tags of field values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.grouping import given_options, names_of
from generator.commands.shapes import FieldsCommand, fields_parser, given
from generator.commands.uses import read_names
from generator.engine.values import Value, elements, multivalue, read_bool, text_of
from generator.spl.ast import Name
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.engine.column import Column
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.engine.values import Value
    from generator.spl.fields import FieldState, FlowEnv


@dataclass(frozen=True, slots=True)
class Tags(FieldsCommand):
    """Without fields it looks at all of them."""


def flow(node: Tags, state: FieldState, env: FlowEnv) -> FieldState:
    """The field that `outputfield` names is added, or else `tag::<field>` for each field."""
    read_names(node.fields, state, env, optional=True)
    output = given(node.options, "outputfield")
    if output:
        return state.add((output,))
    if node.fields:
        return state.add(f"tag::{field.text}" for field in node.fields if isinstance(field, Name))
    return state.add_patterns(("tag::*",))


def run(node: Tags, table: Table, env: Env) -> Table:
    """Add the tags of field values: to `tag::<field>`, or all together to the output field.

    Raises:
        UnsupportedSpl: `inclvalue`.
    """
    from generator.engine.column import encode

    options = given_options(node.options, env, "tags")
    if read_bool(options.get("inclvalue"), default=False):
        raise env.unsupported("`inclvalue` of `tags`", node)
    allowed = {tag.strip() for tag in options["allowed_tags"].split(",")} if "allowed_tags" in options else None
    listed = names_of(node.fields, env, "tags")
    found = {
        name: _tagged(table.column(name), by_value, allowed)
        for name, by_value in env.knowledge.tags.items()
        if name in table and (not listed or name in listed)
    }
    output = options.get("outputfield")
    if output is None:
        return table.with_columns({f"tag::{name}": column for name, column in found.items() if column.present.any()})
    prefixed = read_bool(options.get("inclname"), default=False)
    cells: list[list[str]] = [[] for _ in range(table.length)]
    for name, column in found.items():
        for own, cell in zip(cells, column.to_list(), strict=True):
            own.extend(f"{name}::{text_of(tag)}" if prefixed else text_of(tag) for tag in elements(cell))
    return table.with_columns({output: encode(multivalue(dict.fromkeys(own)) for own in cells)})


def _tagged(column: Column, by_value: Mapping[str, tuple[str, ...]], allowed: set[str] | None) -> Column:
    """Return each cell's tags; the case of values does not matter."""
    folded = {value.lower(): tags for value, tags in by_value.items()}

    def tags_of(cell: Value) -> Value:
        tags = (tag for value in elements(cell) for tag in folded.get(text_of(value).lower(), ()))
        return multivalue(dict.fromkeys(tag for tag in tags if allowed is None or tag in allowed))

    return column.map(tags_of)


SPEC = CommandSpec(
    name="tags",
    kind=CommandKind.STREAMING,
    summary="Adds tags to field values.",
    syntax="tags [outputfield=<field>] [inclname=<bool>] [inclvalue=<bool>] [allowed_tags=<string>] [<field>...]",
    options={
        "outputfield": OptionKind.FIELD,
        "inclname": OptionKind.BOOL,
        "inclvalue": OptionKind.BOOL,
        "allowed_tags": OptionKind.TEXT,
    },
    parse=fields_parser(Tags),
    flow=flow,
    run=run,
    source="Search Reference: tags",
)
