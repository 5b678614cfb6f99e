"""`tags`: adds the tags of field values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
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

    There a tag may have the field's name and its value before it: `host::www1::web`.
    """
    from generator.engine.column import encode

    options = given_options(node.options, env, "tags")
    allowed = (
        {tag.strip() for tag in re.split(r"[,\s]+", options["allowed_tags"])} if "allowed_tags" in options else None
    )
    listed = names_of(node.fields, env, "tags")
    output = options.get("outputfield")
    with_name = output is not None and read_bool(options.get("inclname"), default=False)
    with_value = output is not None and read_bool(options.get("inclvalue"), default=False)
    found = {}
    for name, by_value in env.knowledge.tags.items():
        if name in table and (not listed or name in listed):
            known = {
                value.lower(): [tag for tag in tags if allowed is None or tag in allowed]
                for value, tags in by_value.items()
            }
            prefix = f"{name}::" if with_name else ""
            found[name] = _tagged(table.column(name), known, prefix, with_value=with_value)
    if output is None:
        return table.with_columns({f"tag::{name}": column for name, column in found.items() if column.present.any()})
    columns = [column.to_list() for column in found.values()]
    rows = zip(*columns, strict=True) if columns else [()] * table.length
    cells = [multivalue(dict.fromkeys(tag for cell in row for tag in elements(cell))) for row in rows]
    return table.with_columns({output: encode(cells)})


def _tagged(column: Column, known: Mapping[str, list[str]], prefix: str, *, with_value: bool) -> Column:
    """Return each cell's tags; the case of values does not matter."""

    def tags_of(cell: Value) -> Value:
        texts = list(map(text_of, elements(cell)))
        return multivalue(
            dict.fromkeys(
                f"{prefix}{f'{text}::' if with_value else ''}{tag}"
                for text in texts
                for tag in known.get(text.lower(), ())
            )
        )

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
