"""`map`: runs a search once for each row, with the row's values put in for `$field$`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options, whole_number
from generator.commands.shapes import given
from generator.engine.values import shown
from generator.spl.ast import Command, Name, Options, Subsearch
from generator.spl.fields import FieldState
from generator.spl.printer import join_words, print_options, print_subsearch, print_value
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.engine.values import Value
    from generator.spl.fields import FlowEnv
    from generator.spl.reader import ArgReader

_TOKEN = re.compile(r"\$\$|\$([\w.:{}@-]++)\$")


@dataclass(frozen=True, slots=True)
class Map(Command):
    """The search is in `search=`, in a subsearch or saved under a name. `tokens` are the fields that are put in."""

    options: Options
    saved: Name | None
    subsearch: Subsearch | None
    tokens: tuple[Name, ...]

    def arguments(self) -> str:
        """Print options, and the saved search or the subsearch."""
        saved = print_value(self.saved) if self.saved is not None else ""
        subsearch = print_subsearch(self.subsearch) if self.subsearch is not None else ""
        return join_words(print_options(self.options), saved, subsearch)


def parse(args: ArgReader) -> Map:
    """Read options and the search, in any order."""
    first = args.position()
    options = args.options()
    saved: Name | None = None
    subsearch = args.subsearch()
    if subsearch is None and not given(options, "search"):
        saved = args.string('`search="..."`, a subsearch in brackets or the name of a saved search')
    options += args.options()
    if given(options, "search") and (saved is not None or subsearch is not None):
        raise args.error("unexpected", "`map` takes one search", first, args.pos, "remove all but one")
    tokens = tuple(
        Name(match.start(1), match.end(1), match.group(1))
        for match in _TOKEN.finditer(args.text, first, args.pos)
        if match.group(1)
    )
    return Map(*args.head, options, saved, subsearch, tokens)


def flow(node: Map, state: FieldState, env: FlowEnv) -> FieldState:
    """The rows are those of the searches. A dashboard or drilldown may put in other tokens, so none has to be a field."""
    for token in node.tokens:
        if token.text != "_serial_id":
            env.use(token.text, token.start, token.end, state, optional=True)
    return env.subsearch(node.subsearch.pipeline) if node.subsearch is not None else FieldState()


def run(node: Map, table: Table, env: Env) -> Table:
    """Run the search for each row with its fields put in, at most `maxsearches` times, and return all their rows."""
    from generator.engine.table import Table, stack

    options = given_options(node.options, env, "map")
    text = _search_of(node, options, env)
    limit = whole_number(options.get("maxsearches"), 10, env, "map", node)
    if table.length > limit:
        env.warn_once(
            f"The search result count ({table.length}) exceeds maximum ({limit}), using max. "
            "To override it, set maxsearches appropriately."
        )
    names = dict.fromkeys(match[1] for match in _TOKEN.finditer(text) if match[1])
    found = []
    for number, row in enumerate(table.head(limit).rows([name for name in names if name != "_serial_id"])):

        def put(match: re.Match[str], row: dict[str, Value] = row, number: int = number) -> str:
            name = match[1]
            if not name:
                return "$"
            if name == "_serial_id":
                return str(number)
            if name not in row:
                raise env.error("map", f"Did not find value for required attribute '{name}'", node)
            return shown(row[name]).replace("\\", "\\\\").replace('"', '\\"')

        found.append(env.run_text(_TOKEN.sub(put, text)))
    return stack(found) if found else Table(0)


def _search_of(node: Map, options: dict[str, str], env: Env) -> str:
    """Return the text of the search."""
    if node.subsearch is not None:
        return env.text[node.subsearch.start + 1 : node.subsearch.end - 1]
    if node.saved is None:
        return options["search"]
    saved = env.knowledge.saved_search(node.saved.text)
    if saved is None:
        raise env.error("map", f"Unable to find saved search '{node.saved.text}'", node.saved)
    return saved


SPEC = CommandSpec(
    name="map",
    kind=CommandKind.DATASET,
    summary="Runs a search for each row.",
    syntax='map search="<search>"|<subsearch>|<saved-search> [maxsearches=<int>]',
    options={"search": OptionKind.TEXT, "maxsearches": OptionKind.INT},
    parse=parse,
    flow=flow,
    run=run,
    source="Search Reference: map",
)
