"""`sort`: sorts the results; `-` sorts a field downwards, a trailing `desc` turns the whole order round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.shapes import SortKey, print_sort_keys, read_sort_keys
from generator.commands.uses import read_names
from generator.spl.ast import Command, Name, Options
from generator.spl.printer import join_words, print_options, print_value
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Sort(Command):
    """`limit` is how many results stay (None = Splunk's default, `0` = all)."""

    limit: Name | None
    options: Options
    keys: tuple[SortKey, ...]
    desc: bool

    def arguments(self) -> str:
        """Print limit, keys and `desc`."""
        limit = print_value(self.limit) if self.limit is not None else ""
        return join_words(print_options(self.options), limit, print_sort_keys(self.keys), "desc" if self.desc else "")


def parse(args: ArgReader) -> Sort:
    """Read the limit, the keys and `desc`."""
    options = tuple(iter(args.option, None))
    limit = None
    before = args.pos
    first = args.name_or_none()
    if first is not None and not first.quote and first.text.isdecimal():
        limit = first
    else:
        args.pos = before
    keys = read_sort_keys(args)
    desc = False
    if len(keys) > 1:
        last = keys[-1]
        if (
            isinstance(last.field, Name)
            and not last.sign
            and not last.field.quote
            and last.field.text.lower() in {"d", "desc"}
        ):
            keys, desc = keys[:-1], True
    if not keys:
        raise args.expected("a field name to sort by")
    return Sort(*args.head, limit, options, keys, desc)


def flow(node: Sort, state: FieldState, env: FlowEnv) -> FieldState:
    """Read the fields."""
    read_names((key.field for key in node.keys), state, env)
    return state


SPEC = CommandSpec(
    name="sort",
    kind=CommandKind.DATASET,
    summary="Sorts the results.",
    syntax="sort [<int>|limit=<int>] [+|-]<field>... [desc]",
    options={"limit": OptionKind.INT},
    parse=parse,
    flow=flow,
    source="Search Reference: sort",
)
