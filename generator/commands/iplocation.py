"""`iplocation`: adds the place of an IP address from a geographic database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options, names_of
from generator.commands.shapes import FieldsCommand, fields_parser, given, has_macro, is_on
from generator.commands.uses import read_names
from generator.engine.values import Value, elements, multivalue, read_bool, text_of
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.knowledge.places import Places
    from generator.spl.fields import FieldState, FlowEnv

PLACE = ("City", "Country", "Region", "lat", "lon")
"""The fields that are always added."""

MORE = ("Continent", "MetroCode", "Timezone")
"""Those that `allfields=true` adds."""


NO_PLACES = "iplocation knows no places"
"""How the message begins that says that no app brought a database."""


@dataclass(frozen=True, slots=True)
class Iplocation(FieldsCommand):
    """One field with an address."""


def flow(node: Iplocation, state: FieldState, env: FlowEnv) -> FieldState:
    """The fields of the place are added, with the prefix before their names."""
    read_names(node.fields, state, env)
    if has_macro(*node.options):
        return state.opened()
    prefix = given(node.options, "prefix")
    names = PLACE + MORE if is_on(node.options, "allfields") else PLACE
    return state.add(prefix + name for name in names)


def run(node: Iplocation, table: Table, env: Env) -> Table:
    """Add the place of each address, from the database that an app brings along; what is not known stays absent.

    Raises:
        UnsupportedSpl: `lang`.
    """
    from generator.engine.column import encode

    (name,) = names_of(node.fields, env, "iplocation")
    options = given_options(node.options, env, "iplocation")
    if options.get("lang", "code") not in {"code", "en"}:
        raise env.unsupported(f"`lang={options['lang']}` of `iplocation`", node)
    places = env.knowledge.places
    if places is None:
        env.warn_once(f"{NO_PLACES}: put a city database (.mmdb) into the folder `lookups` of an app and give the app.")
    wanted = PLACE + MORE if read_bool(options.get("allfields"), default=False) else PLACE
    prefix = options.get("prefix", "")
    source = table.column(name).compact()
    found = [_place(cell, places) for cell in source.values]
    made = {}
    for field in wanted:
        values: list[Value] = [place.get(field) for place in found]
        made[prefix + field] = encode([values[code] for code in source.codes.tolist()])
    return table.with_columns(made)


def _place(cell: Value, places: Places | None) -> dict[str, Value]:
    """Return the fields of the places of an address, or of several."""
    if places is None:
        return {}
    found = [places.find(text_of(value)) for value in elements(cell)]
    return {field: multivalue(place[field] for place in found if field in place) for field in PLACE + MORE}


SPEC = CommandSpec(
    name="iplocation",
    kind=CommandKind.STREAMING,
    summary="Adds the place of an IP address.",
    syntax="iplocation [prefix=<string>] [allfields=<bool>] [lang=<string>] <field>",
    options={"prefix": OptionKind.TEXT, "allfields": OptionKind.BOOL, "lang": OptionKind.TEXT},
    parse=fields_parser(Iplocation, at_least=1, at_most=1),
    flow=flow,
    run=run,
    source="Search Reference: iplocation",
)
