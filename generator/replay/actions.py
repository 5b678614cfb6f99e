"""The risk and notable events that Enterprise Security would write for a result, by the settings of the app's saved search.

Read from the rendered `savedsearches.conf`, so that what is judged is what ships:

- `action.risk`: one risk event for each row and each entry of `action.risk.param._risk` with a `risk_object_field` that has a value
  there (one for each value of a multivalue field); the entries with a `threat_object_field` give its threat objects. The message is
  the entry's `risk_message`, else `action.risk.param._risk_message`.
- `action.notable`: one notable for each row, its title from `action.notable.param.rule_title`, its entity from `_entities`.

`$field$` in a message becomes the field's value in the row, several values with a comma between; a field that the row
lacks leaves the token as it is. Settings that Enterprise Security could not read are refused. Left out on purpose: throttling (a test is a first run),
risk factors, asset and identity lookups.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from generator.base.diagnostics import BackendError
from generator.base.frozen import dataclass
from generator.knowledge.conf import is_true

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from generator.backends.base import Row

_TOKEN = re.compile(r"\$(?:result\.)?([^$\s]+)\$")
_WIDE_TOKEN = re.compile(r"\$(?:result\.)?([^$\s][^$]*\s[^$]*)\$")
"""A token of a field whose name has blanks; `$5 of $` in a sentence looks the same, so only the fields of the row count."""
_RISK = "action.risk.param._risk"
_ENTITIES = "action.notable.param._entities"
_ANNOTATIONS = "action.correlationsearch.annotations"


@dataclass(frozen=True, slots=True)
class RiskEvent:
    """A risk event: what gets risk, how much and why. `threats` are (type, value), `row` is the result it comes from."""

    object: str
    type: str
    score: int
    message: str
    field: str = ""
    threats: tuple[tuple[str, str], ...] = ()
    row: int = 0


@dataclass(frozen=True, slots=True)
class Notable:
    """A notable: title, and the entity with its score (empty and None where the settings name none)."""

    title: str
    object: str = ""
    type: str = ""
    score: int | None = None
    row: int = 0


@dataclass(frozen=True, slots=True)
class RiskSettings:
    """What the risk action of a saved search says: (field, type, score, message) of objects, (field, type) of threats."""

    objects: tuple[tuple[str, str, int, str], ...] = ()
    threats: tuple[tuple[str, str], ...] = ()


def risk_settings(settings: Mapping[str, str]) -> RiskSettings:
    """Read the risk action of a saved search; nothing where it has none.

    Raises:
        BackendError: it is no list of JSON objects, or a score is no number.
    """
    if not is_true(settings.get("action.risk", "")):
        return RiskSettings()
    message = settings.get("action.risk.param._risk_message", "")
    objects, threats = [], []
    for entry in _entries(settings, _RISK):
        if "risk_object_field" in entry:
            objects.append(
                (
                    str(entry["risk_object_field"]),
                    str(entry.get("risk_object_type", "")),
                    _score(entry, _RISK) or 0,
                    str(entry.get("risk_message") or message),
                )
            )
        elif "threat_object_field" in entry:
            threats.append((str(entry["threat_object_field"]), str(entry.get("threat_object_type", ""))))
    return RiskSettings(tuple(objects), tuple(threats))


def risk_events(settings: Mapping[str, str], rows: Iterable[Row]) -> tuple[RiskEvent, ...]:
    """Return the risk events that a saved search would write for its rows. Raises as `risk_settings`."""
    action = risk_settings(settings)
    return tuple(_risk(action, rows))


def _risk(action: RiskSettings, rows: Iterable[Row]) -> Iterator[RiskEvent]:
    for number, row in enumerate(rows):
        threats = tuple((kind, value) for name, kind in action.threats for value in values(row, name))
        for name, kind, score, message in action.objects:
            for value in values(row, name):
                yield RiskEvent(value, kind, score, resolved(message, row), name, threats, number)


def notables(settings: Mapping[str, str], rows: Iterable[Row]) -> tuple[Notable, ...]:
    """Return the notables that a saved search would raise for its rows.

    Raises:
        BackendError: the entities are no list of JSON objects, or a score is no number.
    """
    if not is_true(settings.get("action.notable", "")):
        return ()
    title = settings.get("action.notable.param.rule_title", "")
    entity = next(
        (entry for entry in _entries(settings, _ENTITIES) if str(entry.get("risk_object_field", "N/A")) != "N/A"),
        {},
    )
    field = str(entity.get("risk_object_field", ""))
    return tuple(
        Notable(
            resolved(title, row),
            ", ".join(values(row, field)),
            str(entity.get("risk_object_type", "")),
            _score(entity, _ENTITIES),
            number,
        )
        for number, row in enumerate(rows)
    )


def resolved(message: str, row: Row) -> str:
    """Return a message with its tokens filled in from a row."""

    def value(token: re.Match[str]) -> str:
        found = values(row, token[1])
        return ", ".join(found) if found else token[0]

    parts = []
    place = 0
    while (at := message.find("$", place)) >= 0:
        token = _TOKEN.match(message, at)
        if token is None:
            token = _WIDE_TOKEN.match(message, at)
            if token is not None and not values(row, token[1]):
                token = None
        parts.append(message[place:at])
        parts.append("$" if token is None else value(token))
        place = at + 1 if token is None else token.end()
    return "".join((*parts, message[place:]))


def unresolved(message: str) -> list[str]:
    """Return the tokens that are left in a message."""
    return [token[0] for token in _TOKEN.finditer(message)]


def values(row: Row, field: str) -> list[str]:
    """Return the values of a field that are not empty (the text `null` is what Splunk writes for nothing)."""
    cell = row.get(field, [])
    found = [cell] if isinstance(cell, str) else cell
    return [value for value in found if value.strip() and value != "null"]


def _entries(settings: Mapping[str, str], key: str) -> list[dict[str, Any]]:
    """Return the objects of a setting, none where it is absent or empty."""
    found = _json(settings, key, "[]")
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise BackendError(f"`{key}` of the saved search is no list of JSON objects")
    return found


def _json(settings: Mapping[str, str], key: str, default: str) -> Any:  # noqa: ANN401 - any JSON
    try:
        return json.loads(settings.get(key, "").strip() or default)
    except (ValueError, RecursionError) as error:
        raise BackendError(f"`{key}` of the saved search is no JSON: {error}") from error


def _score(entry: Mapping[str, Any], key: str) -> int | None:
    """Return the score of an entry as whole number, None where it has none."""
    given = entry.get("risk_score")
    if given is None or given == "":
        return None
    try:
        return int(float(given))
    except (TypeError, ValueError, OverflowError) as error:
        raise BackendError(f"`{key}` of the saved search has a `risk_score` that is no number: {given!r}") from error


def stash(
    name: str,
    settings: Mapping[str, str],
    events: Iterable[RiskEvent],
    rows: tuple[Row, ...],
    *,
    time: float,
    tactics: Mapping[str, tuple[str, ...]],
) -> bytes:
    """Return risk events as the text of the risk index, one a line: what the data model Risk reads.

    `name` is the saved search, `time` when they are written (seconds since 1970), `tactics` are tactic ids by technique id. The
    fields of the result follow those of the risk event.

    Raises:
        BackendError: the annotations are no JSON object.
    """
    annotations = _annotations(settings)
    techniques = annotations.get("mitre_attack", [])
    shared: list[tuple[str, str]] = [("search_name", name)]
    shared += [("analyticstories", story) for story in annotations.get("analytic_story", [])]
    for key, found in annotations.items():
        shared += [(f"annotations.{key}", value) for value in found]
    shared += [("annotations.mitre_attack.mitre_technique_id", technique) for technique in techniques]
    known = dict.fromkeys(tactic for technique in techniques for tactic in tactics.get(technique, ()))
    shared += [("annotations.mitre_attack.mitre_tactic_id", tactic) for tactic in known]
    lines = []
    for event in events:
        pairs = [
            *shared,
            ("risk_message", event.message),
            ("risk_object", event.object),
            ("risk_object_type", event.type),
            ("risk_score", f"{event.score}.0"),
            ("calculated_risk_score", f"{event.score}.0"),
            *(("threat_object", value) for _, value in event.threats),
            *(("threat_object_type", kind) for kind, _ in event.threats),
        ]
        taken = {key for key, _ in pairs}
        for key in rows[event.row]:
            if key not in taken and not key.startswith("_"):
                pairs += [(key, value) for value in values(rows[event.row], key)]
        lines.append(", ".join([f"{time:.3f}", *(f'{key}="{_quoted(value)}"' for key, value in pairs)]))
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")


def _annotations(settings: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the annotations that are lists: those of frameworks, which the risk index has as fields."""
    found = _json(settings, _ANNOTATIONS, "{}")
    if not isinstance(found, dict):
        raise BackendError(f"`{_ANNOTATIONS}` of the saved search is no JSON object")
    return {str(key): [str(one) for one in value] for key, value in found.items() if isinstance(value, list)}


def _quoted(value: str) -> str:
    """Return a value that stays inside its quotes and on its line."""
    return re.sub(r"\s*[\r\n]+\s*", " ", value).replace("\\", "\\\\").replace('"', '\\"')
