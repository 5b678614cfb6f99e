"""One Splunk app becomes a pack: its searches, macros, lookups, stories, and the configuration that builds it again.

Not imported, and told: field extractions, eventtypes, tags, dashboards, workflow actions and everything else that is no
content of a pack; an app's `app_template/` can carry such files.
"""

from __future__ import annotations

import csv
import io
import uuid
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from generator.authoring.importing.searches import (
    BASELINE_SCHEDULE,
    DEFAULT_SCHEDULE,
    Facts,
    Search,
    common_prefix,
    filter_macro_of,
    json_of,
    read_search,
    texts_of,
)
from generator.authoring.importing.source import Gathering, Imported
from generator.authoring.native import PRODUCTS, TYPES, native_text
from generator.content.model import ConfStyle
from generator.content.names import file_stem, spelled_stem
from generator.knowledge.apps import macro_signature
from generator.knowledge.conf import is_true

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Mapping

    from generator.authoring.importing.source import ConfSource, Values

_IDS: Final = uuid.UUID("0d6c9f0e-3a55-5c1e-8f0a-6d9d2c9b7a31")
_FILTER: Final = "search *"
_GENERATED_TABLES: Final = ("data_sources", "deprecation_info")
_NO_CONTENT: Final = (
    "props",
    "eventtypes",
    "tags",
    "workflow_actions",
    "commands",
    "inputs",
    "indexes",
    "alert_actions",
)


def import_app(source: ConfSource, *, today: datetime.date, chosen: Callable[[str], bool] | None = None) -> Imported:
    """Return the pack of an app. `chosen` picks saved searches by stanza name; None takes all.

    Raises:
        GeneratorError: the source cannot be read.
    """
    gathering = Gathering()
    searches = {
        name: values
        for name, values in source.stanzas("savedsearches").items()
        if name != "default" and values.get("search", "").strip() and (chosen is None or chosen(name))
    }
    defaults = source.stanzas("savedsearches").get("default", {})
    app = _app(source, searches)
    stories = source.stanzas("analyticstories")
    facts = Facts(
        prefix=app["prefix"],
        author=app["author_name"],
        today=today,
        story=f"Imported From {app['title']}",
        version=app["version"],
        namespace=uuid.uuid5(_IDS, app["id"]),
        shown={
            name.removeprefix("savedsearch://"): values
            for name, values in stories.items()
            if name.startswith("savedsearch://")
        },
        title=app["title"],
        style=_style(searches),
    )
    read = [read_search(name, {**defaults, **values}, facts, gathering) for name, values in searches.items()]
    style = facts.style
    deployments = _deployments(read, style, facts)
    for search in read:
        _write_search(search, deployments, gathering)
    for values in deployments.values():
        gathering.add(f"deployments/{file_stem(values['name'])}.yml", native_text(values))
    _stories(stories, read, facts, gathering)
    _macros(
        source, {filter_macro_of(search.values) for search in read if search.kind == "detections"}, facts, gathering
    )
    _lookups(source, facts, gathering)
    for conf in _NO_CONTENT:
        if found := source.stanzas(conf):
            gathering.note(
                f"{conf}.conf is no content of a pack; `app_template/default/` can carry it", f"{len(found)} stanzas"
            )
    app["author_company"] = _company(stories, gathering)
    config: dict[str, Any] = {"app": {key: value for key, value in app.items() if value}}
    if style is not ConfStyle.V6:
        config["conf_style"] = style.value
    gathering.add("contentpack.yml", native_text(config))
    return gathering.imported()


def _app(source: ConfSource, searches: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    conf = source.stanzas("app")
    launcher, ui, package, ident = (conf.get(name, {}) for name in ("launcher", "ui", "package", "id"))
    app_id = package.get("id") or ident.get("name") or source.title
    label = ui.get("label") or app_id
    return {
        "id": app_id.strip(),
        "title": label.strip(),
        "label": label.strip(),
        "prefix": common_prefix(searches) or app_id.strip(),
        "version": (launcher.get("version") or ident.get("version") or "1.0.0").strip(),
        "description": (launcher.get("description") or f"Content imported from {source.title}.").strip(),
        "author_name": (launcher.get("author") or "unknown").strip(),
    }


def _company(stories: Mapping[str, Mapping[str, str]], gathering: Gathering) -> str:
    """Return the company of most maintainers of stories, empty when there is none."""
    people = [
        person
        for name, values in stories.items()
        for person in json_of(values.get("maintainers", ""), [], name, gathering)
    ]
    named = Counter(str(person.get("company", "")) for person in people if isinstance(person, dict))
    named.pop("", None)
    named.pop("no", None)
    return named.most_common(1)[0][0] if named else ""


def _style(searches: Mapping[str, Mapping[str, str]]) -> ConfStyle:
    """Return which tool's keys the searches have; an app that no tool built is given the newest."""
    if not any("action.escu" in values for values in searches.values()):
        return ConfStyle.V6
    newer = any("action.correlationsearch.detection_type" in values for values in searches.values())
    return ConfStyle.V5 if newer else ConfStyle.V4


# -- searches --------------------------------------------------------------------------------------------------------


def _write_search(search: Search, deployments: Mapping[str, Values], gathering: Gathering) -> None:
    values = dict(search.values)
    if search.kind == "investigations":
        gathering.add(f"investigations/{file_stem(values['name'])}.yml", native_text(values))
        return
    if search.kind == "baselines":
        usual: Mapping[str, str] = BASELINE_SCHEDULE
        path = f"baselines/{file_stem(values['name'])}.yml"
    else:
        usual = deployments.get(values["type"], {}).get("scheduling", DEFAULT_SCHEDULE)
        path = f"detections/{values['category']}/{file_stem(values['name'])}.yml"
    if search.schedule and {**usual, **search.schedule} != dict(usual):
        values["custom_schedule"] = {**usual, **search.schedule}
    gathering.add(path, native_text(values))


def _deployments(searches: list[Search], style: ConfStyle, facts: Facts) -> dict[str, Values]:
    """Return a deployment for each type in the older styles: there it says schedule, risk and how notables are called."""
    if style is ConfStyle.V6:
        return {}
    made: dict[str, Values] = {}
    for kind in TYPES:
        own = [search for search in searches if search.kind == "detections" and search.values["type"] == kind]
        if not own:
            continue
        schedules = Counter(tuple(sorted({**DEFAULT_SCHEDULE, **search.schedule}.items())) for search in own)
        actions: Values = {}
        notables = Counter(_pattern(search, kind) for search in own if search.notable)
        if notables:
            title, description, fields = notables.most_common(1)[0][0]
            actions["notable"] = {
                "rule_title": title,
                "rule_description": description,
                "nes_fields": [field.strip() for field in fields.split(",") if field.strip()],
            }
        if any(search.has_risk for search in own):
            actions["rba"] = {"enabled": True}
        name = f"{facts.prefix} Default Configuration {kind}"
        made[kind] = {
            "name": name,
            "id": str(uuid.uuid5(facts.namespace, f"deployment:{name}")),
            "date": facts.today.isoformat(),
            "author": facts.author,
            "description": f"Schedule and alert actions of all detections of type {kind}.",
            "scheduling": dict(schedules.most_common(1)[0][0]),
            "type": kind,
        }
        if actions:
            made[kind]["alert_action"] = actions
    return made


def _pattern(search: Search, kind: str) -> tuple[str, str, str]:
    """Return title, description and fields of a notable with the detection's own name and description as placeholders."""
    title = search.notable["rule_title"].strip()
    if kind == "Correlation":
        title = title.removeprefix("RBA: ")
    description = search.notable["rule_description"].strip()
    name, text = search.values["name"], search.values["description"].strip()
    return (
        title.replace(name, "%name%") if name in title else title,
        "%description%" if " ".join(description.split()) == " ".join(text.split()) else description,
        search.notable["nes_fields"],
    )


# -- stories, macros, lookups ----------------------------------------------------------------------------------------


def _stories(
    stanzas: Mapping[str, Mapping[str, str]], searches: list[Search], facts: Facts, gathering: Gathering
) -> None:
    known: set[str] = set()
    for stanza, values in stanzas.items():
        if not stanza.startswith("analytic_story://"):
            continue
        name = stanza.removeprefix("analytic_story://")
        known.add(name)
        _story(name, values, facts, gathering)
    named = {name for search in searches if search.kind == "detections" for name in search.values["analytic_story"]}
    for name in sorted(named - known):
        _story(name, {}, facts, gathering)
        gathering.note("is named by searches and described nowhere: write its narrative", name)


def _story(name: str, values: Mapping[str, str], facts: Facts, gathering: Gathering) -> None:
    description = values.get("description", "").strip() or f"Searches of {facts.title}."
    day = values.get("last_updated", "").strip() or facts.today.isoformat()
    version = values.get("version", "1").strip()
    people = json_of(values.get("maintainers", ""), [], name, gathering)
    author = next((_person(entry) for entry in people if isinstance(entry, dict) and entry.get("name")), facts.author)
    category = values.get("category", "").strip()
    gathering.add(
        f"stories/{file_stem(name)}.yml",
        native_text(
            {
                "name": name,
                "id": str(uuid.uuid5(facts.namespace, f"story:{name}")),
                "version": int(version) if version.isdigit() and int(version) else 1,
                "creation_date": day,
                "modification_date": day,
                "author": author,
                "status": "production",
                "description": description,
                "narrative": values.get("narrative", "").strip() or description,
                "references": texts_of(values.get("references", ""), name, gathering),
                "category": [category or "Uncategorized"],
                "usecase": "Other",
                "product": list(PRODUCTS),
            }
        ),
    )


def _person(entry: Mapping[str, Any]) -> str:
    company = str(entry.get("company", ""))
    return f"{entry['name']}, {company}" if company not in ("", "no") else str(entry["name"])


def _macros(source: ConfSource, filters: set[str], facts: Facts, gathering: Gathering) -> None:
    for stanza, values in source.stanzas("macros").items():
        definition = values.get("definition", "").strip()
        if stanza == "default" or (stanza in filters and definition == _FILTER):
            continue
        if not definition:
            gathering.note("a macro without a definition was left out", stanza)
            continue
        name, arguments = macro_signature(stanza, values.get("args", ""))
        made: Values = {
            **_header(name, f"macro:{stanza}", facts),
            "description": values.get("description", "").strip() or f"Imported from {facts.title}.",
            "definition": definition,
        }
        if arguments:
            made["arguments"] = list(arguments)
        if is_true(values.get("iseval", "")):
            made["iseval"] = True
        if values.get("validation", "").strip():
            gathering.note("a macro's `validation` has no place in a pack and was left out", stanza)
        gathering.add(f"macros/{spelled_stem(name)}.yml", native_text(made))


def _header(name: str, key: str, facts: Facts) -> Values:
    return {
        "name": name,
        "id": str(uuid.uuid5(facts.namespace, key)),
        "version": 1,
        "creation_date": facts.today.isoformat(),
        "modification_date": facts.today.isoformat(),
        "author": facts.author,
    }


def _lookups(source: ConfSource, facts: Facts, gathering: Gathering) -> None:
    taken: set[str] = set()
    for stanza, values in source.stanzas("transforms").items():
        filename = values.get("filename", "").strip()
        is_store = values.get("external_type", "").strip() == "kvstore"
        if stanza == "default" or not (filename or is_store):
            if stanza != "default":
                gathering.note("a transform that is no lookup is no content of a pack", stanza)
            continue
        if stanza in _GENERATED_TABLES:
            if stanza == "data_sources":
                _data_sources(source.table(filename), facts, gathering)
            continue
        made = _lookup(stanza, values, facts)
        stem = spelled_stem(stanza)
        if is_store:
            fields = [field.strip() for field in values.get("fields_list", "").split(",") if field.strip()]
            collection = values.get("collection", stanza).strip()
            made |= {"lookup_type": "kvstore", "fields": fields}
            if collection != stanza:
                made = _older(made, {"collection": collection, "fields_list": values.get("fields_list", "").strip()})
        else:
            own, _, suffix = filename.rpartition(".")
            kind = "mlmodel" if suffix == "mlmodel" else "csv"
            if f"{own}.yml" in taken or (suffix not in ("csv", "mlmodel")):
                made = _older(made, {"filename": filename})
            else:
                made["lookup_type"], stem = kind, own
            data = source.table(filename)
            if data is None:
                gathering.note("a lookup's file could not be read; put it beside the YAML file", filename)
            elif f"lookups/{filename}" not in gathering.files:
                gathering.add(f"lookups/{filename}", data)
        taken.add(f"{stem}.yml")
        gathering.add(f"lookups/{stem}.yml", native_text(made))


def _lookup(stanza: str, values: Mapping[str, str], facts: Facts) -> Values:
    made: Values = {
        **_header(stanza, f"lookup:{stanza}", facts),
        "description": values.get("description", "").strip() or f"Imported from {facts.title}.",
    }
    if values.get("default_match", "").strip():
        made["default_match"] = values["default_match"].strip()
    if "case_sensitive_match" in values:
        made["case_sensitive_match"] = is_true(values["case_sensitive_match"])
    if match_type := values.get("match_type", "").strip():
        made["match_type"] = [part.strip() for part in match_type.split(",") if part.strip()]
    for key in ("min_matches", "max_matches"):
        if values.get(key, "").strip().isdigit():
            made[key] = int(values[key])
    return made


def _older(made: Values, where: Values) -> Values:
    """Return a lookup in the dialect of contentctl 4, where its file or collection may have another name."""
    older = {key: value for key, value in made.items() if key not in ("lookup_type", "fields")}
    older["date"] = older.pop("creation_date")
    older.pop("modification_date")
    if isinstance(older.get("match_type"), list):
        older["match_type"] = ", ".join(older["match_type"])
    return {**older, **where}


def _data_sources(data: bytes | None, facts: Facts, gathering: Gathering) -> None:
    """Write the data sources that the build made a table of."""
    if data is None:
        return
    for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig", errors="replace"))):
        name = (row.get("name") or "").strip()
        if not name or not (row.get("sourcetype") or "").strip():
            continue
        made: Values = {
            **_header(name, f"data_source:{name}", facts),
            "description": (row.get("description") or "").strip() or f"Events of {name}.",
            "source": (row.get("source") or "").strip(),
            "sourcetype": (row.get("sourcetype") or "").strip(),
        }
        made["id"] = (row.get("id") or "").strip() or made["id"]
        made["author"] = (row.get("author") or "").strip() or made["author"]
        if separator := (row.get("separator") or "").strip():
            made["separator"] = separator
        if addon := (row.get("supported_TA_name") or "").strip():
            made["supported_TA"] = [
                {
                    "name": addon,
                    "version": (row.get("supported_TA_version") or "").strip(),
                    "url": (row.get("supported_TA_url") or "").strip(),
                }
            ]
        gathering.add(f"data_sources/{file_stem(name)}.yml", native_text(made))
