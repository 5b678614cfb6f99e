"""What the type of a detection makes it do, where the pack's deployments do not say otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.content.model import Deployment, Detection

_RISK_TYPES = frozenset({"TTP", "Anomaly"})


def adds_risk(item: Detection, by_type: Mapping[str, Deployment]) -> bool:
    """Say whether the deployment of a v4/v5 detection adds risk: its own, else that of its type, else the types' default."""
    deployment = item.deployment or by_type.get(item.type)
    return item.type in _RISK_TYPES if deployment is None else deployment.actions.rba_enabled
