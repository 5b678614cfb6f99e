"""A search becomes its mutants: every one parses, says something else than the original, and none is there twice.

Left out on purpose is what cannot change which rows are found (see `docs/testing.md`): macro calls, what they stand for
and what stands in them (the filter at the end, `summariesonly`, `ctime`), lookup tables, `fields`, `table`, `sort`,
`rename`, formatting, and aggregations and computed fields that are only shown.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from generator.replay.mutants.commands import CommandBreaker
from generator.replay.mutants.kinds import Mutant
from generator.replay.mutants.own import OwnText
from generator.replay.mutants.relevance import needed_after
from generator.spl.ast import Aggregation, Call, FieldRef, Pipeline
from generator.spl.parser import parse
from generator.spl.printer import to_spl
from generator.spl.walk import find

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from generator.replay.mutants.kinds import Change
    from generator.spl.macros import Expansion
    from generator.spl.parser import ParseResult
    from generator.spl.syntax import CommandTable

MAX_MUTANTS = 2_000
"""A search with more ways to break it is broken in these many places, the first ones."""

_COUNTS = frozenset({"count", "c", "dc", "distinct_count", "estdc"})


def mutants(
    text: str,
    expand: Callable[[str], Expansion],
    commands: CommandTable,
    *,
    at_end: Iterable[str] = (),
) -> tuple[Mutant, ...]:
    """Return the mutants of a search in the order of its text; none where it does not parse itself.

    `expand` expands macros; `at_end` are fields of the results that matter (those that get risk).
    """
    original = parse(expand(text).text, commands)
    seen = {to_spl(original.tree)}
    found: list[Mutant] = []
    for mutant, result in _tried(text, expand, commands, tuple(at_end)):
        meaning = to_spl(result.tree)
        if result.errors or meaning in seen:
            continue
        seen.add(meaning)
        found.append(mutant)
        if len(found) == MAX_MUTANTS:
            break
    return tuple(found)


def refused(text: str, expand: Callable[[str], Expansion], commands: CommandTable) -> Iterator[Mutant]:
    """Yield what would be mutants but does not parse: there should be none (tests hold that)."""
    for mutant, result in _tried(text, expand, commands, ()):
        if result.errors:
            yield mutant


def _tried(
    text: str, expand: Callable[[str], Expansion], commands: CommandTable, at_end: tuple[str, ...]
) -> Iterator[tuple[Mutant, ParseResult]]:
    """Yield every change of a search that parses, in the order of the text, with what parsing the changed text gives."""
    expansion = expand(text)
    parsed = parse(expansion.text, commands)
    if parsed.errors:
        return
    own = OwnText(text, expansion, parsed.comments)
    _collect(own, parsed.tree, expansion.text, commands, at_end)
    first = parsed.tree.commands[0]
    is_implied = first.name == "search" and first.name_end == first.name_start
    for change in sorted(own.changes, key=lambda change: (change.shown, change.shown_end)):
        mutant = _made(text, change)
        result = parse(expand(mutant.text).text, commands)
        if is_implied and result.tree.commands and result.tree.commands[0].name != "search":
            # The words that are left begin like a command.
            mutant = replace(mutant, text=f"search {mutant.text}")
            result = parse(expand(mutant.text).text, commands)
        yield mutant, result


def _made(text: str, change: Change) -> Mutant:
    return Mutant(
        kind=change.kind,
        text=text[: change.start] + change.new + text[change.end :],
        before=text[change.shown : change.shown_end],
        after=change.after,
        start=change.shown,
        end=change.shown_end,
    )


def _collect(own: OwnText, tree: Pipeline, expanded: str, commands: CommandTable, at_end: tuple[str, ...]) -> None:
    counts = frozenset(
        aggregation.output for aggregation in find(tree, Aggregation) if aggregation.name.lower() in _COUNTS
    )
    counted = frozenset(
        ref.name for call in find(tree, Call) if call.name.lower() == "mvcount" for ref in find(call, FieldRef)
    )
    breaker = CommandBreaker(own, expanded, commands, counts=counts, counted=counted)
    for pipeline in find(tree, Pipeline):
        is_main = pipeline is tree
        needed = needed_after(pipeline, at_end if is_main else ())
        for number in range(len(pipeline.commands)):
            # What a subsearch gives becomes terms or rows of the search around it, so all of it may matter.
            breaker.breaks(pipeline, number, needed[number], all_matters=not is_main)
