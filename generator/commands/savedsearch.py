"""`savedsearch`: runs a saved search; the values given replace `$name$` in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.flow import begins
from generator.commands.grouping import names_of
from generator.commands.shapes import Pair, print_pairs, read_pair
from generator.spl.ast import Command, Field, MacroCall, Name
from generator.spl.booleans import means_true
from generator.spl.printer import join_words, print_value
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Savedsearch(Command):
    """`search` is the name of the saved search."""

    search: Field
    pairs: tuple[Pair, ...]

    def arguments(self) -> str:
        """Print name and values."""
        return join_words(print_value(self.search), print_pairs(self.pairs))


def parse(args: ArgReader) -> Savedsearch:
    """Read the name and values around it."""
    before = tuple(iter(lambda: read_pair(args), None))
    search = args.field("the name of a saved search")
    return Savedsearch(*args.head, search, before + tuple(iter(lambda: read_pair(args), None)))


def run(node: Savedsearch, table: Table, env: Env) -> Table:  # noqa: ARG001 - it generates: what was before is gone
    """Run the saved search; each `name=value` takes the place of `$name$` in it."""
    name = names_of((node.search,), env, "savedsearch")[0]
    text = env.knowledge.saved_search(name)
    if text is None:
        raise env.error("savedsearch", f"Unable to find saved search named '{name}'", node.search)
    values: dict[str, str] = {}
    for pair in node.pairs:
        if isinstance(pair.value, MacroCall):
            raise env.no_macro("savedsearch", pair.value)
        if not isinstance(pair.value, Name):
            raise env.unsupported("a subsearch as value of `savedsearch`", pair)
        values[pair.key.text] = pair.value.text
    if not means_true(values.pop("nosubstitution", None)):
        for key, value in values.items():
            text = text.replace(f"${key}$", value)
    return env.run_text(text)


SPEC = CommandSpec(
    name="savedsearch",
    kind=CommandKind.GENERATING,
    summary="Runs a saved search.",
    syntax="savedsearch <name> [nosubstitution=<bool>] [<token>=<value>]...",
    aliases=("savedsplunk",),
    parse=parse,
    flow=begins,
    run=run,
    source="Search Reference: savedsearch",
)
