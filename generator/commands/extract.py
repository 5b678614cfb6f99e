"""`extract`: extracts field and value pairs, or what a stanza of transforms.conf says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.flow import opens
from generator.commands.grouping import given_options, names_of, whole_number
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.engine.values import read_bool
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.engine.values import Value


@dataclass(frozen=True, slots=True)
class Extract(FieldsCommand):
    """`fields` are names of stanzas, not of fields."""


def run(node: Extract, table: Table, env: Env) -> Table:
    """Set a field for each pair in `_raw`: at the given delimiters, or `key=value` as by KV_MODE=auto.

    Raises:
        UnsupportedSpl: a stanza of transforms.conf, or one of the delimiters without the other.
    """
    from generator.engine.column import Column, choose
    from generator.engine.cutting import Encoder, cut_auto, delimited_pairs
    from generator.knowledge.transforms import clean_key

    names = names_of(node.fields, env, "extract")
    if names:
        raise env.unsupported(f"the stanza `{names[0]}` in `extract`", node.fields[0])
    given = given_options(node.options, env, "extract")
    pairs, keys = given.get("pairdelim"), given.get("kvdelim")
    if (pairs is None) != (keys is None):
        raise env.unsupported("`extract` with only one of `pairdelim` and `kvdelim`", node)
    cut: Callable[[str], tuple[tuple[str, ...], Sequence[Value]]]
    if pairs and keys:
        cut = delimited_pairs(pairs, keys)
    elif read_bool(given.get("auto"), default=True):
        cut = cut_auto
    else:
        return table
    limit = whole_number(given.get("limit"), 50, env, "extract", node)
    most = whole_number(given.get("maxchars"), 10_240, env, "extract", node)
    source = table.column("_raw").compact()
    encoder = Encoder(
        len(source.values),
        repeats=read_bool(given.get("mv_add"), default=False),
        keep_empty=read_bool(given.get("keep_empty_vals"), default=False),
        rename=clean_key if read_bool(given.get("clean_keys"), default=True) else None,
    )

    def fields_of(value: Value) -> tuple[tuple[str, ...], Sequence[Value]]:
        if not isinstance(value, str):
            return (), ()
        found = cut(value[:most] if most > 0 else value)
        return (found[0][:limit], found[1][:limit]) if limit > 0 else found

    encoder.add(0, map(fields_of, source.values))
    made = {}
    for name, cells in encoder.columns().items():
        column = Column(cells.dictionary, cells.codes[source.codes])
        before = table.find(name)
        made[name] = column if before is None else choose(column.present, column, before)
    return table.with_columns(made)


SPEC = CommandSpec(
    name="extract",
    kind=CommandKind.STREAMING,
    summary="Extracts field and value pairs.",
    syntax="extract [pairdelim=<chars>] [kvdelim=<chars>] [limit=<int>] [maxchars=<int>] [mv_add=<bool>] [clean_keys=<bool>] [keep_empty_vals=<bool>] [auto=<bool>] [reload=<bool>] [segment=<bool>] [<stanza>...]",
    aliases=("kv",),
    options={
        "pairdelim": OptionKind.TEXT,
        "kvdelim": OptionKind.TEXT,
        "limit": OptionKind.INT,
        "maxchars": OptionKind.INT,
        "mv_add": OptionKind.BOOL,
        "clean_keys": OptionKind.BOOL,
        "keep_empty_vals": OptionKind.BOOL,
        "auto": OptionKind.BOOL,
        "reload": OptionKind.BOOL,
        "segment": OptionKind.BOOL,
    },
    parse=fields_parser(Extract),
    flow=opens,
    run=run,
    source="Search Reference: extract",
)
