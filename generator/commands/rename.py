"""`rename`: gives fields other names; a `*` stands for the same text on both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.uses import fill_wildcard, match_wildcard
from generator.spl.ast import Command, Field, MacroCall, Name, Node
from generator.spl.printer import print_value
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Renaming(Node):
    """`source AS target`."""

    source: Field
    target: Field


@dataclass(frozen=True, slots=True)
class Rename(Command):
    """The renamings in written order."""

    renamings: tuple[Renaming, ...]

    def arguments(self) -> str:
        """Print `a AS b, c AS d`."""
        return ", ".join(f"{print_value(item.source)} AS {print_value(item.target)}" for item in self.renamings)


def parse(args: ArgReader) -> Rename:
    """Read `source AS target` pairs; commas between them may be missing."""
    found: list[Renaming] = []
    while not args.at_end():
        source = args.field("a field name")
        if not args.keyword("as"):
            raise args.expected(f"`AS` and the new name of `{args.text[source.start : source.end]}`")
        target = args.field("the new name after `AS`")
        if isinstance(source, Name) and isinstance(target, Name):
            stars = source.text.count("*")
            if stars != target.text.count("*"):
                args.report("wildcards", "both sides of `AS` need the same number of `*`", source.start, target.end)
        found.append(Renaming(source.start, target.end, source, target))
        while args.take(","):
            pass
    if not found:
        raise args.expected("`field AS name`")
    return Rename(*args.head, tuple(found))


def flow(node: Rename, state: FieldState, env: FlowEnv) -> FieldState:
    """The old names are gone; a missing source clears its target, a wildcard that matches nothing does nothing."""
    for item in node.renamings:
        source, target = item.source, item.target
        if isinstance(source, MacroCall) or isinstance(target, MacroCall):
            state = state.opened()
            continue
        env.use(source.text, source.start, source.end, state, optional="*" in source.text)
        if "*" in source.text:
            state = _wildcard(source.text, target.text, state, node)
        elif state.may_have(source.text):
            state = state.remove((source.text,), command="rename", offset=item.start).add((target.text,))
        else:
            state = state.remove((target.text,), command="rename", offset=item.start)
    return state


def _wildcard(source: str, target: str, state: FieldState, node: Rename) -> FieldState:
    made: dict[str, str] = {}
    for known in state.names:
        matched = match_wildcard(source, known)
        if matched is not None:
            made[known] = fill_wildcard(target, matched)
    patterns = [
        fill_wildcard(target, matched)
        for pattern in state.patterns
        if (matched := match_wildcard(source, pattern)) is not None
    ]
    gone = [known for known, new in made.items() if new != known]
    return state.remove(gone, command="rename", offset=node.start).add(made.values()).add_patterns(patterns)


def run(node: Rename, table: Table, env: Env) -> Table:
    """Rename one after the other; a field that does not exist clears an existing target."""
    for item in node.renamings:
        source, target = item.source, item.target
        if isinstance(source, MacroCall):
            raise env.no_macro("rename", source)
        if isinstance(target, MacroCall):
            raise env.no_macro("rename", target)
        if "*" in source.text:
            pairs = {
                known: fill_wildcard(target.text, matched)
                for known in table.names()
                if (matched := match_wildcard(source.text, known)) is not None
                and (source.text.startswith("_") or not known.startswith("_"))
            }
        else:
            pairs = {source.text: target.text}
        table = table.rename(pairs)
    return table


SPEC = CommandSpec(
    name="rename",
    kind=CommandKind.STREAMING,
    summary="Gives fields other names.",
    syntax="rename <field> AS <name> [, <field> AS <name>]...",
    parse=parse,
    flow=flow,
    run=run,
    source="Search Reference: rename",
)
