"""Every route of the server does its work when it is asked as Splunk's SDK asks: a walk through all of them, and a check that it is all.

Each step says what must be seen afterwards. The SDK's `get`, `post` and `delete` are used where it has a call for the method and
the port; PUT and the collector's port are asked in plain HTTP. Finer points of each route are in the other files of this folder.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from running import PASSWORD, Server, start_server, stop_server
from splunklib.binding import HTTPError

from generator.splunkd.routes import GROUPS
from generator.splunkd.routing import RouteTable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import splunklib.client as sdk

    Asking = Callable[..., Any]

EVERY = {(method, route.path) for _, routes in GROUPS for route in routes for method in route.methods.split()}
TABLES = {
    collector: RouteTable(route for _, routes in GROUPS for route in routes if route.collector is collector)
    for collector in (False, True)
}
OTHER = "walked"
"""An app to move objects to."""
# Collections whose objects are stanzas of a conf file: what one is made with, and a change with its effect.
STANZAS: Mapping[str, tuple[dict[str, str], dict[str, str]]] = {
    "saved/searches": ({"search": "| makeresults"}, {"description": "changed"}),
    "configs/conf-heron": ({"colour": "grey"}, {"colour": "white"}),
    "admin/macros": ({"definition": "x=1"}, {"definition": "x=2"}),
    "data/macros": ({"definition": "x=1"}, {"definition": "x=2"}),
    "saved/eventtypes": ({"search": "x=1"}, {"search": "x=2"}),
    "data/transforms/lookups": ({"filename": "herons.csv"}, {"filename": "others.csv"}),
    "data/transforms/extractions": ({"REGEX": "a(b)", "FORMAT": "c::$1"}, {"REGEX": "a(bc)"}),
    "admin/datamodel-files": ({"acceleration": "0"}, {"acceleration": "1"}),
    "storage/collections/config": ({"field.a": "number"}, {"field.a": "string"}),
    "data/indexes": ({}, {"maxTotalDataSizeMB": "77"}),
    "data/inputs/http": ({"index": "main"}, {"index": "history"}),
    "authorization/roles": ({"srchJobsQuota": "3"}, {"srchJobsQuota": "4"}),
}


def asking(server: Server, asked: set[tuple[str, str]]) -> Asking:
    """Return a function that asks a server through the SDK and notes the route in `asked`."""
    service: sdk.Service = server.sdk(owner="nobody", app="search")
    service.apps.create(OTHER)
    call = {"GET": service.get, "POST": service.post, "DELETE": service.delete}

    def ask(method: str, path: str, *, status: int = 0, **form: Any) -> Any:
        """Ask, and return the answer as JSON where it is; `status` is the one to expect, 0 for any that is no error.

        `app` is the namespace's; a form whose names the SDK would take for itself goes into `body`.
        """
        asked.add((method, _route(method, path)))
        if isinstance(form.get("body"), dict):
            form["body"] = {"output_mode": "json", **form["body"]}
        elif method != "DELETE" and "body" not in form:
            form["output_mode"] = "json"
        try:
            answer = call[method](path, **form)
            found, body = answer.status, answer.body.read()
        except HTTPError as error:
            found, body = error.status, error.body
        assert found == status if status else found < 300, (method, path, found, body)
        try:
            return json.loads(body)
        except ValueError:
            return body.decode()

    return ask


def _route(method: str, path: str, *, collector: bool = False) -> str:
    return TABLES[collector].match(method, [unquote(part) for part in path.split("/")])[0].path


def content(answer: Any) -> dict[str, Any]:
    return dict(answer["entry"][0]["content"])


def texts(answer: Any) -> dict[str, str]:
    return {key: str(value) for key, value in content(answer).items()}


def names(answer: Any) -> set[str]:
    return {entry["name"] for entry in answer["entry"]}


# --- collections of stanzas ------------------------------------------------------------------------------------------


def life_of_a_stanza(ask: Asking, path: str, made: dict[str, str], change: dict[str, str]) -> None:
    name = "walk_heron"
    one = f"{path}/{name}"

    if path == "configs/conf-heron":
        ask("POST", "properties", __conf="heron")
    assert ask("GET", f"{path}/_new")["entry"][0]["name"] == "_new"
    ask("POST", path, name=name, **made)
    ask("POST", path, name=name, **made, status=409)
    assert name in names(ask("GET", path, count=0))
    assert texts(ask("GET", one)).items() >= made.items()
    ask("POST", one, **change)
    assert texts(ask("GET", one)).items() >= change.items()
    for method in ("GET", "POST"):
        ask(method, f"{path}/_reload")
    ask("POST", f"{one}/_reload")
    assert "sharing" in ask("GET", f"{one}/acl")["entry"][0]["acl"]
    shared = ask("POST", f"{one}/acl", body={"sharing": "global", "owner": "nobody", "perms.read": "*"})
    assert shared["entry"][0]["acl"]["perms"]["read"] == ["*"]
    if path != "authorization/roles":
        ask("POST", f"{one}/disable")
        assert texts(ask("GET", one))["disabled"].lower() in {"1", "true"}
        ask("POST", f"{one}/enable")
        assert texts(ask("GET", one))["disabled"].lower() in {"0", "false"}
    moved = ask("POST", f"{one}/move", body={"app": OTHER, "user": "nobody"})
    assert moved["entry"][0]["acl"]["app"] == OTHER
    ask("DELETE", one, app=OTHER)
    ask("GET", one, app=OTHER, status=404)


# --- the rest --------------------------------------------------------------------------------------------------------


def walk_about(ask: Asking) -> None:
    """Login, server, messages, loggers."""
    key = ask("POST", "auth/login", body={"username": "admin", "password": PASSWORD})["sessionKey"]
    assert ask("GET", "auth/login", username="admin", password=PASSWORD)["sessionKey"] != key
    ask("DELETE", f"authentication/httpauth-tokens/{key}")
    ask("DELETE", f"authentication/httpauth-tokens/{key}", status=404)
    for path in ("authentication/current-context", "authentication/current-context/context"):
        assert content(ask("GET", path))["username"] == "admin"
    assert {"search", "data"} <= names(ask("GET", ""))
    for path in ("server/info", "server/info/server-info"):
        assert content(ask("GET", path))["isFree"] is False
    for minutes, path in enumerate(("server/settings", "server/settings/settings"), 30):
        ask("POST", path, sessionTimeout=f"{minutes}m")
        assert content(ask("GET", path))["sessionTimeout"] == f"{minutes}m"
    assert content(ask("GET", "server/health/splunkd"))["health"] == "green"
    assert content(ask("GET", "kvstore/status"))["current"]["status"] == "ready"
    for path in ("authorization/capabilities", "authorization/capabilities/capabilities"):
        assert "search" in content(ask("GET", path))["capabilities"]
    assert ask("GET", "messages/_new")["entry"][0]["fields"]["required"] == ["name", "value"]
    ask("POST", "messages", name="restart_required", value="please")
    ask("POST", "messages", name="heron", value="hello")
    assert content(ask("GET", "messages/heron"))["message"] == "hello"
    ask("DELETE", "messages/heron")
    assert names(ask("GET", "messages")) == {"restart_required"}
    ask("POST", "server/control/restart")
    assert names(ask("GET", "messages")) == set()
    ask("POST", "server/logger/AuditLogger", level="WARN")
    assert content(ask("GET", "server/logger/AuditLogger"))["level"] == "WARN"
    assert "AuditLogger" in names(ask("GET", "server/logger"))


def walk_searches(ask: Asking, jobs: str) -> None:
    """`jobs` is `search/jobs` or `search/v2/jobs`."""
    rows = "| makeresults count=2 | eval n=7"
    sid = ask("POST", jobs, search=rows, exec_mode="blocking")["sid"]
    assert sid in {entry["content"]["sid"] for entry in ask("GET", jobs)["entry"]}
    assert content(ask("GET", f"{jobs}/{sid}"))["resultCount"] == 2
    ask("POST", f"{jobs}/{sid}", **{"custom.note": "heron"})
    assert content(ask("GET", f"{jobs}/{sid}"))["custom"]["note"] == "heron"
    ask("POST", f"{jobs}/{sid}/control", action="setttl", ttl=1234)
    assert content(ask("GET", f"{jobs}/{sid}"))["ttl"] > 1000
    for method in ("GET", "POST"):
        for kind in ("results", "results_preview"):
            assert [row["n"] for row in ask(method, f"{jobs}/{sid}/{kind}")["results"]] == ["7", "7"]
        assert ask(method, f"{jobs}/{sid}/events")["results"] == []  # makeresults makes no events
        assert ask(method, f"{jobs}/{sid}/summary")["fields"]["n"]["count"] == 2
        assert "buckets" in ask(method, f"{jobs}/{sid}/timeline")
        exported = ask(method, f"{jobs}/export", search=rows)
        assert exported.count('"n":"7"') == 2
        assert ask(method, jobs.replace("jobs", "parser"), q=rows)["commands"][0]["command"] == "makeresults"
    assert "makeresults" in ask("GET", f"{jobs}/{sid}/search.log")
    ask("DELETE", f"{jobs}/{sid}")
    ask("GET", f"{jobs}/{sid}", status=404)


def walk_saved(ask: Asking) -> None:
    one = "saved/searches/heron"
    actions = {"action.risk": "1", "action.risk.param._risk_message": "m", "alert.track": "1", "alert_type": "always"}
    risk = json.dumps([{"risk_object_field": "n", "risk_object_type": "user", "risk_score": 5}])
    search = {"search": "| makeresults | eval n=7", "action.risk.param._risk": risk, "cron_schedule": "0 5 * * *"}
    ask("POST", "saved/searches", name="heron", is_scheduled=1, **search, **actions)
    sid = ask("POST", f"{one}/dispatch", trigger_actions=1)["sid"]
    while not content(ask("GET", f"search/jobs/{sid}"))["isDone"]:
        pass
    assert sid in names(ask("GET", f"{one}/history"))
    assert ask("GET", f"{one}/scheduled_times", earliest_time="now", latest_time="+3d")["entry"][0]["content"]
    assert "heron" in names(ask("GET", "alerts/fired_alerts"))
    assert sid in {entry["content"]["sid"] for entry in ask("GET", "alerts/fired_alerts/heron")["entry"]}
    ask("POST", f"{one}/suppress", expiration=60)
    assert content(ask("GET", f"{one}/suppress"))["suppressed"] is True
    ask("POST", f"{one}/acknowledge")
    assert content(ask("GET", f"{one}/suppress"))["suppressed"] is False


def walk_inputs(ask: Asking, folder: Path) -> None:
    for switch, off in (("disable", True), ("enable", False)):
        ask("POST", f"data/inputs/http/http/{switch}")
        assert content(ask("GET", "data/inputs/http/http"))["disabled"] is off
    ask("POST", "data/inputs/http/http", enableSSL=0, disabled=0)
    ask("POST", "data/indexes/main/roll-hot-buckets")
    assert {"http", "oneshot"} <= names(ask("GET", "data/inputs"))
    assert "entry" in ask("GET", "data/inputs/all")
    assert "entry" in ask("GET", "data/modular-inputs")
    file = folder / "events.log"
    file.write_text("heron one\nheron two\n")
    ask("POST", "data/inputs/oneshot", body={"name": str(file), "index": "main", "sourcetype": "walk", "host": "o"})
    assert "entry" in ask("GET", "data/inputs/oneshot")
    ask("POST", "receivers/simple", body=b"heron three", index="main", sourcetype="walk", host="s")
    ask("POST", "receivers/stream", body=b"heron four\nheron five\n", index="main", sourcetype="walk", host="t")
    search = "search index=main sourcetype=walk heron | stats count by host"
    found = ask("POST", "search/jobs", search=search, exec_mode="oneshot")["results"]
    assert {row["host"]: row["count"] for row in found} == {"o": "2", "s": "1", "t": "2"}


def walk_apps(ask: Asking) -> None:
    one = "apps/local/heron"
    assert ask("GET", "apps/local/_new")["entry"][0]["fields"]["required"] == ["name"]
    ask("POST", "apps/local", name="heron", body={"name": "heron", "label": "Grey"})
    ask("POST", one, label="White")
    assert content(ask("GET", one))["label"] == "White"
    ask("POST", f"{one}/disable")
    assert content(ask("GET", one))["disabled"] is True
    ask("POST", f"{one}/enable")
    assert content(ask("GET", one))["disabled"] is False
    assert "eai:setup" in content(ask("GET", f"{one}/setup"))
    assert content(ask("GET", f"{one}/package"))["path"].endswith("heron.spl")
    assert content(ask("GET", f"{one}/update"))["update.available"] is False
    ask("POST", f"{one}/_reload")
    for method in ("GET", "POST"):
        ask(method, "apps/local/_reload")
    ask("DELETE", one)
    assert "heron" not in names(ask("GET", "apps/local", count=0))


def walk_properties(ask: Asking) -> None:
    ask("POST", "properties", __conf="feathers")
    assert "feathers" in names(ask("GET", "properties", count=0))
    ask("POST", "properties/feathers", __stanza="wing")
    assert names(ask("GET", "properties/feathers")) == {"default", "wing"}
    ask("POST", "properties/feathers/wing", colour="grey")
    ask("POST", "properties/feathers/wing/length", value="90")
    assert {"colour", "length"} <= names(ask("GET", "properties/feathers/wing"))
    assert ask("GET", "properties/feathers/wing/length") in {90, "90"}


def walk_kvstore(ask: Asking, server: Server) -> set[tuple[str, str]]:
    """Return what was asked without the SDK, which has no PUT."""
    ask("POST", "storage/collections/config", name="walk")
    data = "storage/collections/data/walk"
    assert _documents(ask, data, {"_key": "a", "n": 1}) == {"_key": "a"}
    assert _documents(ask, f"{data}/batch_save", [{"_key": "b", "n": 2}, {"_key": "c", "n": 3}]) == ["b", "c"]
    found = _documents(ask, f"{data}/batch_find", [{"query": {"n": 2}}])
    assert [one["_key"] for one in found[0]] == ["b"]
    assert [one["_key"] for one in ask("GET", data, query='{"n": {"$gt": 1}}', sort="n")] == ["b", "c"]
    _documents(ask, f"{data}/a", {"n": 10})
    assert ask("GET", f"{data}/a")["n"] == 10
    put = server.ask(
        f"/servicesNS/nobody/search/{data}/a", "PUT", body=b'{"n": 11}', headers={"Content-Type": "application/json"}
    )
    assert put.status == 200
    assert ask("GET", f"{data}/a")["n"] == 11
    ask("DELETE", f"{data}/a")
    ask("GET", f"{data}/a", status=404)
    ask("DELETE", data)
    assert ask("GET", data) == []
    return {("PUT", "storage/collections/data/{collection}/{key}")}


def _documents(ask: Asking, path: str, documents: object) -> Any:
    return ask("POST", path, body=json.dumps(documents), headers=[("Content-Type", "application/json")])


def walk_access(ask: Asking) -> None:
    assert "name" in ask("GET", "authentication/users/_new")["entry"][0]["fields"]["required"]
    ask("POST", "authentication/users", name="wader", password="a long password", roles="user")
    ask("POST", "authentication/users/wader", email="wader@example.com")
    assert content(ask("GET", "authentication/users/wader"))["email"] == "wader@example.com"
    ask("DELETE", "authentication/users/wader")
    assert names(ask("GET", "authentication/users")) == {"admin"}
    made = content(ask("POST", "authorization/tokens", name="admin", audience="walk"))
    assert content(ask("GET", f"authorization/tokens/{made['id']}"))["claims"]["aud"] == "walk"
    ask("POST", f"authorization/tokens/{made['id']}", body={"status": "disabled"})
    ask("DELETE", f"authorization/tokens/{made['id']}")
    assert made["id"] not in names(ask("GET", "authorization/tokens"))
    for method, path in (("GET", ""), ("POST", ""), ("GET", "/a"), ("POST", "/a"), ("DELETE", "/a")):
        assert "passwords" in str(ask(method, f"storage/passwords{path}", status=501))


def walk_collector(server: Server) -> set[tuple[str, str]]:
    """The collector's own port, in plain HTTP: the SDK has no call for it."""
    token, channel = server.token("main", useACK="1"), "00000000-0000-4000-8000-000000000001"
    asked: set[tuple[str, str]] = set()

    def ask(method: str, path: str, body: bytes | None) -> Any:
        asked.add((method, _route(method, f"collector{path}", collector=True)))
        answer = server.hec(path, body, token, channel=channel)
        assert answer.status == 200, (method, path, answer.text)
        return answer.json

    event = b'{"event": "hec object", "sourcetype": "hec:walk"}'
    acks = [ask("POST", path, event)["ackId"] for path in ("", "/event", "/event/1.0")]
    acks += [ask("POST", path, b"hec raw")["ackId"] for path in ("/raw", "/raw/1.0")]
    for path in ("/ack", "/ack/1.0"):
        assert set(ask("POST", path, json.dumps({"acks": acks}).encode())["acks"]) == {str(one) for one in acks}
    for path in ("/health", "/health/1.0"):
        assert ask("GET", path, None)["code"] == 17
    found = server.rows("search index=main hec | stats count by _raw")
    assert {row["_raw"]: row["count"] for row in found} == {"hec object": "3", "hec raw": "2"}
    return asked


def test_a_walk_through_every_route(tmp_path: Path) -> None:
    server = start_server(tmp_path / "data", "--no-tls")
    try:
        asked: set[tuple[str, str]] = set()
        ask = asking(server, asked)
        for path, (made, change) in STANZAS.items():
            life_of_a_stanza(ask, path, made, change)
        walk_about(ask)
        walk_searches(ask, "search/jobs")
        walk_searches(ask, "search/v2/jobs")
        walk_saved(ask)
        walk_inputs(ask, tmp_path)
        walk_apps(ask)
        walk_properties(ask)
        asked |= walk_kvstore(ask, server)
        walk_access(ask)
        asked |= walk_collector(server)
    finally:
        stop_server(server)
    assert sorted(EVERY - asked) == [], "routes that nothing here asks; add a step"
