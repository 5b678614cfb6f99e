"""`strcat`: joins fields and quoted texts into a field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options, names_of
from generator.commands.shapes import is_on
from generator.commands.uses import read_names
from generator.engine.values import read_bool, shown
from generator.spl.ast import Command, Field, Name, Options
from generator.spl.printer import join_words, print_options, print_value, print_values
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.engine.values import Value
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Strcat(Command):
    """`parts` are fields and, in double quotes, texts; `target` gets the result."""

    options: Options
    parts: tuple[Field, ...]
    target: Field

    def arguments(self) -> str:
        """Print options, parts and target."""
        return join_words(print_options(self.options), print_values(self.parts, " "), print_value(self.target))


def parse(args: ArgReader) -> Strcat:
    """Read options and the parts, of which the last is the target."""
    options, names = args.mixed()
    if len(names) < 2:
        raise args.expected("fields or quoted texts, and the field that gets the result")
    return Strcat(*args.head, options, names[:-1], names[-1])


def flow(node: Strcat, state: FieldState, env: FlowEnv) -> FieldState:
    """The target is added. A field that is absent counts as empty text unless all are required."""
    fields = (part for part in node.parts if not isinstance(part, Name) or part.quote != '"')
    read_names(fields, state, env, optional=not is_on(node.options, "allrequired"))
    return state.add((node.target.text,)) if isinstance(node.target, Name) else state.opened()


def run(node: Strcat, table: Table, env: Env) -> Table:
    """Join texts and values; a field that is absent counts as empty, or with `allrequired` leaves the row alone."""
    from generator.engine.column import choose, encode

    required = read_bool(given_options(node.options, env, "strcat").get("allrequired"), default=False)
    names_of((*node.parts, node.target), env, "strcat")
    target = node.target.text
    parts: list[list[Value]] = []
    for part in node.parts:
        literal = isinstance(part, Name) and part.quote == '"'
        parts.append([part.text] * table.length if literal else table.column(part.text).to_list())
    cells = [None if required and None in row else "".join(map(shown, row)) for row in zip(*parts, strict=True)]
    made = encode(cells)
    before = table.find(target)
    return table.with_columns({target: made if before is None else choose(made.present, made, before)})


SPEC = CommandSpec(
    name="strcat",
    kind=CommandKind.STREAMING,
    summary="Joins texts into a field.",
    syntax='strcat [allrequired=<bool>] <field>|"<text>"... <field>',
    options={"allrequired": OptionKind.BOOL},
    parse=parse,
    flow=flow,
    run=run,
    source="Search Reference: strcat",
)
