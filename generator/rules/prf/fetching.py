"""The terms by which a search fetches events, as against those that filter results later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.commands.search import Search
from generator.spl.ast import And, Command, Comparison, Group, InTerm, Name, Not, Or, Pipeline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from generator.analysis.model import ParsedSearch
    from generator.spl.ast import Term


_EQUALITY = frozenset({"=", "==", "::"})


def fetching_terms(search: ParsedSearch, *, whole: bool = True) -> Iterator[Term]:
    """Yield the terms of each `search` that begins a pipeline (subsearches too); only of the outermost without `whole`."""
    for pipeline in search.nodes_of(Pipeline):
        first = pipeline.commands[0] if pipeline.commands else None
        if isinstance(first, Search):
            yield from _terms(first.term)
        if not whole:
            return


def compared_values(terms: Iterable[Term], field: str) -> Iterator[tuple[Comparison | InTerm, Name]]:
    """Yield the values that a field (lower-case) is compared with for equality, with their terms."""
    for node in terms:
        if not isinstance(node, Comparison | InTerm):
            continue
        if not isinstance(node.field, Name) or node.field.text.lower() != field:
            continue
        if isinstance(node, InTerm):
            yield from ((node, value) for value in node.values if isinstance(value, Name))
        elif node.op in _EQUALITY and isinstance(node.value, Name):
            yield node, node.value


def commands_called(search: ParsedSearch, name: str) -> Iterator[Command]:
    """Yield the commands of a name, whether or not their arguments are read."""
    if name in search.facts.commands:
        for pipeline in search.nodes_of(Pipeline):
            yield from (command for command in pipeline.commands if command.name == name)


def _terms(term: Term) -> Iterator[Term]:
    """Yield the terms that events must match, without what `NOT` excludes."""
    stack: list[Term] = [term]
    while stack:
        node = stack.pop()
        if isinstance(node, And | Or):
            stack.extend(reversed(node.terms))
        elif isinstance(node, Group):
            if node.term is not None:
                stack.append(node.term)
        elif not isinstance(node, Not):
            yield node
