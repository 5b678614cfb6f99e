"""Saved searches become detections, baselines and investigations.

Read are the keys that Splunk documents in savedsearches.conf.spec and those of Enterprise Security's correlation
searches (`action.correlationsearch.*`, `action.risk.*`, `action.notable.*`) and of the Use Case Library
(`action.escu.*`). A search without them is a detection when it alerts, a baseline when it writes a lookup or a summary,
and a Hunting search otherwise.
"""

from __future__ import annotations

import json
import re
import uuid
from typing import TYPE_CHECKING, Any, Final

from generator.authoring.native import DOMAINS, PRODUCTS, TYPES, asset_types, entity_type, with_filter
from generator.authoring.risk import findings, implied_parents, threat_objects
from generator.base.frozen import dataclass
from generator.content.model import ConfStyle, RiskObject, ThreatObject
from generator.content.names import file_stem
from generator.knowledge.conf import is_true

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping

    from generator.authoring.importing.source import Gathering, Values

_SUFFIXES: Final = (" - Rule", " - Response Task")
_WARNING: Final = re.compile(
    r"\A\*\*WARNING\*\*, this \w+ (?:is|has been) marked \*\*(EXPERIMENTAL|DEPRECATED)\*\*.*?email us at: \S*\s",
    re.DOTALL,
)
_SEVERITIES: Final = {"informational": 20, "low": 40, "medium": 60, "high": 80, "critical": 100}
_WRITES: Final = re.compile(r"\|\s*(?:outputlookup|collect|summaryindex|outputcsv|fit)\b", re.IGNORECASE)
_FALLBACK_FIELDS: Final = ("dest", "user", "src", "host")
_TECHNIQUE: Final = re.compile(r"T1\d{3}(?:\.\d{3})?")
_OTHER_ACTIONS: Final = ("email", "slack", "sendtophantom", "script", "webhook", "summary_index", "lookup")
_LIBRARY: Final = ("how_to_implement", "known_false_positives")
_SCHEDULE: Final = {
    "cron_schedule": "cron_schedule",
    "dispatch.earliest_time": "earliest_time",
    "dispatch.latest_time": "latest_time",
    "schedule_window": "schedule_window",
}
DEFAULT_SCHEDULE: Final = {
    "cron_schedule": "0 * * * *",
    "earliest_time": "-70m@m",
    "latest_time": "-10m@m",
    "schedule_window": "auto",
}
BASELINE_SCHEDULE: Final = {
    "cron_schedule": "10 0 * * *",
    "earliest_time": "-1450m@m",
    "latest_time": "-10m@m",
    "schedule_window": "auto",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What an import knows beside one stanza.

    `shown` has what the Use Case Library says of a search, by stanza; `style` is the app's, whose own settings `legacy`
    keeps where it is an older one.
    """

    prefix: str
    author: str
    today: datetime.date
    story: str
    version: str
    namespace: uuid.UUID
    shown: Mapping[str, Mapping[str, str]]
    title: str
    style: ConfStyle = ConfStyle.V6


@dataclass(frozen=True, slots=True)
class Search:
    """A saved search as content. `kind` is the folder; `schedule` what it had, compared with defaults by who writes it."""

    kind: str
    stanza: str
    values: Values
    schedule: Mapping[str, str]
    notable: Mapping[str, str]
    has_risk: bool


def object_name(stanza: str, prefix: str) -> str:
    """Return the name of the object behind a stanza: without the app's prefix and the kind's suffix."""
    name = stanza.removeprefix(f"{prefix} - ") if prefix else stanza
    for suffix in _SUFFIXES:
        name = name.removesuffix(suffix)
    return name.strip()


def common_prefix(stanzas: Mapping[str, Mapping[str, str]]) -> str:
    """Return what most stanzas begin with before ` - `, empty when it is not most of them."""
    first = [name.partition(" - ")[0] for name in stanzas if " - " in name]
    if not first:
        return ""
    best = max(dict.fromkeys(first), key=first.count)
    return best if first.count(best) * 2 > len(stanzas) else ""


def read_search(stanza: str, values: Mapping[str, str], facts: Facts, gathering: Gathering) -> Search:
    """Return the content that a saved search becomes."""
    name = object_name(stanza, facts.prefix)
    kind = _kind(stanza, values)
    shared = _shared(name, {**_library(facts.shown.get(stanza, {})), **values}, facts, gathering)
    if kind == "investigations":
        shared |= {key: text for key, text in facts.shown.get(stanza, {}).items() if key in _LIBRARY and text.strip()}
    schedule = {ours: values[key].strip() for key, ours in _SCHEDULE.items() if values.get(key, "").strip()}
    if schedule.get("cron_schedule"):
        schedule.setdefault("schedule_window", "0")  # Splunk's own default
        if "earliest_time" not in schedule:
            gathering.note("is scheduled over all time; the time range of its kind is written", name)
    if kind == "baselines":
        return Search(kind, stanza, _baseline(name, values, shared, facts, gathering), schedule, {}, has_risk=False)
    if kind == "investigations":
        return Search(kind, stanza, _investigation(name, values, shared, gathering), {}, {}, has_risk=False)
    made = _detection(stanza, values, shared, facts, gathering)
    notable = {
        key: values.get(f"action.notable.param.{key}", "")
        for key in ("rule_title", "rule_description", "nes_fields")
        if is_true(values.get("action.notable", ""))
    }
    return Search("detections", stanza, made, schedule, notable, has_risk=is_true(values.get("action.risk", "")))


def _library(shown: Mapping[str, str]) -> dict[str, str]:
    return {f"action.escu.{key}": shown[key] for key in _LIBRARY if shown.get(key, "").strip()}


def _kind(stanza: str, values: Mapping[str, str]) -> str:
    kind = values.get("action.escu.search_type", "")
    if kind == "support":
        return "baselines"
    if kind == "investigative" or stanza.endswith(" - Response Task"):
        return "investigations"
    alerts = any(is_true(values.get(f"action.{action}", "")) for action in ("notable", "risk"))
    if kind == "detection" or alerts or "action.correlationsearch.enabled" in values:
        return "detections"
    return "baselines" if _WRITES.search(values.get("search", "")) else "detections"


def json_of(text: str, default: Any, where: str, gathering: Gathering) -> Any:  # noqa: ANN401 - any JSON value
    """Return a setting's JSON; the default when it is none, which is told."""
    if not text.strip():
        return default
    try:
        found = json.loads(text)
    except ValueError:
        gathering.note("a setting that must be JSON is not, and was left out", where)
        return default
    if not isinstance(found, type(default)):
        wanted = "a list" if isinstance(default, list) else "an object"
        gathering.note(f"a setting that must be {wanted} in JSON is not, and was left out", where)
        return default
    return found


def _shared(name: str, values: Mapping[str, str], facts: Facts, gathering: Gathering) -> Values:
    meta = json_of(values.get("action.correlationsearch.metadata", ""), {}, name, gathering)
    description, status = _description(values.get("description", ""))
    version = str(meta.get("detection_version", "1"))
    made = values.get("action.escu.creation_date", "").strip() or facts.today.isoformat()
    changed = values.get("action.escu.modification_date", "").strip() or made
    found = {
        "name": name,
        "id": str(meta.get("detection_id") or uuid.uuid5(facts.namespace, f"search:{name}")),
        "version": int(version) if version.isdigit() and int(version) > 0 else 1,
        "creation_date": made,
        "modification_date": changed,
        "author": facts.author,
        "status": status,
        "description": description or f"Imported from {facts.title}; the saved search had no description.",
        "search": values.get("search", "").strip(),
        "how_to_implement": _text(values, "action.escu.how_to_implement")
        or f"Fill the data that the search reads, as for the saved search of {facts.title}.",
        "known_false_positives": _text(values, "action.escu.known_false_positives") or "None are known yet.",
        "references": [],
    }
    if status == "deprecated":
        major = facts.version.partition(".")[0]
        found["deprecation_info"] = {
            "reason": f"It was deprecated in {facts.title} {facts.version} already.",
            "removed_in_version": f"{int(major) + 1 if major.isdigit() else 1}.0.0",
        }
        gathering.note("is deprecated; write down why and when it goes", name)
    return found


def _text(values: Mapping[str, str], key: str) -> str:
    return values.get(key, "").strip()


def _description(text: str) -> tuple[str, str]:
    """Return a description without the warning that the builder put in front, and the status that it told."""
    found = _WARNING.match(text)
    if found is None:
        return text.strip(), "production"
    return text[found.end() :].strip(), found[1].lower()


def _baseline(name: str, values: Mapping[str, str], shared: Values, facts: Facts, gathering: Gathering) -> Values:
    gathering.note("a baseline's security domain is in no conf file; `threat` is written", name)
    made = {**shared, "security_domain": "threat", "product": list(PRODUCTS)}
    legacy: Values = {}
    if facts.style is not ConfStyle.V6:
        for key, setting in (("analytic_story", "analytic_story"), ("datamodel", "data_models")):
            if listed := texts_of(values.get(f"action.escu.{setting}", ""), name, gathering):
                legacy[key] = listed
    return {**made, "legacy": legacy} if legacy else made


def _investigation(name: str, values: Mapping[str, str], shared: Values, gathering: Gathering) -> Values:
    """Return a response task in the dialect of contentctl 4, the only one that has them."""
    return {
        **{key: shared[key] for key in ("name", "id", "version", "author", "description", "search", "references")},
        "date": shared["creation_date"],
        "type": "Investigation",
        "datamodel": texts_of(values.get("action.escu.data_models", ""), name, gathering),
        "how_to_implement": shared["how_to_implement"],
        "known_false_positives": shared["known_false_positives"],
        "tags": {
            "analytic_story": texts_of(values.get("action.escu.analytic_story", ""), name, gathering),
            "product": ["Splunk Phantom"],
            "required_fields": ["_time"],
            "security_domain": "threat",
        },
    }


def texts_of(text: str, where: str, gathering: Gathering) -> list[str]:
    """Return the items of a setting that is a JSON list."""
    return _listed(json_of(text, [], where, gathering))


# -- detections ------------------------------------------------------------------------------------------------------


def _detection(stanza: str, values: Mapping[str, str], shared: Values, facts: Facts, gathering: Gathering) -> Values:
    name = shared["name"]
    notes = json_of(values.get("action.correlationsearch.annotations", ""), {}, name, gathering)
    kind = notes.get("type")
    if kind not in TYPES:
        kind = _guess_type(values)
        gathering.note("says no type of detection; it was told from its alert actions", name)
    search = with_filter(shared["search"], name)
    if search != shared["search"]:
        gathering.note("gets its filter macro at the end", name)
    domain = _text(values, "action.notable.param.security_domain")
    if domain not in DOMAINS and _listed(notes.get("cis20")) == ["CIS 13"]:
        domain = "network"  # the tools give this control to this domain and to no other
    asset = facts.shown.get(stanza, {}).get("asset_type", "").strip()
    techniques = [tid for tid in _listed(notes.get("mitre_attack")) if _TECHNIQUE.fullmatch(tid)]
    implied = implied_parents(techniques)
    legacy: Values = {}
    if implied:
        gathering.note("a technique goes whose sub-technique is named beside it", name)
        legacy["mitre_attack_id"] = techniques
    for key in ("confidence", "impact"):
        if isinstance(notes.get(key), int) and 0 <= notes[key] <= 100:
            legacy[key] = notes[key]
    stories = _listed(notes.get("analytic_story")) or texts_of(
        values.get("action.escu.analytic_story", ""), name, gathering
    )
    made: Values = {
        **shared,
        "type": kind,
        "search": search,
        "data_source": _listed(notes.get("data_source")),
        "analytic_story": stories or [facts.story],
        "asset_type": asset if asset in asset_types() else "Endpoint",
        "mitre_attack_id": [tid for tid in dict.fromkeys(techniques) if tid not in implied],
        "product": list(PRODUCTS),
        "security_domain": domain if domain in DOMAINS else _domain_of(asset, notes),
    }
    if not stories:
        legacy["analytic_story"] = []
    if asset and asset not in asset_types():
        legacy["asset_type"] = asset
        gathering.note("has an asset type that the native dialect does not know; `Endpoint` is written", name)
    if domain not in DOMAINS:
        gathering.note("has its security domain in no conf file; it was told from the asset type", name)
    made["category"] = "deprecated" if shared["status"] == "deprecated" else category_of(made)
    if cves := _listed(notes.get("cve")):
        made["cve"] = cves
    if guids := texts_of(values.get("action.escu.atomic_red_team_guids", ""), name, gathering):
        made["atomic_guid"] = guids
    made |= _risk(name, kind, values, legacy, gathering)
    if kind != "Hunting" and not any(key in made for key in ("finding", "intermediate_findings")):
        gathering.note("alerts, but no field of its results is known to be at risk: it became a Hunting search", name)
        made["type"] = "Hunting"
        made.pop("threat_objects", None)
    if drilldowns := _drilldowns(name, values, gathering):
        made["drilldown_searches"] = drilldowns
    if is_true(values.get("alert.suppress", "")) and _text(values, "alert.suppress.fields"):
        fields = [field.strip() for field in values["alert.suppress.fields"].split(",") if field.strip()]
        made["throttling"] = {"fields": fields, "period": _text(values, "alert.suppress.period")}
    if shared["status"] == "production" and kind != "Correlation":
        made["manual_test"] = f"It ran in {facts.title}; nothing was recorded that a test could replay."
    if values.get("disabled", "1").strip().lower() in {"0", "false", "f", "no"}:
        made["enabled_by_default"] = True
    for action in _OTHER_ACTIONS:
        if is_true(values.get(f"action.{action}", "")):
            gathering.note(f"`action.{action}` has no place in a native detection and was left out", name)
    if legacy and facts.style is not ConfStyle.V6:
        made["legacy"] = legacy
    return made


def _domain_of(asset: str, notes: Mapping[str, Any]) -> str:
    if asset in ("", "Endpoint", "Windows"):
        return "endpoint"
    is_network = asset.startswith(("Network", "DNS", "Web", "Proxy", "VPN")) and not _listed(notes.get("cis20"))
    return "network" if is_network else "threat"


def _listed(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _guess_type(values: Mapping[str, str]) -> str:
    if is_true(values.get("action.notable", "")):
        return "TTP"
    return "Anomaly" if is_true(values.get("action.risk", "")) else "Hunting"


def category_of(values: Mapping[str, Any]) -> str:
    """Return the folder that fits asset type and security domain best."""
    asset = str(values.get("asset_type", ""))
    if asset.startswith(("Web", "Proxy")):
        return "web"
    clouds = ("AWS", "Amazon", "Azure", "GCP", "Google", "O365", "S3", "EC2", "Kubernetes", "Cloud", "GSuite", "GDrive")
    if asset.startswith(clouds) or asset in ("GitHub", "CircleCI"):
        return "cloud"
    if asset.startswith(("Okta", "Splunk", "Database", "VPN")):
        return "application"
    return (
        "network" if values.get("security_domain") == "network" or asset.startswith(("Network", "DNS")) else "endpoint"
    )


def _risk(name: str, kind: str, values: Mapping[str, str], legacy: Values, gathering: Gathering) -> Values:
    objects: dict[str, RiskObject] = {}
    threats: list[ThreatObject] = []
    message = _text(values, "action.risk.param._risk_message")
    for entry in json_of(values.get("action.risk.param._risk", ""), [], name, gathering):
        if not isinstance(entry, dict):
            continue
        if "risk_object_field" in entry:
            read = _risk_object(entry)
            known = objects.get(read.field)
            if known is None or read.score > known.score:
                objects[read.field] = read
            message = message or str(entry.get("risk_message", ""))
        elif "threat_object_field" in entry:
            threats.append(
                ThreatObject(field=str(entry["threat_object_field"]), type=str(entry.get("threat_object_type", "")))
            )
    notable = is_true(values.get("action.notable", ""))
    if notable and not objects:
        found = _notable_entity(name, values, gathering)
        objects |= {found.field: found} if found is not None else {}
    title = message or _text(values, "action.notable.param.rule_title") or name
    if objects and "$" not in title:
        field = next(iter(objects))
        gathering.note("its risk message had no `$field$`; the risk object is named at its end", name)
        if message:
            legacy["message"] = message
        title = f"{title.rstrip('.')} (${field}$)"
    made: Values = findings(kind, list(objects.values()), title)
    if kind == "Hunting" or not made:
        return made
    native, refused = threat_objects(threats)
    if native:
        made["threat_objects"] = native
    if refused:
        gathering.note(f"no native type fits the threat object {', '.join(refused)}", name)
    return made


def _risk_object(entry: Mapping[str, Any]) -> RiskObject:
    kind = str(entry.get("risk_object_type", "other"))
    score = entry.get("risk_score", 0)
    number = int(float(score)) if str(score).replace(".", "", 1).isdigit() else 0
    return RiskObject(
        field=str(entry["risk_object_field"]),
        type=kind if kind in ("system", "user", "other") else "other",
        score=max(0, min(100, number)),
    )


def _notable_entity(name: str, values: Mapping[str, str], gathering: Gathering) -> RiskObject | None:
    """Return what a notable without risk is about: what it says itself, else the first known field of its search."""
    score = _SEVERITIES.get(_text(values, "action.notable.param.severity").lower(), 50)
    for entry in json_of(values.get("action.notable.param._entities", ""), [], name, gathering):
        if isinstance(entry, dict) and entry.get("risk_object_field") not in (None, "", "N/A"):
            return _risk_object(entry)
    search = values.get("search", "")
    fields = [field.strip() for field in _text(values, "action.notable.param.nes_fields").split(",")]
    for field in (*fields, *_FALLBACK_FIELDS):
        if field and re.search(rf"\b{re.escape(field)}\b", search):
            gathering.note("its notable names no entity; the first field of it that the search has is taken", name)
            return RiskObject(field=field, type=entity_type(field), score=score)
    found = re.findall(r"\bby\s+\"?([A-Za-z_][\w.]*)", search, re.IGNORECASE)
    if found:
        gathering.note("its notable names no entity; the field that the search groups by is taken", name)
        return RiskObject(field=found[-1], type="other", score=score)
    return None


def _drilldowns(name: str, values: Mapping[str, str], gathering: Gathering) -> list[Values]:
    found = json_of(values.get("action.notable.param.drilldown_searches", ""), [], name, gathering)
    original = values.get("search", "").strip()
    made = []
    for entry in found:
        if isinstance(entry, dict) and entry.get("name") and entry.get("search"):
            search = str(entry["search"])
            made.append(
                {
                    "name": str(entry["name"]),
                    "search": search.replace(original, "%original_detection_search%") if original else search,
                    "earliest_offset": str(entry.get("earliest_offset", "$info_min_time$")),
                    "latest_offset": str(entry.get("latest_offset", "$info_max_time$")),
                }
            )
    return made


def filter_macro_of(values: Values) -> str:
    """Return the name of a detection's filter macro."""
    return f"{file_stem(values['name'])}_filter"
