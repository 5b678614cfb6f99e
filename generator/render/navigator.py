"""reporting/coverage.json: the pack's techniques as a layer for the ATT&CK Navigator.

One entry a technique; its score is the number of detections, its metadata names them. No time of generation: the same
content gives the same layer.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from generator.render.jsontext import pretty

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from generator.content.model import Detection, Pack

NAVIGATOR_VERSION = "5.1.0"
LAYER_VERSION = "4.5"
_MAX_SCORE = 5


def render_navigator(pack: Pack, *, attack_version: str = "18", skip: AbstractSet[str] = frozenset()) -> bytes:
    """Return the layer as JSON; detections of every status count. `attack_version` is the table's (`18.1`)."""
    by_technique: dict[str, list[Detection]] = defaultdict(list)
    for detection in pack.detections:
        if detection.path not in skip:
            for technique in dict.fromkeys(detection.mitre_attack_id):
                by_technique[technique].append(detection)
    name = pack.config.app.title or pack.config.app.label or pack.config.app.id or "Detections"
    layer: dict[str, Any] = {
        "name": f"{name}: coverage",
        "versions": {"attack": attack_version, "navigator": NAVIGATOR_VERSION, "layer": LAYER_VERSION},
        "domain": "enterprise-attack",
        "description": "Techniques that the pack's detections are mapped to; the score is their number.",
        "gradient": {"colors": ["#ffffff", "#66b1ff", "#096ed7"], "minValue": 0, "maxValue": _MAX_SCORE},
        "techniques": [_technique(pack, technique, found) for technique, found in sorted(by_technique.items())],
    }
    return pretty(layer) + b"\n"


def _technique(pack: Pack, technique: str, detections: list[Detection]) -> dict[str, Any]:
    site = pack.config.docs.site_url.rstrip("/")
    entry: dict[str, Any] = {
        "techniqueID": technique,
        "score": len(detections),
        "metadata": [{"name": detection.type, "value": detection.name} for detection in detections],
    }
    if site:
        entry["links"] = [
            {"label": detection.name, "url": f"{site}/{detection.category or 'detections'}/{detection.id}"}
            for detection in detections
        ]
    return entry
