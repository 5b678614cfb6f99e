"""Saved searches: kept, dispatched, scheduled times, suppression, and the events that their actions write.

Truth: REST API Reference, "saved/searches"; savedsearches.conf.spec; the fields of risk and notable events are those that
contentctl's integration test reads.
"""

from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from running import rows_of
from splunklib.binding import HTTPError

if TYPE_CHECKING:
    import splunklib.client as sdk
    from running import Server


def _name() -> str:
    return f"s{uuid.uuid4().hex[:8]}"


def _ran(job: sdk.Job) -> sdk.Job:
    deadline = time.monotonic() + 20
    while not job.is_done():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return job


def test_a_saved_search_has_what_splunk_says_of_it(service: sdk.Service) -> None:
    name = _name()
    saved = service.saved_searches.create(name, "search index=main | stats count")
    try:
        for key in (
            "alert.expires",
            "alert.severity",
            "alert.track",
            "alert_type",
            "dispatch.buckets",
            "dispatch.lookups",
            "dispatch.max_count",
            "dispatch.max_time",
            "dispatch.reduce_freq",
            "dispatch.spawn_process",
            "dispatch.time_format",
            "dispatch.ttl",
            "max_concurrent",
            "realtime_schedule",
            "restart_on_searchpeer_add",
            "run_on_startup",
            "search",
            "action.email",
            "action.risk",
        ):
            assert saved[key] is not None, key
        assert int(saved["action.risk"]) == 0
        assert saved["is_scheduled"] == "0"
        saved.update(description="changed", is_visible=True, **{"action.email": "false", "alert.track": "1"}).refresh()
        assert saved["description"] == "changed"
        assert saved["is_visible"] == "1"
        assert set(saved.links) >= {"alternate", "list", "edit", "remove", "disable", "dispatch"}
        saved.disable()
        assert saved.refresh()["disabled"] == "1"
        with pytest.raises(HTTPError):
            saved.dispatch()
        saved.enable()
        with pytest.raises(HTTPError):
            service.saved_searches.create(name, "search x")
    finally:
        service.saved_searches.delete(name)


def test_dispatch_runs_it_in_its_window_and_history_knows(service: sdk.Service, server: Server) -> None:
    index, name = server.index(), _name()
    now = time.time()
    body = "".join(f'{{"event":"n={n}","time":{now - 3600 * n}}}' for n in range(4))
    server.hec("/event", body.encode(), server.token(index))
    given = {"dispatch.earliest_time": "-90m", "dispatch.latest_time": "now"}
    saved = service.saved_searches.create(name, f"index={index} | table n", **given)
    job = _ran(saved.dispatch())
    assert [row["n"] for row in rows_of(job.results(output_mode="json"))] == ["0", "1"]
    assert job["label"] == name
    wider = _ran(saved.dispatch(**{"dispatch.earliest_time": "-150m"}))
    assert wider["resultCount"] == "3"
    earlier = _ran(saved.dispatch(**{"dispatch.now": f"{now - 7190:.0f}", "dispatch.earliest_time": "-90m"}))
    assert [row["n"] for row in rows_of(earlier.results(output_mode="json"))] == ["2", "3"]
    assert {one.sid for one in saved.history()} == {job.sid, wider.sid, earlier.sid}
    job.cancel()
    assert len(saved.history()) == 2
    service.saved_searches.delete(name)


def test_schedule_and_suppression(service: sdk.Service) -> None:
    name = _name()
    saved = service.saved_searches.create(name, "search x", is_scheduled="1", cron_schedule="*/5 * * * *")
    times = saved.scheduled_times("now", "+1h")
    assert len(times) == 12
    assert all(time.minute % 5 == 0 for time in times)
    assert saved["next_scheduled_time"]
    saved.suppress(100)
    assert 95 <= saved.suppressed <= 100
    saved.unsuppress()
    assert saved.suppressed == 0
    saved.suppress(100)
    saved.acknowledge()
    assert saved.suppressed == 0
    with pytest.raises(HTTPError):
        saved.update(cron_schedule="every day")
    service.saved_searches.delete(name)


RISK = [
    {"risk_object_field": "user", "risk_object_type": "user", "risk_score": 50},
    {"risk_object_field": "dest", "risk_object_type": "system", "risk_score": 30},
    {"threat_object_field": "process", "threat_object_type": "process_name"},
]


def _alert(server: Server, search: str, **more: Any) -> tuple[str, str]:
    """Make a saved search with actions, dispatch it, return its name and the sid."""
    name = f"ESCU - {_name()} - Rule"
    form = {
        "name": name,
        "search": search,
        "action.risk": "1",
        "action.risk.param._risk": json.dumps(RISK),
        "action.risk.param._risk_message": "User $user$ ran $process$ on $dest$, $unknown$",
        "action.correlationsearch.annotations": json.dumps(
            {"analytic_story": ["One", "Two"], "mitre_attack": ["T1059", "T1003"], "type_list": []}
        ),
        **more,
    }
    path = "/servicesNS/nobody/search/saved/searches"
    assert server.ask(path, "POST", form=form).status == 201
    sid = server.ask(f"{path}/{name.replace(' ', '%20')}/dispatch", "POST", form={"trigger_actions": "True"}).json[
        "sid"
    ]
    deadline = time.monotonic() + 20
    while not (job := server.ask(f"search/v2/jobs/{sid}").json["entry"][0]["content"])["isDone"]:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert job["dispatchState"] == "DONE", job["messages"]
    return name, sid


ROW = '| makeresults | eval user=split("ann,bob",","), dest="web1", process="cmd.exe", _time=1700000000'


def test_risk_action_writes_an_event_for_each_object(server: Server) -> None:
    name, sid = _alert(server, ROW)
    rows = server.rows(f'search index=risk search_name="{name}" orig_sid="{sid}" | tojson')
    found = {json.loads(row["_raw"])["risk_object"]: json.loads(row["_raw"]) for row in rows}
    assert set(found) == {"ann", "bob", "web1"}
    assert {row["index"] for row in rows} == {"risk"}
    ann = found["ann"]
    assert ann["risk_object_type"] == "user"
    assert int(ann["risk_score"]) == 50
    assert ann["risk_message"] == "User ann, bob ran cmd.exe on web1, $unknown$"
    assert ann["annotations.mitre_attack"] == ["T1059", "T1003"]
    assert ann["analyticstories"] == ["One", "Two"]
    assert ann["threat_object"] == "cmd.exe"
    assert ann["contributing_events_search"] == f'| savedsearch "{name}" | search user="ann"'
    assert int(found["web1"]["risk_score"]) == 30
    model = server.rows(f'datamodel Risk All_Risk flat | search search_name="{name}" orig_sid="{sid}" | tojson')
    assert len(model) == 3
    assert server.rows(f'search index=notable search_name="{name}"') == []


def test_notable_action_fills_title_and_description(server: Server) -> None:
    more = {
        "action.risk": "0",
        "action.notable": "1",
        "action.notable.param.rule_title": "Odd thing on $dest$",
        "action.notable.param.rule_description": "$user$ did it",
        "action.notable.param.severity": "high",
        "action.notable.param.security_domain": "endpoint",
    }
    name, sid = _alert(server, ROW, **more)
    rows = server.rows(
        f'search index=notable search_name="{name}" | table rule_title rule_description severity orig_sid'
    )
    assert rows == [
        {"rule_title": "Odd thing on web1", "rule_description": "ann, bob did it", "severity": "high", "orig_sid": sid}
    ]


def test_without_rows_or_below_the_threshold_nothing_is_written(server: Server, service: sdk.Service) -> None:
    name, _ = _alert(server, f"{ROW} | where 1=2")
    assert server.rows(f'search index=risk search_name="{name}"') == []
    above = {"alert_type": "number of events", "alert_comparator": "greater than", "alert_threshold": "1"}
    name, _ = _alert(server, ROW, **above)
    assert server.rows(f'search index=risk search_name="{name}"') == []
    assert name not in {group.name for group in service.fired_alerts}
    assert server.ask(f"alerts/fired_alerts/{name.replace(' ', '%20')}").entries == {}
    scheduled = service.saved_searches[name].update(is_scheduled=True, cron_schedule="0 0 1 1 *").refresh()
    assert len(scheduled.fired_alerts) == 0
    name, _ = _alert(server, ROW, **{**above, "alert_threshold": "0"})
    assert len(server.rows(f'search index=risk search_name="{name}"')) == 3
    groups = {group.name: group for group in service.fired_alerts.list(count=-1)}
    assert groups[name].count == 1
    assert [alert["savedsearch_name"] for alert in groups[name].alerts] == [name]
    assert groups["-"].count >= 1
    assert service.saved_searches[name].alert_count == 1
    assert (
        server.ask(f"alerts/fired_alerts/{name.replace(' ', '%20')}").json["entry"][0]["content"]["triggered_alerts"]
        == 1
    )
    assert server.ask("alerts/fired_alerts/no-such-search").status == 404


def test_an_action_that_cannot_be_read_fails_the_job(server: Server) -> None:
    name = _name()
    form = {"name": name, "search": ROW, "action.risk": "1", "action.risk.param._risk": "not json"}
    server.post("saved/searches", **form)
    sid = server.post(f"saved/searches/{name}/dispatch", trigger_actions="1").json["sid"]
    deadline = time.monotonic() + 20
    while not (job := server.ask(f"search/v2/jobs/{sid}").json["entry"][0]["content"])["isDone"]:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert job["dispatchState"] == "FAILED"
    assert "action.risk.param._risk" in job["messages"][0]["text"]


def test_arguments_take_the_place_of_tokens(server: Server) -> None:
    name = _name()
    server.post("saved/searches", name=name, search='| makeresults | eval who="$who$"')
    sid = server.post(f"saved/searches/{name}/dispatch", **{"args.who": "zoe"}).json["sid"]
    deadline = time.monotonic() + 20
    while server.ask(f"search/v2/jobs/{sid}/results").status == 204:
        assert time.monotonic() < deadline
    assert server.ask(f"search/v2/jobs/{sid}/results").json["results"][0]["who"] == "zoe"
    assert server.rows(f"| savedsearch {name} who=ann | table who") == [{"who": "ann"}]


def test_actions_that_are_not_done_are_named(server: Server) -> None:
    _, sid = _alert(server, ROW, **{"action.email": "1", "action.email.to": "a@example.org", "action.script": "0"})
    messages = server.ask(f"search/v2/jobs/{sid}").json["entry"][0]["content"]["messages"]
    assert messages == [{"type": "WARN", "text": "The action 'email' is not done by this server."}]


def test_a_severity_that_is_no_number_fails_before_anything_is_written(server: Server) -> None:
    with pytest.raises(AssertionError, match=r"alert\.severity"):
        _alert(server, ROW, **{"alert.severity": "high", "action.risk.param._risk_message": "unsaid"})
    assert server.rows('search index=risk risk_message="unsaid"') == []


# --- suppression; truth: savedsearches.conf.spec, "alert suppression"; Alerting Manual, "Throttle alerts" ------------


def _again(server: Server, name: str, **form: str) -> list[str]:
    """Dispatch a saved search with its actions; return what the job has to say."""
    path = f"/servicesNS/nobody/search/saved/searches/{quote(name)}/dispatch"
    sid = server.ask(path, "POST", form={"trigger_actions": "1", **form}).json["sid"]
    deadline = time.monotonic() + 20
    while not (job := server.ask(f"search/v2/jobs/{sid}").json["entry"][0]["content"])["isDone"]:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return [one["text"] for one in job["messages"]]


def _objects(server: Server, name: str) -> list[str]:
    rows = server.rows(f'search index=risk search_name="{name}" | sort 0 risk_object | table risk_object')
    return [row["risk_object"] for row in rows]


ONE_OBJECT = json.dumps([{"risk_object_field": "user", "risk_object_type": "user", "risk_score": 50}])
ROWS = '| makeresults | eval user=split("ann,bob,ann", ",") | mvexpand user | streamstats count AS n | eval dest="d".n'


def test_rows_with_the_values_of_one_that_acted_are_held_back(server: Server, service: sdk.Service) -> None:
    given = {"alert.suppress": "1", "alert.suppress.fields": "user", "alert.suppress.period": "1h"}
    name, sid = _alert(server, f'{ROWS} | search user="ann"', **given, **{"action.risk.param._risk": ONE_OBJECT})
    assert _objects(server, name) == ["ann"]
    messages = server.ask(f"search/v2/jobs/{sid}").json["entry"][0]["content"]["messages"]
    assert [one["text"] for one in messages] == ["Suppression holds back the actions of 1 of 2 rows (alert.suppress)."]
    assert _again(server, name) == ["Suppression holds back the actions of all rows (alert.suppress)."]
    assert _objects(server, name) == ["ann"]
    saved = service.saved_searches[name]
    assert 3500 < saved.suppressed <= 3600
    assert {one["triggered_alerts"] for one in server.ask(f"alerts/fired_alerts/{quote(name)}").entries.values()} == {1}
    saved.acknowledge()
    assert saved.suppressed == 0
    _again(server, name)
    assert _objects(server, name) == ["ann", "ann"]


def test_without_fields_the_whole_search_waits_and_an_edit_ends_it(server: Server, service: sdk.Service) -> None:
    given = {"alert.suppress": "1", "alert.suppress.period": "60", "action.risk.param._risk": ONE_OBJECT}
    name, _ = _alert(server, ROWS, **given)
    assert _objects(server, name) == ["ann", "ann", "bob"]
    assert _again(server, name) == ["Suppression holds back the actions of all rows (alert.suppress)."]
    service.saved_searches[name].update(search=f"{ROWS} | head 1")
    assert _again(server, name) == []
    assert _objects(server, name) == ["ann", "ann", "ann", "bob"]
    service.saved_searches[name].suppress(0)
    assert _again(server, name) == []
    service.saved_searches[name].suppress(1)
    assert "all rows" in _again(server, name)[0]
    time.sleep(1.1)
    assert _again(server, name) == []  # the period is over


def test_searches_of_a_group_hold_each_other_back(server: Server) -> None:
    group = f"g{_name()}"
    given = {
        "alert.suppress": "1",
        "alert.suppress.period": "1h",
        "alert.suppress.group_name": group,
        "action.risk.param._risk": ONE_OBJECT,
    }
    first, _ = _alert(server, f"{ROWS} | head 1", **given)
    second, _ = _alert(server, f"{ROWS} | head 2", **given)
    assert (_objects(server, first), _objects(server, second)) == (["ann"], [])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"alert.suppress.period": ""}, "alert.suppress.period"),
        ({"alert.suppress.period": "0s"}, "alert.suppress.period"),
        ({"alert.suppress.period": "5 fortnights"}, "alert.suppress.period"),
        ({"alert.suppress.period": "1m", "alert.digest_mode": "0"}, "alert.suppress.fields"),
    ],
)
def test_suppression_that_says_not_how_fails_before_anything_is_written(
    server: Server, given: dict[str, str], told: str
) -> None:
    with pytest.raises(AssertionError, match=told):
        _alert(server, ROW, **{"alert.suppress": "1", "action.risk.param._risk_message": "held", **given})
    assert server.rows('search index=risk risk_message="held"') == []


def test_without_trigger_actions_nothing_is_noted(service: sdk.Service) -> None:
    name = _name()
    given = {"alert.suppress": "1", "alert.suppress.period": "1h", "action.risk": "1"}
    saved = service.saved_searches.create(name, ROWS, **given)
    _ran(saved.dispatch())
    assert saved.suppressed == 0
