"""One detection becomes its page: front matter, texts, ATT&CK and frameworks, search, uses, risk, tests.

All values are escaped here; `templates/docs/detection.md.j2` only lays them out. Sections that an older file cannot have
(finding, drilldowns, ...) appear when a newer one has them, and the other way round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.content.model import Dialect
from generator.render.docs import facts
from generator.render.docs.escape import code, fenced, inline, link, plain, prose, slug, yaml_path, yaml_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from generator.content.model import AttackData, Detection, Drilldown, InlineEvents, Lookup, Macro, Risk, Test
    from generator.render.docs.links import Links


@dataclass(frozen=True, slots=True)
class Entry:
    """What the other pages show of a detection. `path` is the page's file, `permalink` its path in the site."""

    detection: Detection
    path: str
    permalink: str
    techniques: tuple[facts.TechniqueRow, ...]
    tactics: tuple[str, ...]
    datamodels: tuple[str, ...]
    kill_chain: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PackIndex:
    """What pages look up in the pack, by name. `required_fields` are those that analysis found, by file path."""

    macros: Mapping[str, Macro]
    lookups: Mapping[str, Lookup]
    required_fields: Mapping[str, tuple[str, ...]]


def detection_values(entry: Entry, index: PackIndex, links: Links, *, try_link: str) -> dict[str, object]:
    """Return what the page's template shows, escaped."""
    detection = entry.detection
    uses = facts.search_uses(detection.search, index.macros, index.lookups)
    date = detection.modification_date.isoformat() if detection.modification_date else ""
    # v3 and v4 files list the fields themselves (an empty list is an answer); newer ones have no such key.
    listed = detection.document.dialect in {Dialect.V3, Dialect.V4}
    needed = detection.required_fields if listed else index.required_fields.get(detection.path, ())
    return {
        "title": yaml_text(detection.name),
        "excerpt": yaml_text(", ".join(row.name for row in entry.techniques if row.name)),
        "category": yaml_text(facts.category(detection).capitalize()),
        "date": date,
        "tags": [yaml_text(tag) for tag in _tags(entry)],
        "redirect_from": yaml_path(f"{slug(facts.category(detection))}/{slug(detection.name)}/"),
        "permalink": yaml_path(entry.permalink),
        "experimental": facts.is_experimental(detection),
        "deprecated": facts.is_deprecated(detection),
        "deprecation": _deprecation(detection),
        "try_link": try_link,
        "description": prose(detection.description),
        "explanation": _explanation(detection),
        "type": links.type(detection.type) if detection.type else "",
        "product": ", ".join(map(plain, detection.product)),
        "datamodels": ", ".join(map(links.datamodel, entry.datamodels)),
        "data_sources": ", ".join(map(plain, detection.data_source)),
        "throttling": _throttling(detection),
        "created": _created(detection),
        "author": plain(detection.author),
        "id": plain(detection.id),
        "techniques": [
            (
                links.technique(row.id),
                inline(row.name) or "*not in this version of ATT&CK*",
                plain(", ".join(row.tactics)),
            )
            for row in entry.techniques
        ],
        "kill_chain": list(map(plain, entry.kill_chain)),
        "nist": facts.nist(detection),
        "cis": facts.cis(detection),
        "cves": list(map(links.cve, detection.cve)),
        "search": fenced(detection.search),
        "macros": [links.macro(index.macros[name]) for name in uses.macros],
        "filters": list(map(plain, uses.filters)),
        "lookups": [links.lookup(index.lookups[name]) for name in uses.lookups],
        "required_fields": _once(needed, plain),
        "how_to_implement": prose(detection.how_to_implement),
        "known_false_positives": prose(detection.known_false_positives),
        "stories": list(map(links.story, detection.analytic_story)),
        "risk": _written_risk(detection),
        "observables": [
            (plain(item.name), plain(item.type), plain(", ".join(item.roles))) for item in detection.observables
        ],
        "risk_message": _risk_message(detection),
        "risk_objects": _risk_objects(detection.risk) if _has_risk_objects(detection) else [],
        "finding": _finding(detection),
        "threats": _threats(detection),
        "drilldowns": list(map(_drilldown, detection.drilldowns)),
        "references": [link(text, text) if _is_web(text) else inline(text) for text in detection.references],
        "datasets": _datasets(detection),
        "tests": list(map(_test, detection.tests)),
        "source": links.source(detection.path),
        "version": detection.version,
    }


def _tags(entry: Entry) -> Iterable[str]:
    # Each technique is followed by its tactics, so that a tactic is there as often as techniques have it.
    for row in entry.techniques:
        yield row.name or row.id
        yield from row.tactics
    yield from entry.detection.product
    yield from entry.detection.cve
    yield from entry.datamodels


def _deprecation(detection: Detection) -> str:
    known = detection.deprecation
    if known is None:
        return ""
    parts: list[str] = []
    if known.reason:
        parts.append(inline(known.reason))
    if known.removed_in_version:
        parts.append(f"It leaves the app in version {plain(known.removed_in_version)}.")
    if known.replacement_content:
        parts.append(f"Use instead: {', '.join(map(plain, known.replacement_content))}.")
    return " ".join(parts)


def _explanation(detection: Detection) -> str:
    # The loader of v5 fills a missing explanation with the description.
    text = detection.explanation
    return prose(text) if text and text != detection.description else ""


def _created(detection: Detection) -> str:
    # Older files have one date, which fills both.
    known = detection.creation_date
    return known.isoformat() if known and known != detection.modification_date else ""


def _throttling(detection: Detection) -> str:
    known = detection.throttling
    return f"{plain(known.period)} by {', '.join(map(plain, known.fields))}" if known else ""


def _written_risk(detection: Detection) -> tuple[str, str, str, str] | None:
    """Return the row of the RBA table of older files: score, impact, confidence, message; None without observables."""
    risk = detection.risk
    if not detection.observables or risk.impact is None or risk.confidence is None:
        return None
    return (str(risk.impact * risk.confidence / 100), str(risk.impact), str(risk.confidence), inline(risk.message))


def _has_risk_objects(detection: Detection) -> bool:
    return bool(detection.risk.objects) and detection.document.dialect in {Dialect.V5, Dialect.NATIVE}


def _risk_message(detection: Detection) -> str:
    # Native files have a message for each object, which the table shows.
    if detection.document.dialect is Dialect.NATIVE or not _has_risk_objects(detection):
        return ""
    return inline(detection.risk.message)


def _risk_objects(risk: Risk) -> list[tuple[str, str, int, str]]:
    return [(plain(item.field), plain(item.type), item.score, inline(item.message or "")) for item in risk.objects]


def _finding(detection: Detection) -> tuple[str, str, str, int] | None:
    known = detection.finding
    if known is None:
        return None
    return (inline(known.title), plain(known.entity.field), plain(known.entity.type), known.entity.score)


def _threats(detection: Detection) -> list[tuple[str, str]]:
    # Older files name them among the observables, which have a table of their own.
    if detection.observables:
        return []
    return [(plain(item.field), plain(item.type)) for item in detection.risk.threats]


def _drilldown(item: Drilldown) -> tuple[str, str, str, str]:
    return (
        inline(item.name),
        fenced(item.search),
        code(item.earliest_offset) if item.earliest_offset is not None else "",
        code(item.latest_offset) if item.latest_offset is not None else "",
    )


def _datasets(detection: Detection) -> list[str]:
    names = [
        *detection.datasets,
        *(item.data for test in detection.tests for item in (*test.attack_data, *test.benign_data)),
    ]
    return _once(names, lambda name: link(name, name) if _is_web(name) else plain(name))


def _test(test: Test) -> tuple[str, str, str]:
    events = [*map(_events, test.attack_data), *map(_events, test.events)]
    harmless = [f"harmless: {_events(item)}" for item in test.benign_data]
    listed = [*filter(None, events), *harmless]
    description = test.description.rstrip().removesuffix(".") if listed else test.description
    return (inline(test.name), plain(test.type), "; ".join(filter(None, [inline(description), *listed])))


def _events(item: AttackData | InlineEvents) -> str:
    parts = [("sourcetype", item.sourcetype), ("source", item.source), ("index", item.index), ("host", item.host)]
    return ", ".join(f"{key} {code(value)}" for key, value in parts if value)


def _is_web(text: str) -> bool:
    return text.lower().startswith(("https://", "http://"))


def _once(names: Sequence[str], show: Callable[[str], str]) -> list[str]:
    return [show(name) for name in dict.fromkeys(name.strip() for name in names)]
