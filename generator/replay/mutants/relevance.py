"""Which fields the rest of a pipeline looks at: those that decide which rows there are, not those that are only shown.

From the last command to the first: what a filter compares, what makes the groups of an aggregation, what a lookup matches
by is needed, and then whatever that was made of. Of a field that is only asked whether it is there, the value does not
matter: `values(x)` and `min(x)` are the same to `isnotnull`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from generator.commands.bin import Bin
from generator.commands.dedup import Dedup
from generator.commands.eval import Eval
from generator.commands.grouping import Grouped
from generator.commands.head import Head
from generator.commands.join import Join
from generator.commands.lookup import Lookup
from generator.commands.regex import Regex
from generator.commands.rename import Rename
from generator.commands.rex import Rex
from generator.commands.search import Search
from generator.commands.transaction import Transaction
from generator.commands.tstats import Tstats
from generator.commands.uses import fill_wildcard, match_wildcard
from generator.commands.where import Where
from generator.spl.ast import (
    Aggregation,
    Call,
    Comparison,
    Expr,
    FieldRef,
    InTerm,
    MacroCall,
    Name,
    Node,
    Option,
    Pipeline,
    Term,
)
from generator.spl.walk import find, walk

if TYPE_CHECKING:
    from generator.commands.rename import Renaming
    from generator.spl.ast import Command, Field

Needed = Mapping[str, bool]
"""Fields by name: whether their values matter (else only that they are there)."""

_PRESENCE = frozenset({"isnull", "isnotnull"})


def needed_after(pipeline: Pipeline, at_end: Iterable[str] = ()) -> list[Needed]:
    """Return for each command which fields the commands after it need; `at_end` are needed of the results."""
    needed: dict[str, bool] = dict.fromkeys(at_end, True)
    found: list[Needed] = []
    for command in reversed(pipeline.commands):
        found.append(dict(needed))
        _before(command, needed)
    found.reverse()
    return found


def read_by(node: Node) -> dict[str, bool]:
    """Return the fields that an expression or search terms read."""
    found: dict[str, bool] = {}
    for inner in walk(node):
        if isinstance(inner, Call) and inner.name.lower() in _PRESENCE:
            for arg in inner.args:
                if isinstance(arg, FieldRef):
                    found.setdefault(arg.name, False)
        elif isinstance(inner, Comparison | InTerm) and isinstance(inner.field, Name):
            found[inner.field.text] = True
    presence = {id(arg) for call in find(node, Call) if call.name.lower() in _PRESENCE for arg in call.args}
    for ref in find(node, FieldRef):
        if id(ref) not in presence:
            found[ref.name] = True
    return found


def _add(needed: dict[str, bool], more: Mapping[str, bool]) -> None:
    for name, value in more.items():
        needed[name] = needed.get(name, False) or value


def _names(fields: Iterable[Field]) -> dict[str, bool]:
    return {field.text: True for field in fields if isinstance(field, Name)}


def _before(command: Command, needed: dict[str, bool]) -> None:
    """Turn what is needed behind a command into what is needed in front of it."""
    if isinstance(command, Where):
        _add(needed, read_by(command.condition))
    elif isinstance(command, Search):
        _add(needed, read_by(command.term))
    elif isinstance(command, Head):
        _add(needed, {} if command.condition is None else read_by(command.condition))
    elif isinstance(command, Regex):
        _add(needed, {} if command.field is None else _names((command.field,)))
    elif isinstance(command, Eval):
        for assignment in reversed(command.assignments):
            if assignment.target.text in needed:
                del needed[assignment.target.text]
                _add(needed, read_by(assignment.value))
    elif isinstance(command, Rename):
        for renaming in reversed(command.renamings):
            _renamed(renaming, needed)
    elif isinstance(command, Rex):
        if any(group in needed for group in command.groups):
            source = next((o.text for o in command.options if o.name == "field" and o.text is not None), "_raw")
            needed[source] = True
    elif isinstance(command, Lookup):
        _looked_up(command, needed)
    elif isinstance(command, Bin):
        if isinstance(command.field, Name) and command.alias is not None and command.alias.text in needed:
            needed[command.field.text] = True
    elif isinstance(command, Grouped | Tstats):
        _aggregated(command, needed)
    elif isinstance(command, Dedup | Transaction | Join):
        _add(needed, _names(command.fields))
        for option in (o for o in command.options if isinstance(o, Option)):
            if isinstance(option.value, Term | Expr):
                _add(needed, read_by(option.value))


def _renamed(renaming: Renaming, needed: dict[str, bool]) -> None:
    source, target = renaming.source, renaming.target
    if isinstance(source, MacroCall) or isinstance(target, MacroCall):
        return
    for name, value in list(needed.items()):
        matched = match_wildcard(target.text, name)
        if matched is not None:
            # The old name stays needed where a wildcard may have left it as it was.
            if not target.has_wildcard:
                del needed[name]
            _add(needed, {fill_wildcard(source.text, matched): value})


def _looked_up(command: Lookup, needed: dict[str, bool]) -> None:
    if command.outputs and not any(item.output in needed for item in command.outputs):
        return
    _add(needed, _names(item.alias or item.field for item in command.matches))


def _aggregated(command: Grouped | Tstats, needed: dict[str, bool]) -> None:
    read: dict[str, bool] = {}
    for aggregation in command.aggregations:
        if isinstance(aggregation, Aggregation) and is_needed(aggregation, needed):
            _add(read, dict(_arguments(aggregation)))
    if command.name in {"stats", "tstats"}:
        needed.clear()
    _add(needed, read)
    _add(needed, _names(command.by))


def is_needed(aggregation: Aggregation, needed: Needed) -> bool:
    """Whether the rest of a pipeline looks at the value of an aggregation's result."""
    return needed.get(aggregation.output, False) or (
        "*" in aggregation.output and any(match_wildcard(aggregation.output, name) is not None for name in needed)
    )


def _arguments(aggregation: Aggregation) -> Iterator[tuple[str, bool]]:
    for argument in aggregation.args:
        if isinstance(argument, Name):
            yield argument.text, True
        elif isinstance(argument, Aggregation):
            yield from _arguments(argument)
        elif isinstance(argument, Node):
            yield from read_by(argument).items()
