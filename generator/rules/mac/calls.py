"""Which macros of the pack call which: the graph behind cycles and unused macros."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.analysis.model import MacroUse, ObjectFacts
    from generator.content.model import Macro

DEFINITION = ("definition",)


def direct_calls(macro: Macro, facts: Mapping[str, ObjectFacts]) -> tuple[MacroUse, ...]:
    """Return the calls that are written in a macro's own definition."""
    of_file = facts.get(macro.path)
    search = of_file.searches.get(DEFINITION) if of_file is not None else None
    return tuple(use for use in search.macros if use.direct) if search is not None else ()
