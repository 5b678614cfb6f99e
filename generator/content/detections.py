"""A detection's document becomes a `Detection`: the risk, finding, drilldowns and schedule of every dialect.

Its tests are read by `generator.content.tests`.

Risk of v4 observables follows contentctl 4.4.3: who has the role Victim is a risk object, who has the role Attacker a
threat object, and every risk object has the score round(confidence * impact / 100).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from generator.content.model import (
    AlertActions,
    Deployment,
    Deprecation,
    Detection,
    Dialect,
    Document,
    Drilldown,
    Finding,
    Legacy,
    Observable,
    Pointer,
    Risk,
    RiskObject,
    Scheduling,
    ThreatObject,
    Throttling,
)
from generator.content.tests import tests_of
from generator.content.values import (
    boolean,
    date,
    integer,
    mapping,
    mappings,
    optional_integer,
    optional_mapping,
    optional_text,
    text,
    texts,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_USER_TYPES: Final = frozenset(("user", "user name", "email address"))
_SYSTEM_TYPES: Final = frozenset(("device", "endpoint", "hostname", "ip address"))
_THREAT_TYPES: Final[Mapping[str, str]] = {
    "process name": "process",
    "process": "process",
    "file name": "file_name",
    "file": "file_name",
    "file hash": "file_name",
    "ip address": "ip_address",
    "url string": "url",
    "url": "url",
}


def shared(document: Document, *, status: str = "production") -> dict[str, Any]:
    """Return the fields that every content object has, as keyword arguments of its record."""
    data = document.data
    fallback = data.get("date")
    return {
        "document": document,
        "name": text(data.get("name")),
        "id": text(data.get("id")),
        "version": integer(data.get("version"), 1),
        "creation_date": date(data.get("creation_date", fallback)),
        "modification_date": date(data.get("modification_date", fallback)),
        "author": text(data.get("author")),
        "description": text(data.get("description")),
        "references": texts(data.get("references")),
        "status": text(data.get("status"), status) or status,
        "deprecation": deprecation(data.get("deprecation_info")),
    }


def deprecation(value: object) -> Deprecation | None:
    """Return native `deprecation_info`, None when there is none."""
    data = optional_mapping(value)
    if data is None:
        return None
    return Deprecation(
        reason=text(data.get("reason")),
        removed_in_version=text(data.get("removed_in_version")),
        replacement_content=texts(data.get("replacement_content")),
    )


def detection(document: Document) -> Detection:
    """Turn a document of kind detection into its record."""
    data = document.data
    native = document.dialect is Dialect.NATIVE
    tags = data if native else mapping(data.get("tags"))
    risk, finding, observables = _risk_of(document, tags)
    deployment, schedule = inline_deployment(document)
    throttling_value = tags.get("throttling")
    return Detection(
        **shared(document),
        type=text(data.get("type")),
        search=text(data.get("search")),
        how_to_implement=text(data.get("how_to_implement")),
        known_false_positives=text(data.get("known_false_positives")),
        data_source=texts(data.get("data_source", data.get("data_sources"))),
        explanation=text(data.get("explanation")),
        enabled_by_default=boolean(data.get("enabled_by_default")),
        risk=risk,
        finding=finding,
        observables=observables,
        drilldowns=_drilldowns(data.get("drilldown_searches")),
        tests=tests_of(data.get("tests")),
        deployment=deployment,
        schedule=schedule,
        baselines=texts(data.get("baselines")),
        analytic_story=texts(tags.get("analytic_story")),
        asset_type=text(tags.get("asset_type")),
        mitre_attack_id=texts(tags.get("mitre_attack_id")),
        product=texts(tags.get("product")),
        security_domain=text(tags.get("security_domain")),
        cve=texts(tags.get("cve")),
        atomic_guid=texts(tags.get("atomic_guid")),
        throttling=_throttling(throttling_value),
        manual_test=optional_text(tags.get("manual_test")),
        group=texts(tags.get("threat_group") if native else tags.get("group")),
        nist=texts(tags.get("nist")),
        cis20=texts(tags.get("cis20")),
        kill_chain_phases=texts(tags.get("kill_chain_phases")),
        datamodels=texts(data.get("datamodel")),
        required_fields=texts(tags.get("required_fields")),
        datasets=texts(tags.get("dataset")),
        category=text(data.get("category")) if native and "category" in data else _folder_category(document.path),
        legacy=legacy_of(data.get("legacy")) if native else None,
    )


def legacy_of(value: object) -> Legacy | None:
    """Return native `legacy`, None when there is none."""
    data = optional_mapping(value)
    if data is None:
        return None

    def listed(key: str) -> tuple[str, ...] | None:
        return texts(data[key]) if key in data else None

    return Legacy(
        confidence=optional_integer(data.get("confidence")),
        impact=optional_integer(data.get("impact")),
        message=optional_text(data.get("message")),
        mitre_attack_id=listed("mitre_attack_id"),
        analytic_story=listed("analytic_story"),
        product=listed("product"),
        asset_type=optional_text(data.get("asset_type")),
        datamodel=listed("datamodel"),
    )


def _folder_category(path: str) -> str:
    parts = path.split("/")
    return parts[1] if len(parts) > 2 and parts[0] == "detections" else ""


# -- risk ------------------------------------------------------------------------------------------------------------


def _risk_of(document: Document, tags: Mapping[str, Any]) -> tuple[Risk, Finding | None, tuple[Observable, ...]]:
    data = document.data
    if document.dialect is Dialect.NATIVE:
        return _native_risk(data), _finding(data.get("finding")), ()
    if document.dialect is Dialect.V5:
        return _rba(optional_mapping(data.get("rba"))), None, ()
    observables = _observables(tags.get("observable"))
    return _observed_risk(tags, observables), None, observables


def _observables(value: object) -> tuple[Observable, ...]:
    return tuple(
        Observable(
            name=text(entry.get("name")),
            type=text(entry.get("type")),
            roles=texts(entry.get("role")),
            pointer=("tags", "observable", index),
        )
        for index, entry in mappings(value)
    )


def _observed_risk(tags: Mapping[str, Any], observables: tuple[Observable, ...]) -> Risk:
    confidence = optional_integer(tags.get("confidence"))
    impact = optional_integer(tags.get("impact"))
    score = round(_percent(confidence) * _percent(impact) / 100)
    objects: list[RiskObject] = []
    threats: list[ThreatObject] = []
    for seen in observables:
        kind = seen.type.lower()
        roles = {role.lower() for role in seen.roles}
        if "victim" in roles:
            risk_type = "user" if kind in _USER_TYPES else "system" if kind in _SYSTEM_TYPES else "other"
            objects.append(RiskObject(field=seen.name, type=risk_type, score=score, pointer=seen.pointer))
        elif "attacker" in roles:
            threat_type = _THREAT_TYPES.get(kind, kind)
            threats.append(ThreatObject(field=seen.name, type=threat_type, pointer=seen.pointer))
    return Risk(
        message=text(tags.get("message")),
        message_pointer=("tags", "message"),
        objects=tuple(objects),
        threats=tuple(threats),
        confidence=confidence,
        impact=impact,
        score=score,
    )


def _percent(value: int | None) -> int:
    """Return a value from 0 to 100; 0 for all others, which the schema finds."""
    return value if value is not None and 0 <= value <= 100 else 0


def _rba(rba: Mapping[str, Any] | None) -> Risk:
    if rba is None:
        return Risk()
    objects = tuple(
        RiskObject(
            field=text(entry.get("field")),
            type=text(entry.get("type")),
            score=integer(entry.get("score")),
            pointer=("rba", "risk_objects", index),
        )
        for index, entry in mappings(rba.get("risk_objects"))
    )
    return Risk(
        message=text(rba.get("message")),
        message_pointer=("rba", "message"),
        objects=objects,
        threats=_threats(rba.get("threat_objects"), ("rba", "threat_objects")),
        score=max((entry.score for entry in objects), default=None),
    )


def _threats(value: object, pointer: Pointer) -> tuple[ThreatObject, ...]:
    return tuple(
        ThreatObject(field=text(entry.get("field")), type=text(entry.get("type")), pointer=(*pointer, index))
        for index, entry in mappings(value)
    )


def _entity(entry: Mapping[str, Any], pointer: Pointer) -> RiskObject:
    return RiskObject(
        field=text(entry.get("field")),
        type=text(entry.get("type")),
        score=integer(entry.get("score")),
        message=optional_text(entry.get("message")),
        pointer=pointer,
    )


def _native_risk(data: Mapping[str, Any]) -> Risk:
    entities = tuple(
        _entity(entry, ("intermediate_findings", "entities", index))
        for index, entry in mappings(mapping(data.get("intermediate_findings")).get("entities"))
    )
    first = min(entities, key=lambda entity: (entity.field, entity.type, entity.score), default=None)
    return Risk(
        message=(first.message or "") if first is not None else "",
        message_pointer=(*first.pointer, "message") if first is not None else (),
        objects=entities,
        threats=_threats(data.get("threat_objects"), ("threat_objects",)),
        score=max((entity.score for entity in entities), default=None),
    )


def _finding(value: object) -> Finding | None:
    data = optional_mapping(value)
    if data is None:
        return None
    entity = _entity(mapping(data.get("entity")), ("finding", "entity"))
    return Finding(title=text(data.get("title")), entity=entity, pointer=("finding",))


# -- what hangs on a detection ---------------------------------------------------------------------------------------


def _drilldowns(value: object) -> tuple[Drilldown, ...]:
    return tuple(
        Drilldown(
            name=text(entry.get("name")),
            search=text(entry.get("search")),
            earliest_offset=optional_text(entry.get("earliest_offset")),
            latest_offset=optional_text(entry.get("latest_offset")),
            pointer=("drilldown_searches", index),
        )
        for index, entry in mappings(value)
    )


def _throttling(value: object) -> Throttling | None:
    data = optional_mapping(value)
    if data is None:
        return None
    return Throttling(fields=texts(data.get("fields")), period=text(data.get("period")))


# -- schedules -------------------------------------------------------------------------------------------------------


def scheduling(value: object, pointer: Pointer) -> Scheduling | None:
    """Return when and over what window a search runs, None when the value is no mapping."""
    data = optional_mapping(value)
    if data is None:
        return None
    return Scheduling(
        cron_schedule=text(data.get("cron_schedule")),
        earliest_time=text(data.get("earliest_time")),
        latest_time=text(data.get("latest_time")),
        schedule_window=text(data.get("schedule_window")),
        pointer=pointer,
    )


def alert_actions(value: object) -> AlertActions:
    """Return the v4/v5 `alert_action` of a deployment."""
    data = mapping(value)
    return AlertActions(
        notable=optional_mapping(data.get("notable")),
        rba_enabled=boolean(mapping(data.get("rba")).get("enabled")),
        email=optional_mapping(data.get("email")),
        slack=optional_mapping(data.get("slack")),
        phantom=optional_mapping(data.get("phantom")),
    )


def inline_deployment(document: Document) -> tuple[Deployment | None, str | None]:
    """Return the deployment that a search carries itself, and the name of the native schedule that it asks for."""
    data = document.data
    if document.dialect is Dialect.NATIVE:
        schedule = scheduling(data.get("custom_schedule"), ("custom_schedule",))
        inline = None
        if schedule is not None:
            inline = Deployment(document=document, scheduling=schedule, inline=True)
        return inline, optional_text(data.get("schedule"))
    deployment = optional_mapping(data.get("deployment"))
    if deployment is None:
        return None, None
    return (
        Deployment(
            document=document,
            name=text(deployment.get("name")),
            type=text(deployment.get("type")),
            scheduling=scheduling(deployment.get("scheduling"), ("deployment", "scheduling")),
            actions=alert_actions(deployment.get("alert_action")),
            inline=True,
        ),
        None,
    )
