"""Search jobs: every way to run one, every format of results, pages, time ranges, namespaces, control, errors.

Truth: REST API Reference, "Search endpoints"; splunklib.client and splunklib.results.
"""

from __future__ import annotations

import csv
import io
import re
import time
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest
from running import rows_of
from splunklib.binding import HTTPError

if TYPE_CHECKING:
    import splunklib.client as sdk
    from running import Server

THREE = '| makeresults count=3 | streamstats count as n | eval name="x".n, both=split("p,q",",") | table n name both'


def _done(job: sdk.Job) -> sdk.Job:
    deadline = time.monotonic() + 20
    while not job.is_done():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return job


def test_sdk_runs_a_job_and_reads_its_rows(service: sdk.Service) -> None:
    job = _done(service.jobs.create(THREE))
    assert job["resultCount"] == "3"
    assert job["dispatchState"] == "DONE"
    assert rows_of(job.results(output_mode="json")) == [
        {"n": "1", "name": "x1", "both": ["p", "q"]},
        {"n": "2", "name": "x2", "both": ["p", "q"]},
        {"n": "3", "name": "x3", "both": ["p", "q"]},
    ]
    assert len(rows_of(job.preview(output_mode="json"))) == 3
    assert [one.sid for one in service.jobs if one.sid == job.sid] == [job.sid]
    job.cancel()
    job.cancel()
    with pytest.raises(HTTPError) as caught:
        job.refresh()
    assert caught.value.status == 404


def test_blocking_oneshot_and_export(service: sdk.Service) -> None:
    job = service.jobs.create("| makeresults", exec_mode="blocking")
    assert job.is_done()
    assert len(rows_of(service.jobs.oneshot(THREE, output_mode="json"))) == 3
    assert [row["n"] for row in rows_of(service.jobs.export(THREE, output_mode="json"))] == ["1", "2", "3"]
    assert rows_of(service.jobs.export("| makeresults | where 1=2", output_mode="json")) == []


@pytest.mark.parametrize("base", ["search/jobs", "search/v2/jobs"])
def test_both_versions_of_the_interface(server: Server, base: str) -> None:
    sid = server.post(base, search=THREE, exec_mode="blocking").json["sid"]
    entry = server.ask(f"{base}/{sid}", output_mode=None)
    assert ET.fromstring(entry.text).tag == "{http://www.w3.org/2005/Atom}entry"
    for method in ("GET", "POST"):
        assert len(server.ask(f"{base}/{sid}/results", method).json["results"]) == 3
    assert server.ask(f"{base}/{sid}/").status == 200
    assert server.ask(base, count=0).json["entry"][0]["content"]["sid"] == sid
    assert server.delete(f"{base}/{sid}").status == 200
    assert server.ask(f"{base}/{sid}").status == 404


def test_results_in_every_format(server: Server) -> None:
    sid = server.post("search/v2/jobs", search=THREE, exec_mode="blocking").json["sid"]

    def results(mode: str, **more: Any) -> str:
        answer = server.ask(f"search/v2/jobs/{sid}/results", output_mode=mode, **more)
        assert answer.status == 200
        return answer.text

    json = server.ask(f"search/v2/jobs/{sid}/results").json
    assert json["preview"] is False
    assert json["init_offset"] == 0
    assert [one["name"] for one in json["fields"]] == ["n", "name", "both"]
    rows = server.ask(f"search/v2/jobs/{sid}/results", output_mode="json_rows").json
    assert rows["fields"] == ["n", "name", "both"]
    assert rows["rows"][0] == ["1", "x1", ["p", "q"]]
    columns = server.ask(f"search/v2/jobs/{sid}/results", output_mode="json_cols").json
    assert columns["columns"][1] == ["x1", "x2", "x3"]
    assert list(csv.reader(io.StringIO(results("csv"))))[:2] == [["n", "name", "both"], ["1", "x1", "p\nq"]]
    tree = ET.fromstring(results("xml"))
    assert [one.text for one in tree.findall("meta/fieldOrder/field")] == ["n", "name", "both"]
    assert [one.text for one in tree.findall("result[1]/field[@k='both']/value/text")] == ["p", "q"]
    assert server.ask(f"search/v2/jobs/{sid}/results", output_mode="pdf").status == 400
    empty = server.post("search/v2/jobs", search="| makeresults | where 1=2 | fields - *", exec_mode="blocking").json
    nothing = server.ask(f"search/v2/jobs/{empty['sid']}/results", output_mode="csv")
    assert nothing.body.strip() in {b"", b"_time"}


def test_events_as_csv_and_times_in_a_format(server: Server) -> None:
    """Truth: REST API Reference, results: `output_time_format` is a format of strftime, with Splunk's subseconds (`%3N`, `%Q`)."""
    index = server.index()
    body = b'{"event":"line, with \\"quotes\\"\\nand another","time":1700000000.25,"fields":{"m":["a","b"]}}'
    server.hec("/event", body, server.token(index))
    sid = server.post("search/v2/jobs", search=f"search index={index}", exec_mode="blocking").json["sid"]
    text = server.ask(f"search/v2/jobs/{sid}/events", output_mode="csv", f="_time,_raw,m").text
    assert list(csv.reader(io.StringIO(text))) == [
        ["_time", "_raw", "m"],
        ["2023-11-14T22:13:20.250+00:00", 'line, with "quotes"\nand another', "a\nb"],
    ]
    for form, wanted in (("%s.%3N", "1700000000.250"), ("%F %T.%Q", "2023-11-14 22:13:20.250"), ("%H:%M", "22:13")):
        rows = server.ask(f"search/v2/jobs/{sid}/events", output_time_format=form, f="_time").json["results"]
        assert rows == [{"_time": wanted}], form
    page = server.ask(f"search/v2/jobs/{sid}/events", offset=1).json
    assert (page["init_offset"], page["preview"], page["results"]) == (1, False, [])


def test_pages_fields_and_post_processing(server: Server) -> None:
    sid = server.post("search/v2/jobs", search=THREE, exec_mode="blocking").json["sid"]

    def results(**more: Any) -> list[dict[str, Any]]:
        return list(server.ask(f"search/v2/jobs/{sid}/results", **more).json["results"])

    assert [row["n"] for row in results(count=1, offset=1)] == ["2"]
    assert [row["n"] for row in results(count=0, offset=2)] == ["3"]
    assert [row["n"] for row in results(offset=-1)] == ["3"]
    assert results(offset=9) == []
    assert results(f="n", count=1) == [{"n": "1"}]
    assert results(search="| where n>1 | stats count") == [{"count": "2"}]
    assert results(search="search name=x3") == [{"n": "3", "name": "x3", "both": ["p", "q"]}]
    assert server.ask(f"search/v2/jobs/{sid}/results", count="many").status == 400


def test_default_count_is_a_hundred(server: Server) -> None:
    sid = server.post("search/v2/jobs", search="| makeresults count=250", exec_mode="blocking").json["sid"]
    assert len(server.ask(f"search/v2/jobs/{sid}/results").json["results"]) == 100
    assert len(server.ask(f"search/v2/jobs/{sid}/results", count=0).json["results"]) == 250
    assert server.ask(f"search/v2/jobs/{sid}").json["entry"][0]["content"]["resultCount"] == 250


def test_a_wrong_search_is_refused_when_it_is_sent(server: Server, service: sdk.Service) -> None:
    for text, word in (
        ("| nonsense_command x", "nonsense_command"),
        ("index=main", "Unknown search command 'index'."),
        ("search (", "("),
        ("| makeresults | eval x=", "eval"),
        ("| makeresults | `no_such_macro`", "no_such_macro"),
    ):
        answer = server.post("search/v2/jobs", search=text)
        assert answer.status == 400, text
        message = answer.json["messages"][0]
        assert message["type"] == "FATAL"
        assert word in message["text"]
    with pytest.raises(HTTPError):
        service.jobs.oneshot("| makeresults | script perl x")
    assert server.post("search/v2/jobs").status == 400
    assert server.post("search/v2/jobs", search=" ").status == 400


def test_what_fails_while_it_runs_is_a_failed_job(server: Server) -> None:
    sid = server.post(
        "search/v2/jobs", search="search index=main | lookup no_such_lookup a", exec_mode="blocking"
    ).json["sid"]
    job = server.ask(f"search/v2/jobs/{sid}").json["entry"][0]["content"]
    assert job["dispatchState"] == "FAILED"
    assert job["isFailed"] is True
    # JSON lists messages, Atom has a dictionary of them: what clients of either read (the SDK's Atom, JSON job properties).
    assert [message["type"] for message in job["messages"]] == ["FATAL"]
    assert "no_such_lookup" in job["messages"][0]["text"]
    atom = server.ask(f"search/v2/jobs/{sid}", output_mode="xml").text
    assert re.search(r'<s:key name="messages">\s*<s:dict>\s*<s:key name="fatal">\s*<s:list>\s*<s:item>', atom)
    answer = server.ask(f"search/v2/jobs/{sid}/results")
    assert answer.status == 400
    assert answer.json["messages"][0]["type"] == "FATAL"


def test_time_range_is_half_open_and_relative_to_now(server: Server) -> None:
    index = server.index()
    token = server.token(index)
    now = float(int(time.time()))
    events = "".join(f'{{"event":"n={n}","time":{now - 600 * n}}}' for n in range(4))
    assert server.hec("/event", events.encode(), token).status == 200
    search = f"search index={index} | table n"

    def found(**bounds: Any) -> list[str]:
        return [row["n"] for row in server.rows(search, **bounds)]

    assert found() == ["0", "1", "2", "3"]
    assert found(earliest_time="-15m") == ["0", "1"]
    assert found(earliest_time="-25m", latest_time="-5m") == ["1", "2"]
    assert found(earliest_time=f"{now - 600:.6f}", latest_time=f"{now:.6f}") == ["1"]
    assert found(earliest_time="0", latest_time="") == ["0", "1", "2", "3"]
    assert server.post("search/v2/jobs", search=search, earliest_time="yesterday-ish").status == 400
    assert server.post("search/v2/jobs", search=search, earliest_time="rt-5m").status == 400
    assert server.post("search/v2/jobs", search=search, search_mode="realtime").status == 400


def test_events_have_the_fields_of_the_index(server: Server) -> None:
    index = server.index()
    server.hec(
        "/event", b'{"event":"who_came=alice what_done=login","time":1700000000.25,"host":"h1"}', server.token(index)
    )
    row = server.rows(f"search index={index}")[0]
    assert row["_time"] == "2023-11-14T22:13:20.250+00:00"
    assert row["_raw"] == "who_came=alice what_done=login"
    assert (row["who_came"], row["host"], row["index"]) == ("alice", "h1", index)
    fast = server.rows(f"search index={index}", adhoc_search_level="fast", rf="what_done")[0]
    assert "who_came" not in fast
    assert fast["what_done"] == "login"
    sid = server.post("search/v2/jobs", search=f"search index={index}", exec_mode="blocking").json["sid"]
    assert len(server.ask(f"search/v2/jobs/{sid}/events").json["results"]) == 1
    sid = server.post("search/v2/jobs", search=f"search index={index} | stats count", exec_mode="blocking").json["sid"]
    assert server.ask(f"search/v2/jobs/{sid}/events").json["results"] == []


def test_default_indexes_are_those_of_the_role(server: Server) -> None:
    index = server.index()
    server.hec("/event", b'{"event":"only_here_zebra=1"}', server.token(index))
    assert server.rows("search only_here_zebra") == []
    assert len(server.rows("search index=* only_here_zebra")) == 1
    assert len(server.rows(f"search (index={index} OR index=other) only_here_zebra")) == 1
    before = server.ask("authorization/roles/admin").entries["admin"]["srchIndexesDefault"]
    server.post("authorization/roles/admin", srchIndexesDefault=f"main;{index}")
    assert len(server.rows("search only_here_zebra")) == 1
    server.post("authorization/roles/admin", srchIndexesDefault=";".join(before))


def test_control_of_a_job(service: sdk.Service) -> None:
    job = _done(service.jobs.create("| makeresults", ttl=5))
    job.set_ttl(1000)
    assert job.refresh()["ttl"] == "1000"
    job.set_priority(7)
    assert job.refresh()["priority"] == "7"
    updated = job.state.updated
    time.sleep(1.1)
    job.touch()
    assert job.refresh().state.updated > updated
    job.disable_preview()
    assert job.refresh()["isPreviewEnabled"] == "0"
    job.enable_preview()
    job.pause()
    job.unpause()
    job.finalize()
    assert job.refresh()["isFinalized"] == "1"
    with pytest.raises(HTTPError):
        job.post("control", action="explode")


def test_log_summary_and_timeline(server: Server) -> None:
    index = server.index()
    server.hec("/event", b'{"event":"a=1","time":1700000000}{"event":"a=2","time":1700100000}', server.token(index))
    sid = server.post("search/v2/jobs", search=f"search index={index}", exec_mode="blocking").json["sid"]
    assert f"index={index}" in server.ask(f"search/v2/jobs/{sid}/search.log").text
    summary = server.ask(f"search/v2/jobs/{sid}/summary").json
    assert summary["event_count"] == 2
    assert summary["fields"]["a"]["distinct_count"] == 2
    assert summary["fields"]["a"]["mean"] == 1.5
    tree = ET.fromstring(server.ask(f"search/v2/jobs/{sid}/summary", output_mode=None).text)
    assert tree.find("summary/field[@k='a']") is not None
    days = server.ask(f"search/v2/jobs/{sid}/timeline").json["buckets"]
    assert [day["total_count"] for day in days] == [1, 1]
    assert ET.fromstring(server.ask(f"search/v2/jobs/{sid}/timeline", output_mode=None).text).get("c") == "2"


def test_own_ids_custom_values_and_refusals(server: Server) -> None:
    form = {"search": "| makeresults", "id": "my_job_1", "exec_mode": "blocking", "custom.note": "hello"}
    assert server.post("search/v2/jobs", **form).json["sid"] == "my_job_1"
    assert server.ask("search/v2/jobs/my_job_1").json["entry"][0]["content"]["custom"] == {"note": "hello"}
    server.post("search/v2/jobs/my_job_1", **{"custom.more": "x"})
    assert server.ask("search/v2/jobs/my_job_1").json["entry"][0]["content"]["custom"]["more"] == "x"
    assert server.post("search/v2/jobs", **form).status == 400
    assert server.post("search/v2/jobs", search="| makeresults", id="../x").status == 400
    assert server.post("search/v2/jobs", search="| makeresults", exec_mode="often").status == 400
    assert server.post("search/v2/jobs", search="| makeresults", index_earliest="-1h").status == 400


@pytest.mark.parametrize("mode", ["xml", "json", "csv", "raw"])
def test_export_sends_more_rows_than_one_answer_holds(server: Server, mode: str) -> None:
    search = '| makeresults count=12001 | streamstats count as n | eval _raw="line ".n | table n _raw'
    answer = server.post("search/v2/jobs/export", {"output_mode": mode}, search=search)
    assert answer.status == 200
    if mode == "xml":
        numbers = [one.text for one in ET.fromstring(answer.text).findall("result/field[@k='n']/value/text")]
    elif mode == "json":
        import json

        lines = [json.loads(line) for line in answer.text.splitlines()]
        assert lines[-1]["lastrow"] is True
        assert [line["offset"] for line in lines] == list(range(12001))
        numbers = [line["result"]["n"] for line in lines]
    elif mode == "csv":
        numbers = [row["n"] for row in csv.DictReader(io.StringIO(answer.text))]
    else:
        numbers = [line.split()[1] for line in answer.text.splitlines()]
    assert numbers == [str(n) for n in range(1, 12002)]


def test_parser_answers_200_and_400(service: sdk.Service, server: Server) -> None:
    assert service.parse("search index=main | stats count").status == 200
    with pytest.raises(HTTPError) as caught:
        service.parse("xyzzy")
    assert caught.value.status == 400
    commands = server.post("search/v2/parser", q="search a | head 5").json["commands"]
    assert [one["command"] for one in commands] == ["search", "head"]
    assert server.ask("search/parser", q="search a").status == 200
    assert server.ask("search/parser").status == 400


def test_delete_needs_the_capability(server: Server) -> None:
    index = server.index()
    token = server.token(index)
    server.hec("/event", b'{"event":"keep=1"}{"event":"drop=1"}', token)
    refused = server.post("search/v2/jobs", search=f"search index={index} drop=1 | delete", exec_mode="oneshot")
    assert refused.status == 400
    assert "insufficient privileges" in refused.text
    roles = server.ask("authorization/roles/admin").entries["admin"]["imported_roles"]
    server.post("authorization/roles/admin", imported_roles=[*roles, "can_delete"])
    try:
        rows = server.rows(f"search index={index} drop=1 | delete")
        assert [(row["index"], row["deleted"], row["errors"]) for row in rows] == [
            ("__ALL__", "1", "0"),
            (index, "1", "0"),
        ]
        assert [row["_raw"] for row in server.rows(f"search index={index}")] == ["keep=1"]
        again = server.post(
            "search/v2/jobs", search=f"search index={index} | stats count by index | delete", exec_mode="oneshot"
        )
        assert again.status == 400
    finally:
        server.post("authorization/roles/admin", imported_roles=roles)


def test_jobs_of_others_are_not_seen(server: Server) -> None:
    server.post("authentication/users", name="viewer", password="viewer-secret", roles="user")
    sid = server.post("search/v2/jobs", search="| makeresults", exec_mode="blocking").json["sid"]
    assert server.ask(f"search/v2/jobs/{sid}", user="viewer", password="viewer-secret").status == 404
    own = server.ask(
        "search/v2/jobs",
        "POST",
        form={"search": "| makeresults", "exec_mode": "blocking"},
        user="viewer",
        password="viewer-secret",
    ).json["sid"]
    listed = server.ask("search/v2/jobs", user="viewer", password="viewer-secret").json["entry"]
    assert [entry["content"]["sid"] for entry in listed] == [own]
    assert server.ask(f"search/v2/jobs/{own}").status == 200
    server.delete("authentication/users/viewer")


def test_collect_and_outputlookup_last(server: Server) -> None:
    server.rows('| makeresults | eval who="zoe" | collect index=summary source=made_here')
    assert server.rows("search index=summary source=made_here | table who") == [{"who": "zoe"}]
    server.rows("| makeresults | eval a=1, b=2 | table a b | outputlookup made_here.csv")
    assert server.rows("| inputlookup made_here.csv") == [{"a": "1", "b": "2"}]
    server.post("/servicesNS/nobody/search/configs/conf-macros", name="changes_knowledge", definition="x")
    assert server.rows("| inputlookup made_here.csv") == [{"a": "1", "b": "2"}]


def test_the_servers_own_log_is_searched_by_name_only(server: Server) -> None:
    server.ask("server/info", secret="not-in-the-log")
    rows = server.rows(
        "search index=_internal sourcetype=splunkd_access /services/server/info earliest=-1m | table _raw"
    )
    assert any(
        " - admin [" in row["_raw"] and '"GET /services/server/info HTTP/1.1" 200' in row["_raw"] for row in rows
    )
    server.ask("server/info", user="nobody-here", password="x")
    refused = server.rows('search index=_internal "/services/server/info" 401 earliest=-1m | table _raw')
    assert " - - [" in refused[0]["_raw"]
    assert "not-in-the-log" not in str(server.rows("search index=_internal"))
    assert server.rows("search splunkd_access") == []
    assert server.rows("search index=* splunkd_access") == []


def test_the_present_of_a_search_can_be_given(server: Server) -> None:
    """Truth: REST API Reference, search/jobs, `now`: the time that relative times of the search are relative to."""
    form = {
        "search": '| makeresults | eval at=relative_time(now(), "-1s")',
        "exec_mode": "oneshot",
        "output_mode": "json",
    }
    answer = server.ask("/services/search/jobs", "POST", form={**form, "now": "1500000000"})
    assert float(answer.json["results"][0]["at"]) == 1_499_999_999
    for wrong in ({"now": "soonish"}, {"enable_lookups": "0"}):
        assert server.ask("/services/search/jobs", "POST", form={**form, **wrong}).status == 400
