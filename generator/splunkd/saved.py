"""Saved searches: kept, dispatched, and what they do with what they find."""

from __future__ import annotations

import datetime
import functools
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from generator.base.diagnostics import GeneratorError
from generator.knowledge.cron import CronError, next_runs, parse_cron
from generator.splunkd.actions import Fired, run_actions
from generator.splunkd.builtin import SAVED_SEARCH
from generator.splunkd.call import ApiError, is_true
from generator.splunkd.entities import Kind, collection_routes, find, only
from generator.splunkd.jobs import entry_of
from generator.splunkd.listing import listed
from generator.splunkd.replies import Access, Attributes, Entry, feed_reply, values_reply
from generator.splunkd.routing import Route
from generator.splunkd.searching import bound, query_of

if TYPE_CHECKING:
    from generator.splunkd.call import Call
    from generator.splunkd.confs import ConfObject
    from generator.splunkd.instance import Instance
    from generator.splunkd.jobs import Job
    from generator.splunkd.replies import Reply, Value

_CONF_NAMES = {
    "is_scheduled": "enableSched",
    "alert_type": "counttype",
    "alert_comparator": "relation",
    "alert_threshold": "quantity",
}
"""Parameters that the conf file calls otherwise (savedsearches.conf.spec)."""


def _check(instance: Instance, name: str, given: dict[str, str], *, new: bool) -> dict[str, str]:
    del instance, name
    if "search" in given and not given["search"].strip():
        raise ApiError(400, "The argument 'search' must not be empty.")
    cron = given.get("cron_schedule", "")
    if cron.strip():
        try:
            parse_cron(cron)
        except CronError as error:
            raise ApiError(400, f"Invalid cron_schedule '{cron}': {error}") from error
    elif new and given.get("is_scheduled") == "1":
        raise ApiError(400, "The argument 'cron_schedule' is required where 'is_scheduled' is set.")
    return {_CONF_NAMES.get(key, key): value for key, value in given.items()}


def _shown(instance: Instance, found: ConfObject) -> dict[str, Value]:
    settings = found.settings
    values: dict[str, Value] = {
        rest: settings[conf] for rest, conf in _CONF_NAMES.items() if conf in settings and rest != "is_scheduled"
    }
    scheduled = is_true(settings.get("enableSched"))
    values["is_scheduled"] = scheduled
    values["next_scheduled_time"] = ""
    if scheduled and settings.get("cron_schedule"):
        times = _times(settings["cron_schedule"], instance.clock(), instance.clock() + 366 * 86_400, limit=1)
        if times:
            values["next_scheduled_time"] = datetime.datetime.fromtimestamp(times[0], datetime.UTC).strftime(
                "%F %T UTC"
            )
    values["qualifiedSearch"] = settings.get("search", "")
    values["triggered_alert_count"] = sum(one.search == found.name for one in instance.fired)
    return values


KIND = Kind(
    path="saved/searches",
    conf="savedsearches",
    summary="saved searches",
    attributes=Attributes(
        ("name", "search"),
        (*SAVED_SEARCH, "alert_condition", "disabled", "args", "run_n_times", "rerun"),
        (
            r"action\..*",
            r"alert\..*",
            r"args\..*",
            r"auto_summarize\..*",
            r"dispatch\..*",
            r"display\..*",
            r"durable\..*",
        ),
    ),
    defaults=SAVED_SEARCH,
    booleans=frozenset(
        {
            "disabled",
            "is_scheduled",
            "is_visible",
            "run_on_startup",
            "restart_on_searchpeer_add",
            "realtime_schedule",
            "auto_summarize",
            "dispatch.lookups",
            "dispatch.spawn_process",
            "alert.digest_mode",
            "action.email",
            "action.risk",
            "action.notable",
            "action.rss",
            "action.script",
            "action.summary_index",
            "action.populate_lookup",
        }
    ),
    check=_check,
    shown=_shown,
    links=("dispatch", "history"),
)


def _times(cron: str, start: float, end: float, *, limit: int) -> list[int]:
    """Return when a schedule runs in a time range."""
    after = datetime.datetime.fromtimestamp(start, datetime.UTC)
    runs = next_runs(parse_cron(cron), after, limit)
    return [int(at.timestamp()) for at in runs if at.timestamp() <= end]


async def dispatch(instance: Instance, call: Call) -> Reply:
    """Run a saved search as a job, and with `trigger_actions` what it does with its rows."""
    found = only(KIND, instance, call)
    settings = {**SAVED_SEARCH, **found.settings}
    for name, values in call.given().items():
        if name.startswith(("dispatch.", "args.", "action.")):
            settings[name] = values[-1]
    text = settings.get("search", "")
    for name, value in settings.items():
        if name.startswith("args."):
            text = text.replace(f"${name[5:]}$", value)
    if is_true(settings.get("disabled")) and not call.flag("force_dispatch"):
        raise ApiError(400, f"The search '{found.name}' is disabled.")
    query = await query_of(
        instance,
        call,
        text,
        earliest=bound(settings["dispatch.earliest_time"]),
        latest=bound(settings["dispatch.latest_time"]),
        now=settings.get("dispatch.now", "").strip(),
        saved=True,
    )
    then = None
    if call.flag("trigger_actions"):
        then = functools.partial(_act, instance, found, settings)
    app = found.access.app
    number = instance.next_number()
    sid = f"{quote(call.user, safe='')}__{quote(found.access.owner, safe='')}__{app}__{_label(found.name)}_at_{int(instance.clock())}_{number}"
    job = instance.jobs.start(query, text.strip(), app, sid=sid, ttl=600, then=then)
    job.label = found.name
    job.bounds = (settings["dispatch.earliest_time"], settings["dispatch.latest_time"])
    return values_reply(call, {"sid": job.sid}, 201)


def _label(name: str) -> str:
    return f"RMD5{hashlib.md5(name.encode('utf-8', 'replace'), usedforsecurity=False).hexdigest()[:16]}"


async def _act(instance: Instance, found: ConfObject, settings: dict[str, str], job: Job) -> None:
    if job.outcome is None:
        return
    fired = await run_actions(instance, found, settings, job)
    if fired is not None:
        instance.fired.append(fired)
        del instance.fired[:-10_000]


def history(instance: Instance, call: Call) -> Reply:
    """Return the jobs that a saved search was run as."""
    found = find(KIND, instance, call)[0]
    jobs = [job for job in instance.jobs.all.values() if job.label == found.name]
    return listed(call, [replace(entry_of(job), name=job.sid) for job in jobs], now=instance.clock())


async def scheduled_times(instance: Instance, call: Call) -> Reply:
    """Return when a saved search would run in a time range."""
    found = find(KIND, instance, call)[0]
    try:
        start = await instance.searcher.time(call.get("earliest_time", "now"))
        end = await instance.searcher.time(call.get("latest_time", "+1h"))
        cron = found.settings.get("cron_schedule", "")
        times = _times(cron, start, end, limit=1000) if cron else []
    except (GeneratorError, CronError) as error:
        raise ApiError(400, str(error)) from error
    made = Entry(found.name, KIND.path, {"scheduled_times": [str(time) for time in times]}, found.access)
    return feed_reply(call, [made], now=instance.clock())


def suppress(instance: Instance, call: Call) -> Reply:
    """Return whether a saved search or some of its rows are suppressed, or hold it back as a whole for `expiration` seconds."""
    found = find(KIND, instance, call)[0]
    now = instance.clock()
    if call.method == "POST":
        instance.suppressions.hold(found, max(0, call.number("expiration", 0)))
    left = round(instance.suppressions.left(found))
    content: dict[str, Value] = {"suppressed": left > 0, "expiration": str(left), "suppressionKey": found.name}
    return feed_reply(call, [Entry(found.name, KIND.path, content, found.access)], now=now)


def acknowledge(instance: Instance, call: Call) -> Reply:
    """End the suppression of a saved search."""
    found = find(KIND, instance, call)[0]
    instance.suppressions.end(found)
    return feed_reply(call, [], now=instance.clock())


# --- fired alerts ----------------------------------------------------------------------------------------------------


def _alert(fired: Fired) -> Entry:
    content: dict[str, Value] = {
        "actions": ",".join(fired.actions),
        "alert_type": "historical",
        "digest_mode": True,
        "savedsearch_name": fired.search,
        "severity": fired.severity,
        "sid": fired.sid,
        "trigger_time": int(fired.time),
        "triggered_alerts": fired.count,
    }
    return Entry(fired.sid, "alerts/fired_alerts", content, Access(fired.owner, fired.app, "app"), updated=fired.time)


def groups(instance: Instance, call: Call) -> Reply:
    """Return the saved searches whose actions have run, and `-` for all of them."""
    names = dict.fromkeys(one.search for one in instance.fired)
    entries = [Entry("-", "alerts/fired_alerts", {"triggered_alert_count": len(instance.fired)})]
    entries += [
        Entry(name, "alerts/fired_alerts", {"triggered_alert_count": sum(one.search == name for one in instance.fired)})
        for name in names
    ]
    return listed(call, entries, now=instance.clock())


def group(instance: Instance, call: Call) -> Reply:
    """Return the runs of a saved search's actions; of one whose actions have not run yet, none."""
    name = call.names["name"]
    found = [one for one in instance.fired if name in {"-", one.search}]
    if not found and name != "-" and name not in {one.name for one in instance.confs.objects("savedsearches")}:
        raise ApiError(404, f"Could not find object id={name}")
    return listed(call, [_alert(one) for one in found], now=instance.clock())


_ONE = "saved/searches/{name}"
ROUTES = (
    *collection_routes(KIND),
    Route(
        "POST", f"{_ONE}/dispatch", dispatch, "run a saved search; `trigger_actions` writes to index risk and notable"
    ),
    Route("GET", f"{_ONE}/history", history, "the jobs that a saved search was run as"),
    Route("GET", f"{_ONE}/scheduled_times", scheduled_times, "when a saved search would run; nothing runs by itself"),
    Route(
        "GET POST",
        f"{_ONE}/suppress",
        suppress,
        "whether a saved search is suppressed, and for how many seconds; hold it back for `expiration` seconds",
    ),
    Route("POST", f"{_ONE}/acknowledge", acknowledge, "end the suppression of a saved search"),
    Route("GET", "alerts/fired_alerts", groups, "saved searches whose actions have run"),
    Route("GET", "alerts/fired_alerts/{name}", group, "runs of a saved search's actions"),
)
