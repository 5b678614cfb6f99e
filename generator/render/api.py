"""api/*_v2.json: the content as data, in the shape that contentctl's `--build-api` gives (versions of 5.6.2).

Differences, on purpose: `published_at` is the newest content date instead of the time of the build; deployments with
email, Slack or SOAR actions are written (contentctl stops there); lists that come from unordered sets are sorted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.content.legacy import with_legacy
from generator.content.model import ConfStyle
from generator.render import derived
from generator.render.context import RenderContext, day
from generator.render.jsontext import pretty
from generator.render.lookups import GENERATED, file_name, generated_tables, parent_folder
from generator.render.macros import FILTER_DEFINITION, FILTER_DESCRIPTION, filter_macros
from generator.render.savedsearches import risk_order
from generator.render.transforms import DESCRIPTIONS, collection_name, fields_list, match_type

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from generator.content.model import Baseline, ContentObject, Deployment, Detection, Lookup, Pack, Story
    from generator.render.derived import KillChain
    from generator.render.inputs import RenderInputs

_Json = dict[str, Any]


def render_api(
    pack: Pack, inputs: RenderInputs, *, attack: KillChain | None = None, skip: AbstractSet[str] = frozenset()
) -> dict[str, bytes]:
    """Return file name to JSON for `detections`, `stories`, `baselines`, `lookups`, `macros`, ... Arguments as `render_app`."""
    used = attack if pack.config.conf_style is ConfStyle.V6 else None
    context = RenderContext(with_legacy(pack), inputs, used, skip)
    macros: dict[str, _Json] = {}
    for macro in context.macros:
        macros[macro.name] = _macro(macro.name, macro.definition, macro.description)
        if macro.arguments:
            macros[macro.name]["arguments"] = list(macro.arguments)
    for name in filter_macros(context):
        macros[name] = _macro(name, FILTER_DEFINITION, FILTER_DESCRIPTION)
    known_lookups = {lookup.name: lookup for lookup in context.lookups}
    detection_names = {item.name for item in context.detections}
    by_name = {
        "detections": [_detection(context, item, macros, known_lookups) for item in context.detections],
        "stories": [_story(context, item) for item in context.stories],
        "baselines": [_baseline(item, detection_names) for item in context.baselines],
        "response_tasks": [],
        "lookups": [_lookup(context, item) for item in context.lookups] + _generated(context),
        "macros": [_reordered(macro) for macro in macros.values()],
        "deployments": [_deployment(item) for item in pack.deployments if item.path not in skip and not item.inline],
    }
    files = {}
    for name, objects in by_name.items():
        files[f"{name}_v2.json"] = pretty({name: sorted(objects, key=lambda item: str(item["name"]))})
    published = f"{context.newest_date.isoformat()}T00:00:00Z" if context.newest_date else None
    files["version_v2.json"] = pretty({"version": {"name": f"v{context.app.version}", "published_at": published}})
    return files


def _head(item: ContentObject) -> _Json:
    return {
        "name": item.name,
        "author": item.author,
        "date": day(item.modification_date),
        "version": item.version,
        "id": item.id,
        "description": item.description,
    }


def _macro(name: str, definition: str, description: str) -> _Json:
    return {"name": name, "definition": definition, "description": description}


def _reordered(macro: _Json) -> _Json:
    return {key: macro[key] for key in ("definition", "description", "name")}


def _detection(context: RenderContext, item: Detection, macros: dict[str, _Json], lookups: dict[str, Lookup]) -> _Json:
    found = context.mappings(item)
    notable = context.deployment(item).actions.notable
    if context.is_native(item):
        notable = {"nes_fields": ["user", "dest"]} if item.finding else None
    fields = notable.get("nes_fields") if notable else None
    if isinstance(fields, list | tuple):
        fields = ",".join(str(name).strip() for name in fields)
    shown: _Json = {
        **_head(item),
        "references": [derived.normal_url(url) for url in item.references],
        "tags": {
            "analytic_story": sorted(item.analytic_story),
            "asset_type": item.asset_type,
            "cis20": found["cis20"],
            "kill_chain_phases": found.get("kill_chain_phases", []),
            "nist": found["nist"],
            "security_domain": item.security_domain,
            "mitre_attack_id": list(item.mitre_attack_id),
            "mitre_attack_enrichments": [],
        },
        "type": item.type,
        "search": item.search,
        "how_to_implement": item.how_to_implement,
        "known_false_positives": item.known_false_positives,
        "datamodel": derived.data_models(item.search),
        "source": parent_folder(item),
        "nes_fields": fields,
        "rba": _rba(context, item),
    }
    if notable:
        score = max((entry.score for entry in item.risk.objects), default=None)
        if item.finding is not None:
            score = item.finding.entity.score
        shown["risk_severity"] = derived.severity(score)
    shown["macros"] = [macros[name] for name in derived.macro_names(item.search) if name in macros]
    shown["lookups"] = [_used_lookup(lookups[name]) for name in derived.lookup_names(item.search) if name in lookups]
    return shown


def _rba(context: RenderContext, item: Detection) -> _Json:
    if not item.risk.objects and not item.risk.threats:
        return {}
    objects = sorted(item.risk.objects, key=lambda entry: risk_order(context, entry))
    threats = sorted(item.risk.threats, key=lambda entry: risk_order(context, entry))
    return {
        "message": item.risk.message,
        "risk_objects": [
            {"risk_object_field": entry.field, "risk_object_type": entry.type, "risk_score": entry.score}
            for entry in objects
        ],
        "threat_objects": [{"threat_object_field": entry.field, "threat_object_type": entry.type} for entry in threats],
    }


def _used_lookup(lookup: Lookup) -> _Json:
    shown: _Json = {"name": lookup.name, "description": lookup.description}
    if lookup.type == "kvstore":
        shown |= {
            "collection": collection_name(lookup),
            "case_sensitive_match": None,
            "fields_list": fields_list(lookup),
        }
        return shown
    shown["filename"] = (lookup.data_path or "").rpartition("/")[2]
    if lookup.default_match:
        shown["default_match"] = lookup.default_match
    shown["case_sensitive_match"] = lookup.case_sensitive_match
    if lookup.match_type:
        shown["match_type"] = match_type(lookup)
    if lookup.min_matches is not None:
        shown["min_matches"] = lookup.min_matches
    return shown


def _lookup(context: RenderContext, lookup: Lookup) -> _Json:
    shown: _Json = {}
    if lookup.type == "csv":
        shown["filename"] = file_name(context, lookup)
    elif lookup.type == "kvstore":
        shown["collection"] = collection_name(lookup)
        shown["fields_list"] = fields_list(lookup)
    shown |= _options(
        default_match=lookup.default_match or "",
        match_type=match_type(lookup) if lookup.match_type else "",
        min_matches=lookup.min_matches,
        max_matches=lookup.max_matches,
        case_sensitive_match=lookup.case_sensitive_match or "false",
    )
    return shown | {"name": lookup.name, "description": lookup.description}


def _options(**values: str | int | None) -> _Json:
    return dict(values)


def _generated(context: RenderContext) -> list[_Json]:
    known = {lookup.name for lookup in context.lookups}
    return [
        {
            "filename": GENERATED[name](context),
            **_options(
                default_match="", match_type="", min_matches=None, max_matches=None, case_sensitive_match="false"
            ),
            "name": name,
            "description": DESCRIPTIONS[name],
        }
        for name in generated_tables(context)
        if name not in known
    ]


def _story(context: RenderContext, story: Story) -> _Json:
    members = context.story_members(story.name)
    name, comma, company = story.author.partition(",")
    models = {model for item in members for model in derived.data_models(item.search)}
    phases = {phase for item in members for phase in context.mappings(item).get("kill_chain_phases", [])}
    return {
        **_head(story),
        "references": [derived.normal_url(url) for url in story.references],
        "narrative": story.narrative,
        "tags": {
            "category": list(story.category),
            "product": list(story.product),
            "usecase": story.usecase,
            "mitre_attack_enrichments": [],
            "mitre_attack_tactics": [],
            "datamodels": sorted(models),
            "kill_chain_phases": sorted(phases),
        },
        "detection_names": [context.stanza(item) for item in members],
        "investigation_names": [],
        "baseline_names": [],
        "author_company": company.strip() if comma else "no",
        "author_name": name.strip(),
        "detections": [
            {"name": item.name, "source": parent_folder(item), "type": item.type, "tags": []} for item in members
        ],
    }


def _baseline(item: Baseline, detection_names: AbstractSet[str]) -> _Json:
    return {
        **_head(item),
        "references": [derived.normal_url(url) for url in item.references],
        "tags": {
            "analytic_story": sorted(item.analytic_story),
            "detections": [name for name in item.detections if name in detection_names],
            "product": list(item.product),
            "security_domain": item.security_domain,
            "deployments": None,
        },
        "type": item.type,
        "search": item.search,
        "how_to_implement": item.how_to_implement,
        "known_false_positives": item.known_false_positives,
        "datamodel": derived.data_models(item.search),
    }


def _deployment(item: Deployment) -> _Json:
    schedule = item.scheduling
    shown: _Json = {
        "scheduling": {
            "cron_schedule": schedule.cron_schedule,
            "earliest_time": schedule.earliest_time,
            "latest_time": schedule.latest_time,
            "schedule_window": schedule.schedule_window,
        }
        if schedule
        else None,
        "tags": {"type": item.type},
        **_head(item),
    }
    actions = item.actions
    if actions.notable is not None:
        fields = actions.notable.get("nes_fields")
        shown["notable"] = {
            "rule_description": actions.notable.get("rule_description"),
            "rule_title": actions.notable.get("rule_title"),
            "nes_fields": [str(name).strip() for name in fields] if isinstance(fields, list | tuple) else fields,
        }
    for name, action in (("email", actions.email), ("slack", actions.slack), ("phantom", actions.phantom)):
        if action is not None:
            shown[name] = dict(action)
    if actions.rba_enabled:
        shown["rba"] = {"enabled": "true"}
    return shown
