"""MAC003 macro-cycle: a macro that calls itself, directly or through others.

## What it does

Follows the calls between the pack's macros, and reports each call that leads back to the macro it is written in.

## Why it matters

Splunk gives up on expanding such a macro, and every search that uses it fails.

## Example

    macros/first.yml:    definition: "`second` index=main"
    macros/second.yml:   definition: "`first`"

## Use instead

Break the circle: let one of the macros say what the other is for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Note, Severity
from generator.base.source import Span
from generator.rules.base import Found, Rule
from generator.rules.mac.calls import DEFINITION, direct_calls

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.analysis.model import MacroUse
    from generator.content.model import Macro
    from generator.rules.base import PackContext

_Key = tuple[str, int]


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the calls that close a circle, one for each macro in it."""
    macros = {(macro.name, len(macro.arguments)): macro for macro in ctx.pack.macros}
    calls: dict[_Key, dict[_Key, MacroUse]] = {}
    for key, macro in macros.items():
        for use in direct_calls(macro, ctx.facts):
            if (use.name, use.arity) in macros:
                calls.setdefault(key, {}).setdefault((use.name, use.arity), use)
    for key in calls:
        chain = _way_back(key, calls)
        if chain:
            yield _found(chain, macros, calls)


def _way_back(start: _Key, calls: Mapping[_Key, Mapping[_Key, MacroUse]]) -> list[_Key]:
    """Return the shortest chain of calls from a macro to itself (it stands at both ends); empty when there is none."""
    came_from: dict[_Key, _Key] = {}
    queue = [start]
    for caller in queue:
        for called in calls.get(caller, {}):
            if called == start:
                chain = [start]
                step = caller
                while step != start:
                    chain.append(step)
                    step = came_from[step]
                return [start, *chain[:0:-1], start]
            if called not in came_from:
                came_from[called] = caller
                queue.append(called)
    return []


def _found(chain: list[_Key], macros: Mapping[_Key, Macro], calls: Mapping[_Key, Mapping[_Key, MacroUse]]) -> Found:
    use = calls[chain[0]][chain[1]]
    way = " -> ".join(name for name, _arity in chain)
    others = [macros[key] for key in dict.fromkeys(chain[1:]) if key != chain[0]]
    return Found(
        message=f"the macro calls itself: {way}" if not others else f"macros call each other in a circle: {way}",
        hint="break the circle in one of the definitions",
        document=macros[chain[0]].document,
        pointer=DEFINITION,
        start=use.start,
        end=use.end,
        notes=tuple(Note(f"`{macro.name}` is defined here", Span(macro.path)) for macro in others),
    )


RULE = Rule(code="MAC003", name="macro-cycle", severity=Severity.ERROR, since="0.1", check_pack=check)
