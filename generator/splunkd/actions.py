"""What a dispatched saved search does with its rows: events in the indexes `risk` and `notable`, as Enterprise Security writes them.

A row gives one risk event for each object of `action.risk.param._risk` whose field it has (a threat object goes along with
every one of them), and one notable event. `$field$` in messages, titles and descriptions is replaced by the row's value. The
condition of the alert (`counttype`, `relation`, `quantity`) decides whether anything happens at all.

Left out on purpose: e-mail, scripts, webhooks, summary indexing: such an action is named in the job's messages and not run.
Rows that `generator.splunkd.suppression` holds back take no part; the condition counts all rows, since it is looked at before.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from generator.base.diagnostics import GeneratorError
from generator.base.frozen import dataclass
from generator.engine.ingest import ReadyEvent
from generator.engine.values import elements, number_of
from generator.splunkd.call import is_true
from generator.splunkd.results import result_rows
from generator.splunkd.suppression import rule_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from generator.engine.values import Value
    from generator.splunkd.confs import ConfObject
    from generator.splunkd.instance import Instance
    from generator.splunkd.jobs import Job
    from generator.splunkd.results import Row

_TOKEN = re.compile(r"\$([^$\s]+)\$")
_RELATIONS: dict[str, Callable[[float, float], bool]] = {
    "greater than": lambda count, quantity: count > quantity,
    "less than": lambda count, quantity: count < quantity,
    "equal to": lambda count, quantity: count == quantity,
    "not equal to": lambda count, quantity: count != quantity,
}
_SEVERITY = {"informational": 1, "low": 2, "medium": 3, "high": 4, "critical": 5}
_DONE = ("risk", "notable")
_ACTION = re.compile(r"action\.(\w+)")
_NOT_COPIED = frozenset({"index", "source", "sourcetype", "host", "splunk_server", "linecount", "eventtype", "tag"})


@dataclass(frozen=True, slots=True)
class Fired:
    """One run of a saved search's actions; `count` is the number of its rows."""

    search: str
    sid: str
    time: float
    count: int
    actions: tuple[str, ...]
    severity: int
    owner: str
    app: str


async def run_actions(instance: Instance, found: ConfObject, settings: Mapping[str, str], job: Job) -> Fired | None:
    """Do what a saved search asks for with the rows of its job; return None where its condition does not hold or all is held back.

    `settings` are those of `found` with what the request gave in their place.

    Raises:
        GeneratorError: an action's settings cannot be read, or its events cannot be written.
    """
    outcome = job.outcome
    if outcome is None or not holds(settings, outcome.total):
        return None
    name = found.name
    rows, total = result_rows(outcome.table, outcome.table.names()), outcome.total
    rule = rule_of(settings)
    if rule is not None:
        acting = instance.suppressions.acting(found, rule, rows)
        if len(acting) < len(rows):
            held = f"{len(rows) - len(acting)} of {len(rows)} rows" if acting else "all rows"
            job.told.append(("INFO", f"Suppression holds back the actions of {held} (alert.suppress)."))
        if rows and not acting:
            return None
        rows = [rows[number] for number in acting]
        total = len(rows) if rule.fields else total
    events: list[ReadyEvent] = []
    done: list[str] = []
    now = instance.clock()
    known = instance.indexes()
    severity = number_of(settings.get("alert.severity", "") or "3")
    if severity is None:
        raise GeneratorError(f"The setting `alert.severity` is no number: {settings['alert.severity']}")
    job.told += [
        ("WARN", f"The action '{action}' is not done by this server.")
        for action in _asked(settings)
        if action not in _DONE
    ]
    for action in _DONE:
        if is_true(settings.get(f"action.{action}")):
            if action not in known:
                raise GeneratorError(
                    f"The index '{action}' is disabled or gone, so the action {action} cannot write to it."
                )
            make = risk_events if action == "risk" else notable_events
            events += make(name, settings, rows, job, now)
            done.append(action)
    if events:
        await instance.searcher.index_ready(events)
    if rule is not None:
        instance.suppressions.note(found, rule, rows)
    return Fired(
        name,
        job.sid,
        now,
        total,
        tuple(done),
        int(severity),
        job.query.user,
        job.app,
    )


def _asked(settings: Mapping[str, str]) -> list[str]:
    """Return the actions that are switched on."""
    return sorted(found[1] for key, value in settings.items() if (found := _ACTION.fullmatch(key)) and is_true(value))


def holds(settings: Mapping[str, str], count: int) -> bool:
    """Whether the condition of an alert holds for a number of rows.

    Raises:
        GeneratorError: the condition is of a kind that is not known here.
    """
    kind = settings.get("counttype", "").strip().lower()
    if kind in {"", "always"}:
        return count > 0
    relation = _RELATIONS.get(settings.get("relation", "").strip().lower())
    quantity = number_of(settings.get("quantity", ""))
    if kind != "number of events" or relation is None or quantity is None:
        shown = f"{kind} {settings.get('relation', '')} {settings.get('quantity', '')}"
        raise GeneratorError(f"The alert condition `{shown}` is not supported by this server.")
    return bool(relation(count, quantity))


def filled(text: str, row: Row) -> str:
    """Return a text with its `$field$` tokens replaced; one whose field the row lacks stays."""

    def value(match: re.Match[str]) -> str:
        found = row.get(match[1].removeprefix("result."))
        if found is None:
            return match[0]
        return ", ".join(found) if isinstance(found, list) else found

    return _TOKEN.sub(value, text)


def noted_annotations(settings: Mapping[str, str]) -> dict[str, Value]:
    """Return `annotations.<framework>` and `analyticstories` of a saved search.

    Raises:
        GeneratorError: the setting is no JSON object.
    """
    text = settings.get("action.correlationsearch.annotations", "")
    found: dict[str, Value] = {}
    for key, value in (_json(text, "action.correlationsearch.annotations", dict) if text.strip() else {}).items():
        values = tuple(str(one) for one in (value if isinstance(value, list) else [value]))
        made: Value = values if len(values) > 1 else values[0] if values else None
        found["analyticstories" if key == "analytic_story" else f"annotations.{key}"] = made
    return found


def risk_events(name: str, settings: Mapping[str, str], rows: list[Row], job: Job, now: float) -> Iterator[ReadyEvent]:
    """Yield the risk events of a job's rows.

    Raises:
        GeneratorError: `action.risk.param._risk` cannot be read.
    """
    objects = _json(settings.get("action.risk.param._risk", "[]"), "action.risk.param._risk", list)
    message = settings.get("action.risk.param._risk_message", "")
    noted = noted_annotations(settings)
    for row in rows:
        threats = [
            (value, str(one.get("threat_object_type", "")))
            for one in objects
            if "threat_object_field" in one
            for value in _values(row, str(one["threat_object_field"]))
        ]
        for one in objects:
            if "risk_object_field" not in one:
                continue
            field = str(one["risk_object_field"])
            for value in _values(row, field):
                fields: dict[str, Value] = {
                    **_copied(row),
                    **noted,
                    "search_name": name,
                    "orig_sid": job.sid,
                    "risk_object": value,
                    "risk_object_field": field,
                    "risk_object_type": str(one.get("risk_object_type", "other")),
                    "risk_score": number_of(str(one.get("risk_score", 0))) or 0,
                    "risk_message": filled(message, row),
                    "contributing_events_search": f'| savedsearch "{name}" | search {field}="{value}"',
                }
                if threats:
                    fields["threat_object"] = _several([threat for threat, _ in threats])
                    fields["threat_object_type"] = _several([kind for _, kind in threats])
                yield _event("risk", name, fields, now)


def notable_events(
    name: str, settings: Mapping[str, str], rows: list[Row], job: Job, now: float
) -> Iterator[ReadyEvent]:
    """Yield the notable events of a job's rows.

    Raises:
        GeneratorError: the annotations cannot be read.
    """
    begin = "action.notable.param."
    noted = noted_annotations(settings)
    for row in rows:
        fields: dict[str, Value] = {**_copied(row), **noted, "search_name": name, "orig_sid": job.sid}
        for key in ("rule_title", "rule_description", "security_domain", "severity", "default_owner", "default_status"):
            if text := settings.get(begin + key, ""):
                fields[key] = filled(text, row)
        fields["urgency"] = fields.get("severity", "medium")
        yield _event("notable", name, fields, now)


def _copied(row: Row) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for key, value in row.items():
        if key == "_time":
            found["orig_time"] = value if isinstance(value, str) else _several(value)
        elif not key.startswith("_") and key not in _NOT_COPIED and not key.startswith("tag::"):
            found[key] = value if isinstance(value, str) else _several(value)
    return found


def _several(values: list[str]) -> Value:
    kept = tuple(dict.fromkeys(values))
    return kept if len(kept) > 1 else kept[0] if kept else None


def _values(row: Row, field: str) -> list[str]:
    value = row.get(field)
    if value is None:
        return []
    return [one for one in (value if isinstance(value, list) else [value]) if one]


def _event(index: str, name: str, fields: dict[str, Value], now: float) -> ReadyEvent:
    shown = []
    for key, value in fields.items():
        for one in elements(value):
            text = str(one).replace("\\", "\\\\").replace('"', '\\"')
            shown.append(f'{key}="{text}"')
    return ReadyEvent(
        raw=f"{now:.0f}, " + ", ".join(shown),
        sourcetype="stash",
        source=name,
        host="localhost",
        index=index,
        time=now,
        fields=fields,
    )


def _json(text: str, key: str, kind: type) -> Any:  # noqa: ANN401 - JSON
    try:
        found = json.loads(text)
    except ValueError as error:
        raise GeneratorError(f"The setting `{key}` is no JSON: {error}") from error
    fits = isinstance(found, dict) if kind is dict else _is_list_of_objects(found)
    if not fits:
        raise GeneratorError(f"The setting `{key}` does not hold what it should: {text[:100]}")
    return found


def _is_list_of_objects(value: Any) -> bool:  # noqa: ANN401 - JSON
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)
