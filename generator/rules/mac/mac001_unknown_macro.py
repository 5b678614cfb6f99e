"""MAC001 unknown-macro: a call of a macro that nobody defines.

## What it does

Compares each macro call in searches, drilldowns and macro definitions with the pack's macros, the filter macros that are
made for its detections, and the macros of apps that are known or declared under `external_apps`.

## Why it matters

Splunk refuses a search with a macro that it cannot find.

## Example

    `wineventlog_sytem` EventCode=104

## Use instead

    `wineventlog_system` EventCode=104

A macro of another app: declare it in `contentpack.yml`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.analysis.model import MacroOrigin
from generator.base.diagnostics import Severity, did_you_mean
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.analysis.environment import Environment
    from generator.rules.base import SearchContext


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the unknown calls that are written in this text; those inside of macros are found there."""
    for use in ctx.search.facts.macros:
        if use.origin is MacroOrigin.UNKNOWN and use.direct and "$" not in use.name:
            yield Found(
                message=f"unknown macro `{use.name}`" if use.name else "a macro call without a name",
                hint=_hint(use.name, ctx.env),
                start=use.start,
                end=use.end,
                in_source=True,
            )


def _hint(name: str, env: Environment) -> str:
    known = [*env.macros, *env.external_macros]
    if name.endswith("_filter"):
        known = [*env.filter_macros, *known]
    return did_you_mean(name, known) or "define it under macros/, or declare the app that has it under `external_apps`"


RULE = Rule(code="MAC001", name="unknown-macro", severity=Severity.ERROR, since="0.1", check_search=check)
