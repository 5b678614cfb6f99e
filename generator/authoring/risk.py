"""Risk objects, a message and threat objects become the native keys that fit the type of a detection.

A TTP has the finding for its first risk object with the highest score and intermediate findings for the others; an
Anomaly intermediate findings only; a Correlation the finding only; a Hunting search none of them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from generator.content.schema import load_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from generator.content.model import RiskObject, ThreatObject

#: Types of attackers of contentctl 4 whose name differs from the threat object's in the native dialect.
_THREATS: Final[Mapping[str, str]] = {
    "user name": "user",
    "email address": "email_address",
    "email": "email_address",
    "hostname": "system",
    "endpoint": "system",
    "device": "system",
    "registry key": "registry_path",
    "registry value": "registry_value_text",
    "uniform resource locator": "url",
}


def findings(kind: str, objects: Sequence[RiskObject], message: str) -> dict[str, Any]:
    """Return `finding` and `intermediate_findings` of a detection of a type; `objects` name each field once."""
    if kind == "Hunting" or not objects:
        return {}
    made: dict[str, Any] = {}
    rest = list(objects)
    if kind in ("TTP", "Correlation"):
        chosen = max(objects, key=lambda item: item.score)
        made["finding"] = {"title": message, "entity": _entity(chosen)}
        rest = [item for item in objects if item is not chosen]
    if rest and kind != "Correlation":
        made["intermediate_findings"] = {"entities": [{**_entity(item), "message": message} for item in rest]}
    return made


def threat_objects(threats: Iterable[ThreatObject]) -> tuple[list[dict[str, str]], list[str]]:
    """Return the native threat objects, and what has no native type, each as text for a person."""
    known = threat_types()
    found: list[dict[str, str]] = []
    refused: list[str] = []
    for threat in threats:
        kind = _THREATS.get(threat.type, threat.type)
        if kind not in known:
            refused.append(f"`{threat.field}` ({threat.type})")
        elif {"field": threat.field, "type": kind} not in found:
            found.append({"field": threat.field, "type": kind})
    return found, refused


@lru_cache(maxsize=1)
def threat_types() -> frozenset[str]:
    """Return the types that a threat object may have."""
    properties = load_schema("detection.native")["properties"]["threat_objects"]["items"]["properties"]
    return frozenset(properties["type"]["enum"])


def implied_parents(ids: Iterable[str]) -> tuple[str, ...]:
    """Return the techniques of a list that one of its sub-techniques implies."""
    names = tuple(ids)
    return tuple(name for name in names if any(other.startswith(f"{name}.") for other in names))


def _entity(item: RiskObject) -> dict[str, Any]:
    return {"field": item.field, "type": item.type, "score": item.score}
