"""MAC003 macro-cycle: a macro that calls itself, directly or through others.

## What it does

Follows the calls between the pack's macros, and reports each call in a definition that leads back to the macro that it is
written in, with the way around. Searches that use such a macro are not reported themselves: the defect is in the macro.

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
    """Yield the calls that close a circle, each where it is written."""
    macros = {(macro.name, len(macro.arguments)): macro for macro in ctx.pack.macros}
    calls: dict[_Key, dict[_Key, MacroUse]] = {}
    for key, macro in macros.items():
        for use in direct_calls(macro, ctx.facts):
            if (use.name, use.arity) in macros:
                calls.setdefault(key, {}).setdefault((use.name, use.arity), use)
    for key, called in calls.items():
        for start, use in called.items():
            chain = _way(start, key, calls)
            if chain:
                yield _found([*chain, start], use, macros, macros[key])


def _way(start: _Key, goal: _Key, calls: Mapping[_Key, Mapping[_Key, MacroUse]]) -> list[_Key]:
    """Return the shortest chain of calls from one macro to another, both included; empty when there is none."""
    came_from: dict[_Key, _Key] = {start: start}
    queue = [start]
    for caller in queue:
        if caller == goal:
            chain = [goal]
            while chain[-1] != start:
                chain.append(came_from[chain[-1]])
            return chain[::-1]
        for called in calls.get(caller, {}):
            if called not in came_from:
                came_from[called] = caller
                queue.append(called)
    return []


def _found(chain: list[_Key], use: MacroUse, macros: Mapping[_Key, Macro], macro: Macro) -> Found:
    # The macro expander says the same of the calls that it happens to meet; equal words make equal findings one.
    way = " -> ".join(f"`{name}`" for name, _arity in chain)
    others = [macros[key] for key in dict.fromkeys(chain) if macros[key] is not macro]
    return Found(
        message=f"macro cycle: {way}",
        hint="a macro cannot use itself",
        document=macro.document,
        pointer=DEFINITION,
        start=use.start,
        end=use.end,
        notes=tuple(Note(f"`{other.name}` is defined here", Span(other.path)) for other in others),
    )


RULE = Rule(
    code="MAC003",
    name="macro-cycle",
    severity=Severity.ERROR,
    since="0.1",
    spl_errors=("macro-cycle",),
    check_pack=check,
)
