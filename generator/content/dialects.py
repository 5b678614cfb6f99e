"""What a content file is (its kind) and in which dialect it is written, told by what it says.

The folder is a hint: it settles the kind where the content leaves it open. Dialects are told by the keys that only one
of them has: `creation_date`, `finding`, ... for the native one, `rba` and `lookup_type` for v5, `tags.observable` and
its kin for v4, and a detection without `status` for v3. Some files, a macro without a header for instance, look the
same in several dialects: those take the dialect of the pack's detections (`Identity.certain` is false).
Turning the data into records is `generator.content.records`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from generator.base.frozen import dataclass
from generator.content.model import Dialect, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

FOLDERS: Final[Mapping[str, Kind]] = {
    "detections": Kind.DETECTION,
    "macros": Kind.MACRO,
    "lookups": Kind.LOOKUP,
    "stories": Kind.STORY,
    "baselines": Kind.BASELINE,
    "investigations": Kind.INVESTIGATION,
    "data_sources": Kind.DATA_SOURCE,
    "dashboards": Kind.DASHBOARD,
    "deployments": Kind.DEPLOYMENT,
    "schedules": Kind.DEPLOYMENT,
    "playbooks": Kind.PLAYBOOK,
    "removed": Kind.REMOVED,
}

MAPPING_PREFIX: Final = "deprecation_mapping"

_NATIVE_KEYS: Final = frozenset(
    (
        "creation_date",
        "modification_date",
        "finding",
        "intermediate_findings",
        "threat_objects",
        "custom_schedule",
        "schedule",
        "deprecation_info",
    )
)
_NATIVE_TOP_LEVEL: Final = frozenset(("analytic_story", "asset_type", "product", "security_domain", "mitre_attack_id"))
_V4_TAGS: Final = frozenset(
    ("observable", "confidence", "impact", "message", "required_fields", "risk_score", "kill_chain_phases", "context")
)
_V3_TAGS: Final = frozenset(("dataset", "nist", "cis20", "supported_tas", "kill_chain_phases", "context"))
_DETECTION_TYPES: Final = frozenset(("TTP", "Anomaly", "Hunting", "Correlation"))
_MAPPING_SECTIONS: Final = frozenset(("detections", "baselines", "stories", "investigations"))


@dataclass(frozen=True, slots=True)
class Identity:
    """The kind and dialect of a file. `told` is the kind that the content itself shows, None when it shows none."""

    kind: Kind
    dialect: Dialect
    certain: bool
    told: Kind | None


def identify(path: str, data: Mapping[str, Any]) -> Identity | None:
    """Tell what a file is; None when neither content nor folder says."""
    top, _, rest = path.partition("/")
    hint = FOLDERS.get(top) if rest else None
    if hint is Kind.REMOVED:
        name = path.rpartition("/")[2].lower()
        if name.startswith(MAPPING_PREFIX) or (data and data.keys() <= _MAPPING_SECTIONS):
            return Identity(Kind.DEPRECATION_MAPPING, Dialect.V5, certain=True, told=Kind.DEPRECATION_MAPPING)
        dialect = Dialect.NATIVE if _NATIVE_KEYS & data.keys() else Dialect.V5
        return Identity(Kind.REMOVED, dialect, certain=True, told=None)
    told = _kind_of(data)
    kind = _settle(hint, told, data)
    if kind is None:
        return None
    dialect, certain = _dialect_of(kind, data, native_folder=top == "schedules")
    return Identity(kind, dialect, certain, told)


def _settle(hint: Kind | None, told: Kind | None, data: Mapping[str, Any]) -> Kind | None:
    if told is None or told is hint:
        return hint or told
    if hint is Kind.BASELINE and told is Kind.DETECTION and data.get("type") not in _DETECTION_TYPES:
        return hint
    return told


def _kind_of(data: Mapping[str, Any]) -> Kind | None:
    """Return the kind that the keys show beyond doubt."""
    kind = data.get("type")
    if "playbook" in data and ("how_to_implement" in data or "app_list" in data):
        return Kind.PLAYBOOK
    if "search" in data:
        if kind == "Baseline":
            return Kind.BASELINE
        if kind == "Investigation":
            return Kind.INVESTIGATION
        if isinstance(kind, str) and kind in _DETECTION_TYPES:
            return Kind.DETECTION
        return None
    if "definition" in data:
        return Kind.MACRO
    if "narrative" in data:
        return Kind.STORY
    if "scheduling" in data or "cron_schedule" in data:
        return Kind.DEPLOYMENT
    if "sourcetype" in data and "source" in data:
        return Kind.DATA_SOURCE
    if "lookup_type" in data or "fields_list" in data or ("filename" in data and "description" in data):
        return Kind.LOOKUP
    if data and data.keys() <= _MAPPING_SECTIONS:
        return Kind.DEPRECATION_MAPPING
    return None


def _dialect_of(kind: Kind, data: Mapping[str, Any], *, native_folder: bool) -> tuple[Dialect, bool]:
    """Return the dialect, and whether the content shows it beyond doubt."""
    keys = data.keys()
    if kind is Kind.DEPRECATION_MAPPING:
        return Dialect.V5, True
    if _NATIVE_KEYS & keys or native_folder:
        return Dialect.NATIVE, True
    tags = data.get("tags")
    tag_keys = tags.keys() if isinstance(tags, dict) else frozenset()
    if kind is Kind.DETECTION:
        return _detection_dialect(keys, tag_keys)
    if kind is Kind.DEPLOYMENT:
        if "scheduling" in keys or "alert_action" in keys:
            return Dialect.V5, False
        return Dialect.NATIVE, "cron_schedule" in keys
    if kind is Kind.LOOKUP:
        if "lookup_type" in keys:
            return Dialect.V5, True
        if keys & {"filename", "collection", "fields_list"}:
            return Dialect.V4, True
        return Dialect.V5, False
    if kind in (Kind.STORY, Kind.BASELINE, Kind.INVESTIGATION) and isinstance(tags, dict):
        if "status" in keys:
            return Dialect.V5, True
        if kind is Kind.INVESTIGATION or keys & {"datamodel"} or tag_keys & {"required_fields", "observable"}:
            return Dialect.V4, True
        return Dialect.V4, False
    if kind in (Kind.STORY, Kind.BASELINE) and keys & {"usecase", "category", "security_domain", "product"}:
        return Dialect.NATIVE, True
    return Dialect.V5, False


def _detection_dialect(keys: AbstractSet[str], tag_keys: AbstractSet[str]) -> tuple[Dialect, bool]:
    if "rba" in keys:
        return Dialect.V5, True
    if "tags" not in keys and keys & _NATIVE_TOP_LEVEL:
        return Dialect.NATIVE, True
    if "status" not in keys and (tag_keys & _V3_TAGS or "datamodel" in keys):
        return Dialect.V3, True
    if tag_keys & _V4_TAGS or "datamodel" in keys:
        return Dialect.V4, True
    return Dialect.V5, bool(tag_keys)
