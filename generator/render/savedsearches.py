"""default/savedsearches.conf: detections, baselines, response tasks, and the pack's own `savedsearches_fbd.conf`.

Keys and values follow contentctl (V4, V5) or contentctl-ng (V6), key for key. Where a dialect says more than a style
can (throttling in a native pack), the key is written all the same: dropping it would be a silent change.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from generator.content.model import ConfStyle, RiskObject
from generator.knowledge.conf import parse_conf
from generator.render.confwrite import Stanza, written
from generator.render.context import day, epoch
from generator.render.derived import data_models, providing_technologies, severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.content.model import Baseline, Detection, Investigation, ThreatObject
    from generator.render.confwrite import Written
    from generator.render.context import RenderContext

FBD_PATH = "static_configs/savedsearches_fbd.conf"
_ORIGINAL_SEARCH = "%original_detection_search%"
_ATTRIBUTE = re.compile(r"%([A-Za-z_][A-Za-z0-9_]*)%")
_OBSERVABLES = ("tags", "observable")
_REMOVED = "This search was removed in a previous release, or is otherwise not present."
_DEFAULT = Stanza(
    "default",
    [
        ("disabled", "1"),
        ("description", f'"{_REMOVED}"'),
        ("search", f'| makeresults | eval text = "{_REMOVED}"'),
    ],
)
_TAIL = [
    ("enableSched", "1"),
    ("allow_skew", "100%"),
    ("counttype", "number of events"),
    ("relation", "greater than"),
    ("quantity", "0"),
    ("realtime_schedule", "0"),
]

Settings = list[tuple[str, str]]


def render(context: RenderContext) -> Written:
    """Return the file; it is still to be read back."""
    native = context.style is ConfStyle.V6
    return written(
        "default/savedsearches.conf",
        context.app,
        [] if context.style is ConfStyle.V4 else [_DEFAULT],
        (Stanza(context.stanza(d), _detection(context, d)) for d in context.detections),
        _fbd(context),
        (Stanza(context.stanza(b), _baseline(context, b)) for b in context.baselines),
        (Stanza(context.stanza(i), _response_task(context, i)) for i in context.investigations),
        template="savedsearches.conf.j2",
        by_name=native,
        prefix=context.prefix,
    )


def _fbd(context: RenderContext) -> list[Stanza]:
    data = context.inputs.data.get(FBD_PATH)
    if data is None:
        return []
    found = parse_conf(data, FBD_PATH).values()
    return [Stanza(name, list(values.items())) for name, values in found.items()]


def _detection(context: RenderContext, detection: Detection) -> Settings:
    settings: Settings = []
    style = context.style
    stanza = context.stanza(detection)
    found = context.mappings(detection)
    if style is not ConfStyle.V6:
        settings += _escu(context, detection, found)
    else:
        settings.append(("description", context.described(detection)))
    settings += _risk(context, detection)
    schedule = context.scheduling(detection)
    settings += [
        ("cron_schedule", schedule.cron_schedule),
        ("dispatch.earliest_time", schedule.earliest_time),
        ("dispatch.latest_time", schedule.latest_time),
        ("action.correlationsearch.enabled", "1"),
    ]
    if style is not ConfStyle.V4:
        settings.append(("action.correlationsearch.detection_type", "ebd"))
    settings += [
        ("action.correlationsearch.label", stanza),
        ("action.correlationsearch.annotations", context.json(_annotations(context, detection, found))),
        ("action.correlationsearch.metadata", context.json(_metadata(detection))),
        ("schedule_window", schedule.schedule_window),
    ]
    settings += _notable(context, detection)
    settings += _other_actions(context, detection)
    settings.append(("alert.digest_mode", "1"))
    settings.append(("disabled", _flag(context, value=not detection.enabled_by_default)))
    settings += _TAIL
    settings.append(("is_visible", _flag(context, value=False)))
    if detection.throttling is not None:
        settings += [
            ("alert.suppress", _flag(context, value=True)),
            ("alert.suppress.fields", ",".join(detection.throttling.fields)),
            ("alert.suppress.period", detection.throttling.period),
        ]
    settings.append(("search", detection.search))
    if style is not ConfStyle.V6 or detection.drilldowns:
        settings.append(("action.notable.param.drilldown_searches", context.json(_drilldowns(context, detection))))
    return settings


def _flag(context: RenderContext, *, value: bool) -> str:
    if context.style is ConfStyle.V6:
        return "1" if value else "0"
    return "true" if value else "false"


def _escu(context: RenderContext, detection: Detection, found: Mapping[str, Any]) -> Settings:
    described = context.described(detection)
    technologies = providing_technologies(detection.search)
    json = context.json
    settings = [
        ("action.escu", "0"),
        ("action.escu.enabled", "1"),
        ("description", described),
        ("action.escu.mappings", json(found)),
        ("action.escu.data_models", json(data_models(detection.search))),
        ("action.escu.eli5", detection.description if context.style is ConfStyle.V4 else described),
        ("action.escu.how_to_implement", detection.how_to_implement),
        ("action.escu.known_false_positives", detection.known_false_positives),
        ("action.escu.creation_date", day(detection.creation_date)),
        ("action.escu.modification_date", day(detection.modification_date)),
        ("action.escu.confidence", "high"),
        ("action.escu.search_type", "detection"),
        ("action.escu.product", json(list(detection.product))),
    ]
    if detection.atomic_guid:
        settings.append(("action.escu.atomic_red_team_guids", json(list(detection.atomic_guid))))
    settings += [
        ("action.escu.providing_technologies", json(technologies) if technologies else "null"),
        ("action.escu.analytic_story", json(sorted(detection.analytic_story))),
    ]
    return settings


def _has_risk(context: RenderContext, detection: Detection) -> bool:
    if context.is_native(detection):
        if context.style is ConfStyle.V6:
            return bool(detection.risk.objects)
        return bool(_risk_objects(context, detection)) and context.actions(detection).rba_enabled
    if context.style is ConfStyle.V4 and not detection.analytic_story:
        return False
    return context.deployment(detection).actions.rba_enabled


def _risk(context: RenderContext, detection: Detection) -> Settings:
    risk = detection.risk
    entries = _risk_entries(context, detection)
    if not _has_risk(context, detection):
        if context.style is ConfStyle.V6 and risk.threats and detection.finding is not None:
            return [("action.risk.param._risk", context.json(entries))]
        return []
    message = risk.message
    if context.style is not ConfStyle.V6 and not risk.objects and detection.finding is not None:
        message = detection.finding.title
    return [
        ("action.risk", "1"),
        ("action.risk.param._risk_message", message),
        ("action.risk.param._risk", context.json(entries)),
        ("action.risk.param._risk_score", "0"),
        ("action.risk.param.verbose", "0"),
    ]


def _risk_entries(context: RenderContext, detection: Detection) -> list[dict[str, Any]]:
    """Return risk objects and threat objects; contentctl 4 gives them in the order of the observables they come from."""
    risk = detection.risk
    entries: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
    objects = _risk_objects(context, detection)
    for entry in objects:
        shown: dict[str, Any] = {
            "risk_object_field": entry.field,
            "risk_object_type": entry.type,
            "risk_score": entry.score,
        }
        if context.style is ConfStyle.V6:
            shown["risk_message"] = entry.message if entry.message is not None else risk.message
        entries.append(((0, *risk_order(context, entry)), shown))
    for threat in risk.threats:
        shown = {"threat_object_field": threat.field, "threat_object_type": threat.type}
        entries.append(((1, *risk_order(context, threat)), shown))
    if context.style is ConfStyle.V4:
        places = [entry.pointer for entry in objects] + [entry.pointer for entry in risk.threats]
        if context.is_native(detection):
            return [entry for _, entry in entries]  # as written, the way of observables
        if all(place[:2] == _OBSERVABLES for place in places):
            entries = [(place[2:], entry) for place, (_, entry) in zip(places, entries, strict=True)]
    return [entry for _, entry in sorted(entries, key=lambda pair: pair[0])]


def _risk_objects(context: RenderContext, detection: Detection) -> list[RiskObject]:
    """Return the risk objects; the older styles know no entity of a finding, so that it is one of them."""
    finding = detection.finding
    if context.style is ConfStyle.V6 or finding is None or not context.is_native(detection):
        return list(detection.risk.objects)
    return [finding.entity, *detection.risk.objects]


def risk_order(context: RenderContext, entry: RiskObject | ThreatObject) -> tuple[str | int, ...]:
    """Return what entries are sorted by: field, type, score; contentctl 5 compares scores as texts (100 before 50)."""
    if not isinstance(entry, RiskObject):
        return (entry.field, entry.type)
    return (entry.field, entry.type, entry.score if context.style is ConfStyle.V6 else str(entry.score))


def _annotations(context: RenderContext, detection: Detection, found: Mapping[str, Any]) -> dict[str, Any]:
    native = context.style is ConfStyle.V6
    annotations: dict[str, Any] = {
        **found,
        "analytic_story": sorted(detection.analytic_story),
        "data_source": _ordered_sources(detection) if native else list(detection.data_source),
        "type": detection.type,
        "type_list": [detection.type],
    }
    if detection.cve:
        annotations["cve"] = sorted(detection.cve) if native else list(detection.cve)
    if context.style is ConfStyle.V4:
        if detection.risk.confidence is not None:
            annotations["confidence"] = detection.risk.confidence
        if detection.risk.impact is not None:
            annotations["impact"] = detection.risk.impact
    return annotations


def _ordered_sources(detection: Detection) -> list[str]:
    """Return the data sources sorted, those joined by ` AND ` in their own order as well."""
    return sorted(" AND ".join(sorted(source.split(" AND "))) for source in detection.data_source)


def _metadata(detection: Detection) -> dict[str, Any]:
    return {
        "deprecated": "1" if detection.status == "deprecated" else "0",
        "detection_id": detection.id,
        "detection_version": str(detection.version),
        "publish_time": epoch(detection.modification_date),
    }


def _notable(context: RenderContext, detection: Detection) -> Settings:
    if context.is_native(detection):
        finding = detection.finding
        if finding is None:
            return []
        title, description, fields = finding.title, detection.description, "user,dest"
        entities: list[dict[str, Any]] = [_entity(finding.entity.field, finding.entity.type, finding.entity.score)]
        score: int | None = finding.entity.score
        if context.style is not ConfStyle.V6:
            actions = context.actions(detection)
            if actions.notable is None:
                return []
            if context.titled_by_deployment(detection):
                title, description, fields = _notable_texts(actions.notable, detection)
                entities = [_entity("N/A", "N/A", 0)]
    else:
        notable = context.deployment(detection).actions.notable
        if notable is None:
            return []
        title, description, fields = _notable_texts(notable, detection)
        entities = [_entity("N/A", "N/A", 0)]
        score = _highest_score(detection)
        if context.style is ConfStyle.V6 and detection.risk.objects:
            best = max(detection.risk.objects, key=lambda entry: entry.score)
            entities = [_entity(best.field, best.type, best.score)]
    settings = [("action.notable", "1")]
    if context.style is not ConfStyle.V4:
        settings.append(("action.notable.param._entities", context.json(entities)))
    return [
        *settings,
        ("action.notable.param.nes_fields", fields),
        ("action.notable.param.rule_description", description),
        ("action.notable.param.rule_title", title),
        ("action.notable.param.security_domain", detection.security_domain),
        ("action.notable.param.severity", severity(score)),
    ]


def _notable_texts(notable: Mapping[str, Any], detection: Detection) -> tuple[str, str, str]:
    """Return title, description and fields of a notable as a deployment says them."""
    title = _filled(notable.get("rule_title", "%name%"), detection)
    if detection.type == "Correlation":
        title = f"RBA: {title}"
    return (
        title,
        _filled(notable.get("rule_description", "%description%"), detection),
        _joined(notable.get("nes_fields")),
    )


def _entity(field: str, kind: str, score: int) -> dict[str, Any]:
    return {"risk_object_field": field, "risk_object_type": kind, "risk_score": score}


def _highest_score(detection: Detection) -> int | None:
    if detection.risk.score is not None:
        return detection.risk.score
    return max((entry.score for entry in detection.risk.objects), default=None)


def _other_actions(context: RenderContext, detection: Detection) -> Settings:
    actions = context.deployment(detection).actions
    if context.style is not ConfStyle.V6:
        actions = context.actions(detection)
    settings: Settings = []
    if (email := actions.email) is not None:
        if context.style is not ConfStyle.V4:
            settings.append(("action.email", "1"))
        settings += [
            ("action.email.subject.alert", _filled(email.get("subject"), detection)),
            ("action.email.to", _filled(email.get("to"), detection)),
            ("action.email.message.alert", _filled(email.get("message"), detection)),
            ("action.email.useNSSubject", "1"),
        ]
    if (slack := actions.slack) is not None:
        settings += [
            ("action.slack", "1"),
            ("action.slack.param.channel", _filled(slack.get("channel"), detection)),
            ("action.slack.param.message", _filled(slack.get("message"), detection)),
        ]
    if (phantom := actions.phantom) is not None:
        settings += [
            ("action.sendtophantom", "1"),
            ("action.sendtophantom.param._cam_workers", _filled(phantom.get("cam_workers"), detection)),
            ("action.sendtophantom.param.label", _filled(phantom.get("label"), detection)),
            ("action.sendtophantom.param.phantom_server", _filled(phantom.get("phantom_server"), detection)),
            ("action.sendtophantom.param.sensitivity", _filled(phantom.get("sensitivity"), detection)),
            ("action.sendtophantom.param.severity", _filled(phantom.get("severity"), detection)),
        ]
    return settings


def _filled(text: object, detection: Detection) -> str:
    """Return a deployment's text with `%attribute%` replaced by the detection's; an unknown one stays as it is."""
    shown = "" if text is None else str(text)
    if "%" not in shown:
        return shown

    def value(found: re.Match[str]) -> str:
        name = found.group(1)
        data = detection.document.data
        tags = data.get("tags")
        own = getattr(detection, name, None) if name in _ATTRIBUTES else None
        if own is None and name == "file_path":
            own = detection.path
        if own is None and name == "risk_score":
            own = _highest_score(detection)
        if own is None:
            own = data.get(name)
        if own is None and isinstance(tags, dict):
            own = tags.get(name)
        if own is None:
            return found.group()
        return _joined(own) if isinstance(own, list | tuple) else str(own)

    return _ATTRIBUTE.sub(value, shown)


_ATTRIBUTES = frozenset({"name", "description", "version", "author", "id", "type", "status", "search"})


def _joined(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ",".join(str(item).strip() for item in value)
    return str(value)


def _drilldowns(context: RenderContext, detection: Detection) -> list[dict[str, str]]:
    original = detection.search
    if context.style is ConfStyle.V6:
        original = f'| savedsearch "{context.stanza(detection)}"'
    shown = []
    for drilldown in detection.drilldowns:
        entry = {"name": drilldown.name, "search": drilldown.search.replace(_ORIGINAL_SEARCH, original)}
        if drilldown.earliest_offset is not None:
            entry["earliest_offset"] = drilldown.earliest_offset
        if drilldown.latest_offset is not None:
            entry["latest_offset"] = drilldown.latest_offset
        shown.append(entry)
    return shown


def _baseline(context: RenderContext, baseline: Baseline) -> Settings:
    schedule = context.scheduling(baseline)
    described = context.described(baseline)
    when = [
        ("cron_schedule", schedule.cron_schedule),
        ("enableSched", "1"),
        ("dispatch.earliest_time", schedule.earliest_time),
        ("dispatch.latest_time", schedule.latest_time),
        ("schedule_window", schedule.schedule_window),
    ]
    last = [
        ("disabled", _flag(context, value=True)),
        ("is_visible", _flag(context, value=False)),
        ("search", baseline.search),
    ]
    if context.style is ConfStyle.V6:
        return [("description", described), *when, *last]
    return [
        ("action.escu", "0"),
        ("action.escu.enabled", "1"),
        ("action.escu.search_type", "support"),
        ("description", described),
        ("action.escu.creation_date", day(baseline.creation_date)),
        ("action.escu.modification_date", day(baseline.modification_date)),
        ("action.escu.analytic_story", context.json(sorted(baseline.analytic_story))),
        ("action.escu.data_models", context.json(_baseline_models(context, baseline))),
        *when,
        ("action.escu.providing_technologies", "[]"),
        ("action.escu.eli5", described),
        ("action.escu.how_to_implement", baseline.how_to_implement),
        *last,
    ]


def _baseline_models(context: RenderContext, baseline: Baseline) -> list[str]:
    return list(baseline.datamodels) if context.style is ConfStyle.V4 else list(data_models(baseline.search))


def _response_task(context: RenderContext, task: Investigation) -> Settings:
    return [
        ("action.escu", "0"),
        ("action.escu.enabled", "1"),
        ("action.escu.search_type", "investigative"),
        ("description", task.description),
        ("action.escu.creation_date", day(task.creation_date)),
        ("action.escu.modification_date", day(task.modification_date)),
        ("action.escu.analytic_story", context.json(sorted(task.analytic_story))),
        ("action.escu.earliest_time_offset", "3600"),
        ("action.escu.latest_time_offset", "86400"),
        ("action.escu.providing_technologies", "[]"),
        ("action.escu.data_models", context.json(list(task.datamodels))),
        ("action.escu.eli5", task.description),
        ("action.escu.how_to_implement", "none"),
        ("action.escu.known_false_positives", "None at this time"),
        ("disabled", "true"),
        ("schedule_window", "auto"),
        ("is_visible", "false"),
        ("search", task.search),
    ]
