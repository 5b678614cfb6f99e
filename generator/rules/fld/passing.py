"""Where a search reads a field that every result must have to get any further."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.commands.grouping import Grouped
from generator.commands.join import Join
from generator.commands.search import Search
from generator.commands.where import Where
from generator.spl.ast import And, Binary, Comparison, FieldRef, Group, InList, InTerm, Name, Option
from generator.spl.walk import find

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from generator.spl.ast import Command, Expr, Pipeline, Term

_COMPARING = frozenset({"=", "==", "!=", "<", ">", "<=", ">=", "LIKE"})
_ADDING = frozenset({"eventstats", "streamstats"})


def required_places(tree: Pipeline) -> frozenset[int]:
    """Return the offsets of fields without which no result passes: a comparison with nothing is never true."""
    return frozenset(
        place for kind in (Where, Search, Grouped, Join) for command in find(tree, kind) for place in _places(command)
    )


def _places(command: Command) -> Iterator[int]:
    if isinstance(command, Where):
        yield from _of_condition(command.condition)
    elif isinstance(command, Search):
        yield from _of_term(command.term)
    elif isinstance(command, Join):
        given = {option.name: option.text for option in command.options if isinstance(option, Option)}
        if (given.get("type") or "inner").lower() == "inner":
            yield from _of_names(command.fields)
    elif isinstance(command, Grouped) and command.name not in _ADDING:
        yield from _of_names(command.by)


def _of_names(names: Iterable[object]) -> Iterator[int]:
    return (name.start for name in names if isinstance(name, Name))


def _of_condition(condition: Expr) -> Iterator[int]:
    stack: list[Expr] = [condition]
    while stack:
        node = stack.pop()
        if isinstance(node, Binary):
            if node.op == "AND":
                stack += (node.left, node.right)
            elif node.op in _COMPARING:
                yield from (side.start for side in (node.left, node.right) if isinstance(side, FieldRef))
        elif isinstance(node, InList) and isinstance(node.operand, FieldRef):
            yield node.operand.start


def _of_term(term: Term) -> Iterator[int]:
    stack: list[Term] = [term]
    while stack:
        node = stack.pop()
        if isinstance(node, And):
            stack.extend(node.terms)
        elif isinstance(node, Group) and node.term is not None:
            stack.append(node.term)
        elif isinstance(node, Comparison | InTerm) and isinstance(node.field, Name):
            yield node.field.start
