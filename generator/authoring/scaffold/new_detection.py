"""A new detection from a name and what it searches: valid at once, and nothing claimed that is not so.

It begins as `experimental`: without a test nobody knows that it fires. The start of the search comes from the data
source: the macro that the pack's other detections of that source begin with, else its source and sourcetype.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from generator.authoring.native import (
    DOMAINS,
    MAX_NAME,
    PRODUCTS,
    TYPES,
    asset_types,
    detection_path,
    entity_type,
    native_text,
)
from generator.authoring.risk import findings
from generator.base.diagnostics import ConfigError, did_you_mean
from generator.base.frozen import dataclass
from generator.content.model import RiskObject
from generator.content.names import file_stem
from generator.content.schema import load_schema

if TYPE_CHECKING:
    import datetime
    import uuid
    from collections.abc import Callable, Iterable

    from generator.content.model import DataSource, Pack

_FIRST_MACRO: Final = re.compile(r"\A\s*(`[^`]+`)")
_FIELDS: Final[tuple[str, ...]] = ("dest", "user", "src", "host", "process_name")
_SCORE: Final = 50
_HEAD: Final = "Next: narrow the search, then add `tests` with attack data (`contentpack test` replays it) and set `status: production`."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person says of the new detection. Empty values are filled with what the pack or the type suggests."""

    name: str
    type: str = "TTP"
    description: str = ""
    data_source: str = ""
    category: str = "endpoint"
    security_domain: str = ""
    asset_type: str = "Endpoint"
    techniques: tuple[str, ...] = ()
    story: str = ""
    author: str = ""


def categories() -> tuple[str, ...]:
    """Return the folders that a native detection may lie in, without the one for deprecated content."""
    found = load_schema("detection.native")["properties"]["category"]["enum"]
    return tuple(name for name in found if name != "deprecated")


def new_detection(
    pack: Pack,
    wanted: Wanted,
    *,
    today: datetime.date,
    new_id: Callable[[], uuid.UUID],
    known_techniques: Iterable[str] = (),
) -> dict[str, str]:
    """Return path and text of the new files: the detection, and its story where the pack has none of that name.

    Raises:
        ConfigError: a value is none that the pack or the native dialect knows, or the name is taken.
    """
    name = " ".join(wanted.name.split())
    _check(pack, wanted, name, frozenset(known_techniques))
    source = next((source for source in pack.data_sources if source.name == wanted.data_source), None)
    start, fields = _start(pack, source)
    story = wanted.story or _usual_story(pack) or f"{name} Story"
    entity = next((field for field in fields if field in ("dest", "host")), fields[0])
    risk = RiskObject(field=entity, type=entity_type(entity), score=_SCORE)
    by = " ".join(fields)
    search = (
        f"{start}\n| stats count min(_time) as firstTime max(_time) as lastTime by {by}\n| `{file_stem(name)}_filter`"
    )
    values: dict[str, Any] = {
        "name": name,
        "id": str(new_id()),
        "version": 1,
        "creation_date": today.isoformat(),
        "modification_date": today.isoformat(),
        "author": wanted.author or pack.config.app.author_name or "unknown",
        "status": "experimental",
        "type": wanted.type,
        "description": wanted.description or f"{name}.",
        "data_source": [wanted.data_source] if wanted.data_source else [],
        "search": search,
        "how_to_implement": f"Collect {wanted.data_source or 'the events that the search reads'}.",
        "known_false_positives": "None are known yet.",
        "references": [],
        "analytic_story": [story],
        "asset_type": wanted.asset_type,
        "mitre_attack_id": list(wanted.techniques),
        "product": list(PRODUCTS),
        "category": wanted.category,
        "security_domain": wanted.security_domain or _domain(wanted.category),
        **findings(wanted.type, [risk], f"{name} on ${entity}$"),
    }
    files = {detection_path(name, wanted.category): native_text(values, [_HEAD])}
    if all(known.name != story for known in pack.stories):
        files[f"stories/{file_stem(story)}.yml"] = native_text(_story(story, name, values["author"], today, new_id))
    return files


def _check(pack: Pack, wanted: Wanted, name: str, known_techniques: frozenset[str]) -> None:
    if not name or not name.isprintable() or len(name) > MAX_NAME:
        raise ConfigError(f"the name must have 1 to {MAX_NAME} characters that can be printed")
    if not re.search(r"[A-Za-z0-9]", name) or any(character in name for character in '\\[]<>:"|?*`$'):
        raise ConfigError(
            f"`{name}` cannot be the name of a saved search and a file: use letters, digits, blanks, `-`, `.` and `_`"
        )
    for what, value, known in (
        ("type", wanted.type, TYPES),
        ("category", wanted.category, categories()),
        ("security domain", wanted.security_domain or DOMAINS[0], DOMAINS),
        ("asset type", wanted.asset_type, asset_types()),
    ):
        if value not in known:
            raise ConfigError(f"`{value}` is no {what}: {did_you_mean(value, known) or 'one of ' + ', '.join(known)}")
    sources = [source.name for source in pack.data_sources]
    if wanted.data_source and wanted.data_source not in sources:
        hint = did_you_mean(wanted.data_source, sources) or "the pack's are files of data_sources/"
        raise ConfigError(f"the pack has no data source `{wanted.data_source}`: {hint}")
    for technique in wanted.techniques:
        if known_techniques and technique not in known_techniques:
            raise ConfigError(
                f"ATT&CK has no technique `{technique}`: {did_you_mean(technique, known_techniques) or ''}".rstrip(": ")
            )
    path = detection_path(name, wanted.category)
    for other in pack.detections:
        if other.name == name or other.document.stem == path.rpartition("/")[2].removesuffix(".yml"):
            raise ConfigError(f"there is a detection of that name already: {other.path}")


def _start(pack: Pack, source: DataSource | None) -> tuple[str, list[str]]:
    """Return how the search begins, and the fields that it groups by."""
    if source is None:
        return "index=main", ["host"]
    macros = Counter(
        found[1]
        for detection in pack.detections
        if source.name in detection.data_source and (found := _FIRST_MACRO.match(detection.search))
    )
    fields = [field for field in _FIELDS if field in (source.output_fields or source.fields)] or ["host"]
    if macros:
        return macros.most_common(1)[0][0], fields
    parts = [f'sourcetype="{source.sourcetype}"'] if source.sourcetype else []
    if source.source and "*" not in source.source:
        parts.append(f'source="{source.source}"')
    return " ".join(parts) or "index=main", fields


def _usual_story(pack: Pack) -> str:
    """Return the only story of a pack, empty when there are several to choose from."""
    return pack.stories[0].name if len(pack.stories) == 1 else ""


def _domain(category: str) -> str:
    return {"endpoint": "endpoint", "network": "network", "web": "network", "cloud": "threat"}.get(category, "access")


def _story(
    name: str, detection: str, author: str, today: datetime.date, new_id: Callable[[], uuid.UUID]
) -> dict[str, Any]:
    return {
        "name": name,
        "id": str(new_id()),
        "version": 1,
        "creation_date": today.isoformat(),
        "modification_date": today.isoformat(),
        "author": author,
        "status": "production",
        "description": f"Detections around {detection}.",
        "narrative": f"Who attacks, how, and what {detection} and its neighbours look for.",
        "references": [],
        "category": ["Adversary Tactics"],
        "usecase": "Advanced Threat Detection",
        "product": list(PRODUCTS),
    }
