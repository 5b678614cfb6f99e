"""Native content says what the older conf styles ask for: `legacy` takes the place of the fields that it is of.

Only in the styles of contentctl 4 and 5. Nothing but rendering reads it: rules, tests and coverage see the native fields.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from generator.content.model import ConfStyle

if TYPE_CHECKING:
    from generator.content.model import Baseline, Detection, Pack

_DETECTION: Final = ("mitre_attack_id", "analytic_story", "product", "asset_type")


def with_legacy(pack: Pack) -> Pack:
    """Return the pack as the conf style of its configuration shows it."""
    if pack.config.conf_style is ConfStyle.V6:
        return pack
    if all(item.legacy is None for item in pack.detections) and all(item.legacy is None for item in pack.baselines):
        return pack
    return replace(
        pack,
        detections=tuple(detection_then(item) for item in pack.detections),
        baselines=tuple(baseline_then(item) for item in pack.baselines),
    )


def detection_then(item: Detection) -> Detection:
    """Return a detection with what its `legacy` says in place of the native fields."""
    legacy = item.legacy
    if legacy is None:
        return item
    changed: dict[str, Any] = {name: value for name in _DETECTION if (value := getattr(legacy, name)) is not None}
    risk = replace(item.risk, confidence=legacy.confidence, impact=legacy.impact)
    if legacy.message is not None:
        objects = tuple(replace(entry, message=None) for entry in risk.objects)
        risk = replace(risk, message=legacy.message, objects=objects)
        if item.finding is not None:
            changed["finding"] = replace(item.finding, title=legacy.message)
    return replace(item, risk=risk, **changed)


def baseline_then(item: Baseline) -> Baseline:
    """Return a baseline with what its `legacy` says."""
    legacy = item.legacy
    if legacy is None:
        return item
    return replace(
        item,
        analytic_story=legacy.analytic_story or item.analytic_story,
        datamodels=legacy.datamodel or item.datamodels,
        product=legacy.product or item.product,
    )
