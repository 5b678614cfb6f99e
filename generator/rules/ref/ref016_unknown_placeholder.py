"""REF016 unknown-placeholder: a `%name%` in an alert action that no detection has.

## What it does

The texts of a deployment's alert actions may hold `%name%`, `%description%` and the like, which each detection fills in.
Reports names that are no field of detections in the dialects of contentctl.

## Why it matters

contentctl stops at such a name. Here it stays in the text, and every analyst reads it.

## Example

    alert_action:
      notable:
        rule_description: '%descripton%'

## Use instead

    alert_action:
      notable:
        rule_description: '%description%'
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity, did_you_mean
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.content.model import Pointer
    from generator.rules.base import ObjectContext

_PLACE = re.compile(r"%([A-Za-z_]\w*)%")

# Fields of a detection and of its tags in the v4 and v5 dialects, and what contentctl derives from them.
_FIELDS = frozenset(
    [
        "name",
        "id",
        "version",
        "date",
        "author",
        "description",
        "references",
        "status",
        "type",
        "search",
        "how_to_implement",
        "known_false_positives",
        "data_source",
        "enabled_by_default",
        "explanation",
        "tests",
        "drilldown_searches",
        "deployment",
        "rba",
        "datamodel",
        "file_path",
        "analytic_story",
        "asset_type",
        "atomic_guid",
        "confidence",
        "confidence_id",
        "cis20",
        "context",
        "cve",
        "evidence_str",
        "group",
        "impact",
        "impact_id",
        "kill_chain_phases",
        "manual_test",
        "message",
        "mitre_attack_id",
        "mitre_attack_enrichments",
        "nist",
        "observable",
        "product",
        "required_fields",
        "research_site_url",
        "risk_level",
        "risk_score",
        "risk_severity",
        "security_domain",
        "severity",
        "throttling",
        "annotations",
        "mappings",
        "macros",
        "lookups",
        "source",
        "providing_technologies",
        "nes_fields",
        "risk",
        "cve_enrichment",
        "tags",
        "baselines",
        "file_name",
    ]
)


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the places that nothing fills."""
    data = ctx.item.document.data
    yield from _unfilled(data.get("alert_action"), ("alert_action",))
    inline = data.get("deployment")
    if isinstance(inline, Mapping):
        yield from _unfilled(inline.get("alert_action"), ("deployment", "alert_action"))


def _unfilled(value: object, pointer: Pointer) -> Iterator[Found]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _unfilled(inner, (*pointer, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _unfilled(inner, (*pointer, index))
    elif isinstance(value, str) and "%" in value:
        for match in _PLACE.finditer(value):
            if match.group(1) not in _FIELDS:
                yield Found(
                    message=f"`{match.group()}` is no field of a detection",
                    hint=did_you_mean(match.group(1), _FIELDS) or "name a field of the detection or of its tags",
                    pointer=pointer,
                    start=match.start(),
                    end=match.end(),
                )


RULE = Rule(
    code="REF016",
    name="unknown-placeholder",
    severity=Severity.WARNING,
    since="0.1",
    kinds=("deployment", "detection", "baseline"),
    check_object=check,
)
