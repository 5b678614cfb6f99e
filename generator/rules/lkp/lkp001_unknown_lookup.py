"""LKP001 unknown-lookup: a lookup that nobody defines.

## What it does

Compares the lookups that searches read or write with those of the pack, those that are made for it, and those of apps that
are known or declared under `external_apps`. A CSV file by its name, and a table that
is only written, give a warning: they may come into being outside of the pack.

## Why it matters

Splunk refuses the search.

## Example

    | lookup attacker_tool attacker_tool_names AS process_name OUTPUT description

## Use instead

    | lookup attacker_tools attacker_tool_names AS process_name OUTPUT description
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity, did_you_mean
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import SearchContext

_GENERATED = frozenset({"mitre_enrichment", "detection_details", "data_sources", "splunk_es_content_metadata"})


def check(ctx: SearchContext) -> Iterator[Found]:
    """Yield the uses of unknown lookups."""
    env = ctx.env
    for use in ctx.search.facts.lookups:
        name = use.name
        if not name or name in env.lookups or name in env.external_lookups or "*" in name:
            continue
        stem = name.removesuffix(".csv")
        by_file = stem != name
        if stem in _GENERATED or (by_file and (use.command == "outputlookup" or _is_file(ctx, name))):
            continue
        yield Found(
            message=f"unknown lookup `{name}`",
            hint=did_you_mean(name, [*env.lookups, *env.external_lookups])
            or "define it under lookups/, or declare the app that has it under `external_apps`",
            start=use.start,
            end=use.end,
            severity=Severity.WARNING if by_file or use.command == "outputlookup" else None,
        )


def _is_file(ctx: SearchContext, name: str) -> bool:
    """Whether it is the file of a lookup of the pack, which ships under the lookup's own name."""
    lookups = ctx.env.lookups
    return name.removesuffix(".csv") in lookups or any(
        lookup.data_path is not None and lookup.data_path.rpartition("/")[2] == name for lookup in lookups.values()
    )


RULE = Rule(code="LKP001", name="unknown-lookup", severity=Severity.ERROR, since="0.1", check_search=check)
