"""Searches over REST: jobs in both versions of the interface, their results in every format, export, and the parser."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from generator.base.diagnostics import GeneratorError, UnsupportedSpl
from generator.engine.errors import SearchError
from generator.engine.values import elements, number_of, text_of
from generator.splunkd.call import ApiError
from generator.splunkd.jobs import Job, entry_of
from generator.splunkd.listing import listed
from generator.splunkd.replies import (
    JSON,
    TEXT,
    XML,
    Reply,
    entry_reply,
    escape,
    feed_reply,
    json_reply,
    message_reply,
    text_reply,
    values_reply,
)
from generator.splunkd.results import FORMATS, KINDS, csv_text, export_lines, formatted, moment, result_rows, xml_text
from generator.splunkd.routing import Route
from generator.splunkd.searcher import Query, Stop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from generator.engine.table import Table
    from generator.spl.ast import Pipeline
    from generator.splunkd.call import Call
    from generator.splunkd.instance import Instance

MAX_ROWS = 50_000
"""Rows of one answer (`[restapi] maxresultrows` of limits.conf); an export has all."""
_CHUNK = 5_000
_SID = re.compile(r"[A-Za-z0-9_.@-]{1,200}")
_REFUSED = ("index_earliest", "index_latest", "workload_pool", "sample_ratio")


# --- making jobs -----------------------------------------------------------------------------------------------------


async def prepared(instance: Instance, call: Call, text: str, *, implied: bool = False) -> tuple[str, Pipeline]:
    """Return a search as the engine takes it, and its tree.

    Raises:
        ApiError: 400 with kind `FATAL`: it is wrong, or the engine cannot run it.
    """
    if not text.strip():
        raise ApiError(400, "Empty search.", "FATAL")
    try:
        return await instance.searcher.prepare(text, call.user, implied=implied)
    except (SearchError, UnsupportedSpl) as error:
        raise ApiError(400, str(error), "FATAL") from error


def bound(text: str) -> str | None:
    """Return one end of a time range, None = open.

    Raises:
        ApiError: 400 for real-time.
    """
    text = text.strip()
    if text.startswith("rt"):
        raise ApiError(400, "Real-time searches are not supported by this server.", "FATAL")
    return text or None


async def query_of(instance: Instance, call: Call, text: str, **changes: Any) -> Query:  # noqa: ANN401 - fields of `Query`
    """Return what a request wants to be searched; in `saved` searches `search` is implied, `now` is a time modifier."""
    if call.get("search_mode", "normal") == "realtime":
        raise ApiError(400, "Real-time searches are not supported by this server.", "FATAL")
    for name in _REFUSED:
        if call.get(name):
            raise ApiError(400, f"The argument '{name}' is not supported by this server.", "FATAL")
    if not call.flag("enable_lookups", default=True):
        raise ApiError(400, "The argument 'enable_lookups' can only be true on this server.", "FATAL")
    ready, _ = await prepared(instance, call, text, implied=changes.pop("saved", False))
    earliest = changes.pop("earliest", None) or bound(call.get("earliest_time"))
    latest = changes.pop("latest", None) or bound(call.get("latest_time"))
    for one in (earliest, latest):
        if one is not None:
            try:
                await instance.searcher.time(str(one))
            except SearchError as error:
                raise ApiError(400, str(error), "FATAL") from error
    now = changes.pop("now", None) or call.get("now").strip()
    if now:
        try:
            changes["now"] = await instance.searcher.time(now)
        except SearchError as error:
            raise ApiError(400, f"Invalid value '{now}' for the argument 'now': {error}", "FATAL") from error
    seconds = float(call.number("max_time", 0) or instance.limits.search_seconds)
    return Query(
        text=ready,
        user=call.user,
        earliest=earliest,
        latest=latest,
        indexes=instance.default_indexes(call.user),
        stop=Stop(min(seconds, instance.limits.search_seconds)),
        can_delete="delete_by_keyword" in instance.capabilities_of(call.user),
        fast=call.get("adhoc_search_level") == "fast",
        max_count=max(1, min(call.number("max_count", 500_000), 500_000)),
        required=tuple(name.strip() for value in call.all("rf") for name in value.split(",")),
        **changes,
    )


async def create(instance: Instance, call: Call) -> Reply:
    """Start a search; with `exec_mode=blocking` the answer comes when it is done, with `oneshot` it is the results."""
    text = call.get("search")
    mode = call.get("exec_mode", "normal")
    if mode not in {"normal", "blocking", "oneshot"}:
        raise ApiError(400, f"Invalid value '{mode}' for the argument 'exec_mode'.", "FATAL")
    if not call.find("search"):
        raise ApiError(400, "The following required arguments are missing: search.")
    sid = call.get("id")
    if sid and not _SID.fullmatch(sid):
        raise ApiError(400, f"Invalid search id '{sid}'.", "FATAL")
    query = await query_of(instance, call, text)
    job = instance.jobs.start(query, text.strip(), _app(instance, call), sid=sid, ttl=_ttl(call))
    job.bounds = (call.get("earliest_time"), call.get("latest_time"))
    job.custom = {name[7:]: values[-1] for name, values in call.given().items() if name.startswith("custom.")}
    if mode == "normal":
        return values_reply(call, {"sid": job.sid}, 201)
    await job.done.wait()
    if mode == "blocking":
        return values_reply(call, {"sid": job.sid}, 201)
    try:
        return await _rows_reply(instance, call, job, processed=False)
    finally:
        instance.jobs.cancel(job)


def _app(instance: Instance, call: Call) -> str:
    return instance.app_of(call.user) if call.app in {None, "-"} else call.home_app


def _ttl(call: Call) -> float:
    ttl = call.number("timeout", 600)
    if not 0 < ttl <= 10**9:
        raise ApiError(400, f"Invalid value '{ttl}' for the argument 'timeout'.", "FATAL")
    return float(ttl)


# --- asking about jobs -----------------------------------------------------------------------------------------------


def _path(call: Call) -> str:
    return "search/v2/jobs" if "v2" in call.path else "search/jobs"


def _job(instance: Instance, call: Call) -> Job:
    job = instance.jobs.get(call.names["sid"])
    if job.query.user != call.user and "admin_all_objects" not in instance.capabilities_of(call.user):
        raise ApiError(404, f"Unknown sid: {call.names['sid']}", "FATAL")
    return job


def jobs(instance: Instance, call: Call) -> Reply:
    """Return all jobs of who asks, the newest first."""
    instance.jobs.tidy()
    all_of = "admin_all_objects" in instance.capabilities_of(call.user)
    mine = [job for job in instance.jobs.all.values() if all_of or job.query.user == call.user]
    entries = [entry_of(job, _path(call)) for job in reversed(mine)]
    if call.find("sort_key") is None:
        count = call.number("count", 0)
        offset = max(0, call.number("offset", 0))
        shown = entries[offset:] if count <= 0 else entries[offset : offset + count]
        if call.get("search"):
            return listed(call, entries, now=instance.clock())
        return feed_reply(call, shown, now=instance.clock())
    return listed(call, entries, now=instance.clock())


def job(instance: Instance, call: Call) -> Reply:
    """Return a job."""
    return entry_reply(call, entry_of(_job(instance, call), _path(call)), now=instance.clock())


def change(instance: Instance, call: Call) -> Reply:
    """Keep what a request gives as `custom.*` with a job."""
    found = _job(instance, call)
    found.custom |= {name[7:]: values[-1] for name, values in call.given().items() if name.startswith("custom.")}
    return entry_reply(call, entry_of(found, _path(call)), now=instance.clock())


def remove(instance: Instance, call: Call) -> Reply:
    """Stop a job and forget it."""
    instance.jobs.cancel(_job(instance, call))
    return message_reply(call.json, 200, "Search job cancelled.", "INFO")


def control(instance: Instance, call: Call) -> Reply:
    """Do something with a job: pause, unpause, finalize, cancel, touch, setttl, setpriority, save, unsave, preview on and off."""
    found = _job(instance, call)
    action = call.get("action")
    if action == "cancel":
        instance.jobs.cancel(found)
    elif action == "touch":
        found.touched = instance.clock()
    elif action == "setttl":
        found.ttl = float(call.number("ttl", 600))
        found.touched = instance.clock()
    elif action == "setpriority":
        priority = call.number("priority", 5)
        if not 0 <= priority <= 10:
            raise ApiError(400, "The priority is a number from 0 to 10.", "FATAL")
        found.priority = priority
    elif action in {"save", "unsave"}:
        found.saved = action == "save"
    elif action in {"enablepreview", "disablepreview"}:
        found.preview = action == "enablepreview"
    elif action in {"pause", "unpause"}:
        found.paused = action == "pause"
        if found.paused:
            found.gate.clear()
        else:
            found.gate.set()
    elif action == "finalize":
        if found.state == "QUEUED":
            found.query.stop.ask()
        found.finalized = True
        found.gate.set()
    else:
        raise ApiError(400, f"Unknown action '{action}' for a search job.", "FATAL")
    return message_reply(call.json, 200, f"Search job: {action} done.", "INFO")


def log(instance: Instance, call: Call) -> Reply:
    """Return what there is to say of a search's run, as text."""
    found = _job(instance, call)
    lines = [f"{moment(found.created)} INFO  search: {found.text}"]
    if found.outcome is not None:
        lines += [
            f"{moment(found.touched)} INFO  stage {stage.command}: rows in={stage.rows_in} out={stage.rows_out} "
            f"seconds={stage.seconds:.6f}"
            for stage in found.outcome.stages
        ]
    lines += [f"{moment(found.touched)} {kind:<5} {text}" for kind, text in found.messages()]
    return text_reply("\n".join(lines) + "\n")


# --- results ---------------------------------------------------------------------------------------------------------


async def results(instance: Instance, call: Call) -> Reply:
    """Return the rows of a job that is done."""
    found = _job(instance, call)
    if not found.is_done:
        return Reply(204)
    return await _rows_reply(instance, call, found)


async def preview(instance: Instance, call: Call) -> Reply:
    """Return the rows of a job, none while it runs."""
    found = _job(instance, call)
    if not found.is_done:
        mode = call.get("output_mode", "xml")
        body, kind = formatted(mode, [], [], preview=True)
        return Reply(200, body, kind)
    return await _rows_reply(instance, call, found)


async def events(instance: Instance, call: Call) -> Reply:
    """Return the rows of a job where they are events; a search that transforms keeps none."""
    found = _job(instance, call)
    if not found.is_done:
        return Reply(204)
    only = found.outcome is None or not found.outcome.events
    return await _rows_reply(instance, call, found, none=only and not found.error)


async def _rows_reply(
    instance: Instance, call: Call, found: Job, *, none: bool = False, processed: bool = True
) -> Reply:
    """Return rows of a job; `none` of them where they are not events, `processed` by the request's `search`."""
    if found.error:
        raise ApiError(400, found.error, "FATAL")
    mode = call.get("output_mode", "xml")
    if mode not in FORMATS:
        raise ApiError(400, f"Invalid output_mode '{mode}': one of {', '.join(FORMATS)} is expected.")
    if found.outcome is None or none:
        body, kind = formatted(mode, [], [])
        return Reply(200, body, kind)
    table, messages = found.outcome.table, found.messages()
    if processed and call.get("search"):
        table, messages = await _processed(instance, call, table)
    offset = call.number("offset", 0)
    if offset < 0:
        offset = max(0, table.length + offset)
    count = call.number("count", 100)
    count = MAX_ROWS if count <= 0 else min(count, MAX_ROWS)
    body, kind = await asyncio.to_thread(_written, call, mode, table, offset=offset, count=count, messages=messages)
    return Reply(200, body, kind)


def _names(call: Call, table: Table) -> list[str]:
    wanted = [name.strip() for value in (*call.all("f"), *call.all("field_list")) for name in value.split(",")]
    known = table.names()
    return [name for name in wanted if name in known] if wanted else known


def _written(
    call: Call, mode: str, table: Table, *, offset: int, count: int, messages: Sequence[tuple[str, str]]
) -> tuple[bytes, str]:
    names = _names(call, table)
    rows = result_rows(_part(table, offset, count), names, call.get("output_time_format") or call.get("time_format"))
    return formatted(mode, names, rows, offset=offset, messages=messages)


def _part(table: Table, offset: int, count: int) -> Table:
    import numpy as np  # noqa: PLC0415 - next to its only use

    return table.take(np.arange(min(offset, table.length), min(offset + count, table.length)))


async def _processed(instance: Instance, call: Call, table: Table) -> tuple[Table, list[tuple[str, str]]]:
    """Run the request's `search` over the rows of a job."""
    names = table.names()
    rows = [
        {name: list(value) if isinstance(value, tuple) else value for name, value in row.items()}
        for row in table.rows(names)
    ]
    text = call.get("search").strip()
    query = await query_of(instance, call, text, rows=rows, earliest=None, latest=None)
    try:
        outcome = await instance.searcher.search(query)
    except GeneratorError as error:
        raise ApiError(400, str(error), "FATAL") from error
    return outcome.table, [(one.kind, one.text) for one in outcome.messages]


def summary(instance: Instance, call: Call) -> Reply:
    """Return what values the fields of a job's rows have, and how often."""
    found = _job(instance, call)
    if not found.is_done:
        return Reply(204)
    table = None if found.outcome is None else found.outcome.table
    fields: dict[str, dict[str, Any]] = {}
    wanted = [name for value in call.all("f") for name in value.split(",")]
    top = max(1, call.number("top_count", 10))
    for name in () if table is None else table.names():
        if wanted and name not in wanted:
            continue
        cells = [value for value in table.column(name).to_list() if value is not None] if table is not None else []
        values = [text_of(one) for value in cells for one in elements(value)]
        counts = Counter(values)
        numbers = [number for value in values if (number := number_of(value)) is not None]
        about: dict[str, Any] = {"count": len(cells), "distinct_count": len(counts), "numeric_count": len(numbers)}
        about["modes"] = [{"value": value, "count": count} for value, count in counts.most_common(top)]
        if numbers and len(numbers) == len(values):
            about |= {"min": min(numbers), "max": max(numbers), "mean": sum(numbers) / len(numbers)}
        fields[name] = about
    count = 0 if table is None else table.length
    if call.json:
        return json_reply({"event_count": count, "fields": fields})
    parts = [f"<?xml version='1.0' encoding='UTF-8'?>\n<results preview='0'>\n<summary c='{count}'>\n"]
    for name, about in fields.items():
        modes = "".join(
            f"<value c='{one['count']}' exact='1'><text>{escape(one['value'])}</text></value>\n"
            for one in about["modes"]
        )
        parts.append(
            f"<field k='{escape(name)}' c='{about['count']}' nc='{about['numeric_count']}' dc='{about['distinct_count']}' "
            f"exact='1'>\n<modes>\n{modes}</modes>\n</field>\n"
        )
    parts.append("</summary>\n</results>\n")
    return text_reply("".join(parts), XML)


def timeline(instance: Instance, call: Call) -> Reply:
    """Return how many events of a job lie in each part of time; parts are days."""
    found = _job(instance, call)
    if not found.is_done:
        return Reply(204)
    outcome = found.outcome
    times = [] if outcome is None or not outcome.events else outcome.table.column("_time").to_list()
    days = Counter(int(number // 86_400) * 86_400 for time in times if (number := number_of(time)) is not None)
    if call.json:
        buckets = [
            {"earliest_time": day, "duration": 86_400, "total_count": count} for day, count in sorted(days.items())
        ]
        return json_reply({"event_count": len(times), "buckets": buckets})
    inner = "".join(
        f"<bucket c='{count}' a='{count}' t='{day}' d='86400' f='1' etz='0' ltz='0'>{moment(day)}</bucket>\n"
        for day, count in sorted(days.items())
    )
    return text_reply(f"<?xml version='1.0' encoding='UTF-8'?>\n<timeline c='{len(times)}'>\n{inner}</timeline>\n", XML)


# --- export ----------------------------------------------------------------------------------------------------------


async def export(instance: Instance, call: Call) -> Reply:
    """Run a search and send all its rows."""
    text = call.get("search")
    mode = call.get("output_mode", "xml")
    if mode not in {"xml", "json", "csv", "raw"}:
        raise ApiError(400, f"Invalid output_mode '{mode}': one of xml, json, csv, raw is expected.")
    if not text:
        raise ApiError(400, "The following required arguments are missing: search.")
    query = await query_of(instance, call, text)
    job = instance.jobs.start(query, text.strip(), _app(instance, call))
    await job.done.wait()
    instance.jobs.cancel(job)
    if job.error or job.outcome is None:
        raise ApiError(400, job.error or "The search was cancelled.", "FATAL")
    kind = JSON if mode == "json" else KINDS.get(mode, TEXT)
    return Reply(200, kind=kind, stream=_exported(call, mode, job.outcome.table))


async def _exported(call: Call, mode: str, table: Table) -> AsyncIterator[bytes]:
    names = _names(call, table)
    if not table.length:
        if mode == "json":
            yield b'{"preview":false,"lastrow":true}\n'
        elif mode == "xml":
            yield xml_text(names, [], 0).encode("utf-8", "replace")
        elif mode == "csv":
            yield csv_text(names, []).encode("utf-8", "replace")
        return
    for offset in range(0, table.length, _CHUNK):
        last = offset + _CHUNK >= table.length
        rows = await asyncio.to_thread(result_rows, _part(table, offset, _CHUNK), names, call.get("output_time_format"))
        if mode == "json":
            yield export_lines(names, rows, offset, last=last)
        elif mode == "csv":
            text = csv_text(names, rows)
            yield (text if not offset else text.partition("\n")[2]).encode("utf-8", "replace")
        elif mode == "raw":
            yield formatted("raw", names, rows)[0]
        else:
            text = xml_text(names, rows, offset)
            begin = "" if not offset else "<result "
            head, _, rest = text.partition("<result ")
            whole = (head + "<result " + rest) if not offset else begin + rest
            yield (whole if last else whole.removesuffix("</results>\n")).encode("utf-8", "replace")


# --- parser ----------------------------------------------------------------------------------------------------------


async def parser(instance: Instance, call: Call) -> Reply:
    """Parse a search without running it; 400 with what is wrong."""
    text = call.get("q")
    if not text:
        raise ApiError(400, "The following required arguments are missing: q.")
    ready, tree = await prepared(instance, call, text)
    commands = [
        {"command": command.name, "rawargs": ready[command.start : command.end], "pipeline": "streaming"}
        for command in tree.commands
    ]
    if call.json:
        return json_reply({"remoteSearch": "", "eventsSearch": ready, "reportsSearch": "", "commands": commands})
    inner = "".join(
        f'    <dict><key name="command">{escape(one["command"])}</key><key name="rawargs">{escape(one["rawargs"])}</key></dict>\n'
        for one in commands
    )
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<response>\n  <dict>\n  <key name="eventsSearch">{escape(ready)}</key>\n'
        f'  <key name="commands"><list>\n{inner}  </list></key>\n  </dict>\n</response>\n'
    )
    return text_reply(body, XML)


def _routes() -> list[Route]:
    found = []
    for base in ("search/jobs", "search/v2/jobs"):
        one = f"{base}/{{sid}}"
        found += [
            Route("POST", base, create, "start a search: `exec_mode` normal, blocking or oneshot"),
            Route("GET", base, jobs, "jobs"),
            Route("GET POST", f"{base}/export", export, "run a search and send all its rows"),
            Route("GET", one, job, "a job"),
            Route("POST", one, change, "keep `custom.*` with a job"),
            Route("DELETE", one, remove, "stop a job and forget it"),
            Route(
                "POST",
                f"{one}/control",
                control,
                "pause, unpause, finalize, cancel, touch, setttl, setpriority, save, ...",
            ),
            Route("GET POST", f"{one}/results", results, "rows of a job that is done"),
            Route("GET POST", f"{one}/results_preview", preview, "rows of a job, none while it runs"),
            Route("GET POST", f"{one}/events", events, "rows of a job where they are events"),
            Route("GET POST", f"{one}/summary", summary, "values of the fields of a job's rows"),
            Route("GET POST", f"{one}/timeline", timeline, "events of a job by day"),
            Route("GET", f"{one}/search.log", log, "what there is to say of a search's run"),
        ]
    return [
        *found,
        Route("GET POST", "search/parser", parser, "parse a search without running it"),
        Route("GET POST", "search/v2/parser", parser, "parse a search without running it"),
    ]


ROUTES = tuple(_routes())
