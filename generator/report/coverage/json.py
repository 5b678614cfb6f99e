"""Coverage as JSON, version 1: totals, tactics with their techniques, and what is not in the matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from generator.analysis.coverage import Coverage, CoveredTechnique


def coverage_json(coverage: Coverage) -> bytes:
    """Return the document, sorted as the matrix is."""
    found: dict[str, Any] = {
        "version": 1,
        "attack_version": coverage.attack_version,
        "summary": {
            "techniques": len(coverage.techniques),
            "covered": coverage.covered,
            "tested": coverage.tested,
            "unmapped_detections": len(coverage.unmapped),
        },
        "tactics": [
            {
                "id": tactic.tactic.id,
                "name": tactic.tactic.name,
                "techniques": tactic.total,
                "covered": tactic.covered,
                "tested": tactic.tested,
                "sub_techniques": tactic.sub_total,
                "sub_covered": tactic.sub_covered,
                "detections": tactic.detections,
                "technique_ids": [entry.technique.id for entry in tactic.techniques],
            }
            for tactic in coverage.tactics
        ],
        "techniques": [_technique(entry) for entry in coverage.techniques],
        "unmapped": [item.name for item in coverage.unmapped],
        "unknown": {name: [item.name for item in detections] for name, detections in coverage.unknown},
    }
    return orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _technique(entry: CoveredTechnique) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": entry.technique.id,
        "name": entry.technique.name,
        "level": entry.level.label,
        "detections": [{"name": item.name, "id": item.id, "status": item.status} for item in entry.detections],
    }
    if entry.below:
        found["sub_techniques"] = [_technique(sub) for sub in entry.below]
    return found
