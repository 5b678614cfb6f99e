"""Documents become the records of the model: one function a kind, each reading every dialect of its kind.

Whatever the values are, a record comes out (`generator.content.values` makes wrong types harmless). Nothing is looked
up outside the document. Sources: the field tables of contentctl 4.4.3, 5.6.2 and contentctl-ng 1.1.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from generator.content.detections import alert_actions, detection, inline_deployment, legacy_of, scheduling, shared
from generator.content.model import (
    AlertActions,
    Baseline,
    ContentObject,
    Dashboard,
    DataSource,
    Deployment,
    Deprecation,
    DeprecationEntry,
    Dialect,
    Document,
    Investigation,
    Kind,
    Lookup,
    Macro,
    Playbook,
    Removed,
    Story,
    TechnologyAddon,
)
from generator.content.tests import tests_of
from generator.content.values import (
    boolean,
    mapping,
    mappings,
    optional_integer,
    optional_text,
    text,
    texts,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SECTIONS: Final = ("detections", "baselines", "stories", "investigations")


def record(document: Document) -> ContentObject | None:
    """Return the record of a document, or None for a deprecation mapping (see `deprecation_entries`)."""
    build = _BUILDERS.get(document.kind)
    return build(document) if build is not None else None


def deprecation_entries(document: Document) -> tuple[DeprecationEntry, ...]:
    """Return the entries of a v5 deprecation mapping, in the order of its sections."""
    found: list[DeprecationEntry] = []
    for section in _SECTIONS:
        for index, entry in mappings(document.data.get(section)):
            reason = Deprecation(
                reason=text(entry.get("reason")),
                removed_in_version=text(entry.get("removed_in_version")),
                replacement_content=texts(entry.get("replacement_content")),
            )
            found.append(
                DeprecationEntry(
                    section=section,
                    content=text(entry.get("content")),
                    deprecation=reason,
                    document=document,
                    pointer=(section, index),
                )
            )
    return tuple(found)


def _macro(document: Document) -> Macro:
    data = document.data
    return Macro(
        **shared(document),
        definition=text(data.get("definition")),
        arguments=texts(data.get("arguments")),
        iseval=boolean(data.get("iseval")),
    )


def _lookup(document: Document) -> Lookup:
    """Read a lookup. v4 names its file or collection; v5 and native take those of the YAML file's stem."""
    data = document.data
    match_type = data.get("match_type")
    case = data.get("case_sensitive_match")
    kind, data_path, collection, fields = (
        _v4_table(document) if document.dialect in (Dialect.V3, Dialect.V4) else _newer_table(document)
    )
    return Lookup(
        **shared(document),
        type=kind,
        data_path=data_path,
        collection=collection,
        fields=fields,
        default_match=optional_text(data.get("default_match")),
        match_type=split_list(match_type) if isinstance(match_type, str) else texts(match_type),
        min_matches=optional_integer(data.get("min_matches")),
        max_matches=optional_integer(data.get("max_matches")),
        case_sensitive_match=optional_text(case),
    )


def _v4_table(document: Document) -> tuple[str, str | None, str | None, tuple[str, ...]]:
    data = document.data
    filename = text(data.get("filename"))
    listed = data.get("fields_list") or data.get("fields")
    fields = split_list(listed) if isinstance(listed, str) else texts(listed)
    if filename:
        kind = "mlmodel" if filename.endswith(".mlmodel") else "csv"
        return kind, beside(document, filename), None, fields
    collection = optional_text(data.get("collection"))
    return ("kvstore" if collection is not None else "csv"), None, collection, fields


def _newer_table(document: Document) -> tuple[str, str | None, str | None, tuple[str, ...]]:
    data = document.data
    folder = "/" + document.path.rpartition("/")[0] + "/"
    kind = text(data.get("lookup_type")).lower()
    if kind not in ("csv", "kvstore", "mlmodel"):
        kind = "kvstore" if "/kvstore/" in folder or ("fields" in data and "/csv/" not in folder) else "csv"
    fields = texts(data.get("fields"))
    if kind == "kvstore":
        return kind, None, text(data.get("name")), fields
    return kind, beside(document, f"{document.stem}.{kind}"), None, fields


def beside(document: Document, filename: str) -> str:
    """Return the path of a file in the document's folder; separators in the name are kept, for a rule to refuse."""
    folder, slash, _ = document.path.rpartition("/")
    return f"{folder}{slash}{filename}"


def split_list(value: str) -> tuple[str, ...]:
    """Return the entries of a text that is a list with commas."""
    return tuple(part for part in (piece.strip() for piece in value.split(",")) if part)


def _story(document: Document) -> Story:
    data = document.data
    tags = _tags(document)
    return Story(
        **shared(document),
        narrative=text(data.get("narrative")),
        category=texts(tags.get("category")),
        product=texts(tags.get("product")),
        usecase=text(tags.get("usecase")),
        cve=texts(tags.get("cve")),
        group=texts(tags.get("threat_group") if document.dialect is Dialect.NATIVE else tags.get("group")),
    )


def _tags(document: Document) -> Mapping[str, Any]:
    """Return where the dialect keeps its classification: below `tags`, or at the top."""
    return document.data if document.dialect is Dialect.NATIVE else mapping(document.data.get("tags"))


def _baseline(document: Document) -> Baseline:
    data = document.data
    tags = _tags(document)
    deployment, schedule = inline_deployment(document)
    return Baseline(
        **shared(document),
        type=text(data.get("type"), "Baseline"),
        search=text(data.get("search")),
        how_to_implement=text(data.get("how_to_implement")),
        known_false_positives=text(data.get("known_false_positives")),
        data_source=texts(data.get("data_source")),
        datamodels=texts(data.get("datamodel")),
        deployment=deployment,
        schedule=schedule,
        analytic_story=texts(tags.get("analytic_story")),
        detections=texts(tags.get("detections")),
        product=texts(tags.get("product")),
        security_domain=text(tags.get("security_domain")),
        required_fields=texts(tags.get("required_fields")),
        tests=tests_of(data.get("tests")),
        legacy=legacy_of(data.get("legacy")) if document.dialect is Dialect.NATIVE else None,
    )


def _investigation(document: Document) -> Investigation:
    data = document.data
    tags = _tags(document)
    return Investigation(
        **shared(document),
        search=text(data.get("search")),
        how_to_implement=text(data.get("how_to_implement")),
        known_false_positives=text(data.get("known_false_positives")),
        datamodels=texts(data.get("datamodel")),
        analytic_story=texts(tags.get("analytic_story")),
        product=texts(tags.get("product")),
        security_domain=text(tags.get("security_domain")),
        required_fields=texts(tags.get("required_fields")),
    )


def _data_source(document: Document) -> DataSource:
    data = document.data
    addons = tuple(
        TechnologyAddon(name=text(entry.get("name")), version=text(entry.get("version")), url=text(entry.get("url")))
        for _, entry in mappings(data.get("supported_TA"))
    )
    return DataSource(
        **shared(document),
        source=text(data.get("source")),
        sourcetype=text(data.get("sourcetype")),
        separator=optional_text(data.get("separator")),
        separator_value=optional_text(data.get("separator_value")),
        configuration=optional_text(data.get("configuration")),
        supported_ta=addons,
        fields=texts(data.get("fields")),
        output_fields=texts(data.get("output_fields")),
        mitre_components=texts(data.get("mitre_components")),
    )


def _dashboard(document: Document) -> Dashboard:
    data = document.data
    return Dashboard(
        **shared(document),
        json_path=beside(document, f"{document.stem}.json"),
        theme=text(data.get("theme"), "light") or "light",
        j2_template=optional_text(data.get("j2_template")),
    )


def _deployment(document: Document) -> Deployment:
    data = document.data
    native = document.dialect is Dialect.NATIVE
    actions = AlertActions() if native else alert_actions(data.get("alert_action"))
    return Deployment(
        **shared(document),
        type="" if native else text(data.get("type")),
        scheduling=scheduling(data, ()) if native else scheduling(data.get("scheduling"), ("scheduling",)),
        actions=actions,
    )


def _playbook(document: Document) -> Playbook:
    data = document.data
    tags = _tags(document)
    return Playbook(
        **shared(document),
        type=text(data.get("type")),
        playbook=text(data.get("playbook")),
        how_to_implement=text(data.get("how_to_implement")),
        detections=texts(tags.get("detections")),
        analytic_story=texts(tags.get("analytic_story")),
    )


def _removed(document: Document) -> Removed:
    """Read removed content. What it was follows from its folder, else from its keys."""
    data = document.data
    parts = document.path.split("/")[1:-1]
    kind = next((part for part in parts if part in _SECTIONS), "")
    if not kind:
        kind = (
            "stories"
            if "narrative" in data
            else {"Baseline": "baselines", "Investigation": "investigations"}.get(
                text(data.get("type")), "detections" if "search" in data else ""
            )
        )
    return Removed(**shared(document, status="removed"), content_kind=kind)


_BUILDERS: Final[Mapping[Kind, Callable[[Document], ContentObject]]] = {
    Kind.DETECTION: detection,
    Kind.MACRO: _macro,
    Kind.LOOKUP: _lookup,
    Kind.STORY: _story,
    Kind.BASELINE: _baseline,
    Kind.INVESTIGATION: _investigation,
    Kind.DATA_SOURCE: _data_source,
    Kind.DASHBOARD: _dashboard,
    Kind.DEPLOYMENT: _deployment,
    Kind.PLAYBOOK: _playbook,
    Kind.REMOVED: _removed,
}
