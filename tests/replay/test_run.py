"""Whole tests over small packs: outcomes never look alike, each with its reason. Truth: the events, counted by hand."""

from __future__ import annotations

import datetime
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from generator.backends.embedded import EmbeddedBackend
from generator.cli.testing import Session
from generator.content.load import load_pack
from generator.replay.cache import DataCache
from generator.replay.datasets import DataStore
from generator.replay.plan import make_plan
from generator.replay.results import Outcome, TestResult
from generator.replay.run import Rules, run_tests
from tests.knowledge.test_places import database
from tests.replay.packs import baseline, detection, events, inline, unit, write_pack

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from generator.backends.base import Dispatch, Found

    Run = Callable[..., dict[str, TestResult]]

NOON = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC).timestamp()
TWO = events(("tar", "alice"), ("curl", "bob"))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Write a pack, run its tests, return results by test name."""

    def call(
        *detections: dict[str, Any],
        files: dict[str, str] | None = None,
        baselines: Sequence[dict[str, Any]] = (),
        jobs: int = 1,
        **rules: Any,
    ) -> dict[str, TestResult]:
        root = write_pack(tmp_path / "pack", *detections, files=files, baselines=baselines)
        pack = load_pack(root)
        plan = make_plan(pack)
        store = DataStore(root, DataCache(tmp_path / "cache"))
        with Session(root, pack, plan, store, Rules(NOON, **rules)) as session:
            results = run_tests(session.runner(), plan, jobs=jobs)
        return {result.test: result for result in results}

    return call


def test_a_search_finds_old_events_in_its_own_window(run: Run) -> None:
    found = run(detection("Found", tests=[unit(events=inline(TWO), expect={"exactly": 2})]))["Unit"]
    assert (found.outcome, found.rows, found.events, found.reason) == (Outcome.PASS, 2, 2, "")
    assert found.detection == "Found"
    assert [stage.command for stage in found.stages][:2] == ["search", "stats"]


def test_a_failure_says_what_was_expected_and_which_clause_dropped_the_nearest(run: Run) -> None:
    search = '`audit` type=SYSCALL exe="/usr/bin/nmap" | stats count by host user | `missed_filter`'
    result = run(detection("Missed", search=search, tests=[unit(events=inline(TWO))]))["Unit"]
    assert result.outcome is Outcome.FAIL
    assert "expected at least 1 row, got no rows" in result.reason
    assert "/usr/bin/nmap" in result.why[0]
    assert any("nearest" in line and "/usr/bin/" in line for line in result.why)
    assert result.line > 20


def test_every_outcome_has_its_reason(run: Run) -> None:
    results = run(
        detection("Unknown", search="`audit` | frobnicate | `unknown_filter`", tests=[unit("unsupported", events=inline(TWO))]),
        detection("Wrong", search="`audit` | stats sum( | `wrong_filter`", tests=[unit("wrong", events=inline(TWO))]),
        detection("Plain", tests=[
            unit("missing file", attack_data=[{"data": "attack_data/none.log", "source": "s", "sourcetype": "linux_audit"}]),
            unit("far", attack_data=[{"data": "https://example.com/x.log", "source": "s", "sourcetype": "linux_audit"}]),
            unit("outside", attack_data=[{"data": "../x.log", "source": "s", "sourcetype": "linux_audit"}]),
            unit("empty", attack_data=[{"data": "attack_data/empty.log", "source": "s", "sourcetype": "linux_audit"}]),
            unit("chain", events=inline(TWO), chain=["Nobody"]),
            {"name": "later", "test_type": "experimental", "description": "Needs a domain."},
            unit("nothing"),
        ]),
        detection("Old", status="deprecated", tests=[unit("old", events=inline(TWO))]),
        files={"attack_data/empty.log": ""},
    )  # fmt: skip
    told = {name: (result.outcome.value, result.reason) for name, result in results.items()}
    assert told["unsupported"][0] in {"unsupported", "error"}
    assert "frobnicate" in told["unsupported"][1]
    assert told["wrong"][0] == "error"
    assert told["missing file"] == (
        "error",
        "attack_data/none.log is neither in the pack nor in the attack data folder",
    )
    assert told["far"] == ("skipped", "data not present: https://example.com/x.log")
    assert told["outside"][0] == "error"
    assert told["empty"][0] == "error"
    assert "holds no events" in told["empty"][1]
    assert told["chain"] == ("error", "the chain names the detection `Nobody`, which is not in the pack")
    assert told["later"] == ("skipped", "the test is experimental: Needs a domain.")
    assert told["nothing"] == ("skipped", "the test has no data")
    assert told["old"] == ("skipped", "the detection is deprecated")


def test_benign_data_count_with_the_rest_and_alone_must_stay_silent(run: Run) -> None:
    benign = [{"data": "attack_data/b.log", "source": "s", "sourcetype": "linux_audit", "host": "h2"}]
    search = '`audit` exe="/usr/bin/tar" | stats count by host user | `quiet_filter`'
    results = run(
        detection(
            "Quiet",
            search=search,
            tests=[
                unit("both", events=inline(TWO), benign_data=benign, expect={"exactly": 1}),
                unit("alone", benign_data=benign),
            ],
        ),
        files={"attack_data/b.log": events(("ls", "carol"))},
    )
    assert {result.outcome for result in results.values()} == {Outcome.PASS}
    assert results["both"].events == 3


def test_lookups_and_macros_of_a_test_are_its_own(run: Run) -> None:
    search = "`audit` type=SYSCALL | lookup known user OUTPUT role | where role=`wanted` | stats count by host user | `own_filter`"
    lookup = (
        "name: known\nlookup_type: csv\nid: 00000000-0000-4000-8000-000000009999\nversion: 1\n"
        "creation_date: '2026-01-01'\nmodification_date: '2026-01-01'\nauthor: a\ndescription: Known.\n"
    )
    files = {
        "lookups/known.yml": lookup,
        "lookups/known.csv": "user,role\nalice,admin\n",
        "macros/wanted.yml": "name: wanted\ndefinition: '\"admin\"'\ndescription: A role.\n",
    }
    results = run(
        detection(
            "Own",
            search=search,
            tests=[
                unit("pack's", events=inline(TWO), expect={"rows": [{"user": "alice"}], "exactly": 1}),
                unit("lookup", events=inline(TWO), lookups={"known": [{"user": "bob", "role": "admin"}]}, expect={"rows": [{"user": "bob"}], "exactly": 1}),
                unit("macro", events=inline(TWO), macros={"wanted": '"guest"'}, expect="none"),
                unit("after", events=inline(TWO), expect={"rows": [{"user": "alice"}], "exactly": 1}),
            ],
        ),
        files=files,
    )  # fmt: skip
    assert {name: result.reason for name, result in results.items()} == dict.fromkeys(results, "")


def test_a_lookup_that_one_search_writes_is_not_seen_by_the_next(run: Run) -> None:
    search = "`audit` | stats count by user | outputlookup made | `writer_filter`"
    reader = "| inputlookup made | `reader_filter`"
    results = run(
        detection("Reader", search=reader, tests=[unit("reads", events=inline(TWO), expect="none")]),
        detection("Writer", search=search, tests=[unit("writes", events=inline(TWO))]),
        detection("Zeta", search=reader.replace("reader", "zeta"), tests=[unit("reads too", events=inline(TWO), expect="none")]),
        files={"lookups/made.yml": "name: made\nlookup_type: csv\nid: 00000000-0000-4000-8000-000000009998\nversion: 1\ncreation_date: '2026-01-01'\nmodification_date: '2026-01-01'\nauthor: a\ndescription: Made.\n", "lookups/made.csv": "user\n"},
    )  # fmt: skip
    assert {name: result.reason for name, result in results.items() if name.startswith("reads")} == {
        "reads": "",
        "reads too": "",
    }


def test_a_baseline_is_tested_as_a_detection_is(run: Run) -> None:
    """Truth: the rows that `outputlookup` passes on are those that it writes; the lookup begins with what the test says."""
    learns = baseline(
        "Learns",
        search="`audit` type=SYSCALL | stats count by user | inputlookup append=t made | stats sum(count) as count by user | outputlookup made",
        tests=[
            unit("learns", events=inline(TWO), expect={"exactly": 2, "rows": [{"user": "alice", "count": 1}]}),
            unit(
                "adds",
                events=inline(TWO),
                lookups={"made": [{"user": "alice", "count": 4}]},
                expect={"exactly": 2, "rows": [{"user": "alice", "count": 5}, {"user": "bob", "count": 1}]},
            ),
            unit("wrong", events=inline(TWO), expect={"exactly": 3}),
        ],
    )
    reader = detection(
        "Reads", search="| inputlookup made | `reads_filter`", tests=[unit("silent", events=inline(TWO), expect="none")]
    )
    results = run(
        reader,
        baselines=[learns, baseline("Untested")],
        files={"lookups/made.yml": "name: made\nlookup_type: csv\nid: 00000000-0000-4000-8000-000000009998\nversion: 1\ncreation_date: '2026-01-01'\nmodification_date: '2026-01-01'\nauthor: a\ndescription: Made.\n", "lookups/made.csv": "user,count\n"},
    )  # fmt: skip
    assert {name: result.outcome for name, result in results.items()} == {
        "learns": Outcome.PASS,
        "adds": Outcome.PASS,
        "wrong": Outcome.FAIL,
        "silent": Outcome.PASS,
    }
    assert (results["wrong"].detection, results["wrong"].path) == ("Learns", "baselines/learns.yml")
    assert results["wrong"].line > 1


def test_risk_of_detections_feeds_a_correlation_search(run: Run) -> None:
    correlation = detection(
        "Sum",
        type="Correlation",
        search="| tstats count dc(source) as sources values(All_Risk.risk_message) as message sum(All_Risk.calculated_risk_score) as score"
        " from datamodel=Risk.All_Risk by All_Risk.risk_object All_Risk.annotations.mitre_attack.mitre_tactic_id"
        " | rename All_Risk.* as * | where sources >= 2 | `sum_filter`",
        finding={"title": "$risk_object$: $score$", "entity": {"field": "risk_object", "type": "user", "score": 90}},
        tests=[
            unit(
                "two feed it",
                events=inline(events(("tar", "alice"), ("curl", "bob"), ("curl", "alice"))),
                chain=["First", "Second"],
                expect={
                    "exactly": 1,
                    "rows": [{"risk_object": "alice", "score": 80}],
                    "notable": {"title": "alice: 80", "object": "alice", "score": 90},
                },
            ),
            unit("one is silent", events=inline(events(("tar", "alice"))), chain=["First", "Second"]),
        ],
    )
    correlation.pop("intermediate_findings")
    first = '`audit` exe="/usr/bin/tar" | stats values(exe) as exe by host user | `first_filter`'
    second = '`audit` exe="/usr/bin/curl" | stats values(exe) as exe by host user | `second_filter`'
    results = run(
        correlation,
        detection("First", search=first, tests=[unit("f", events=inline(TWO))]),
        detection("Second", search=second, tests=[unit("s", events=inline(TWO), expect={"risk": [
            {"object": "bob", "type": "user", "score": 40, "message": "bob ran /usr/bin/curl"}]})]),
    )  # fmt: skip
    assert results["two feed it"].reason == ""
    assert results["one is silent"].outcome is Outcome.FAIL
    assert results["one is silent"].mismatches[0].what == "chain: Second"
    assert results["s"].reason == ""


def test_all_time_moves_nothing(run: Run) -> None:
    search = "`audit` | stats min(_time) as first by host user | where first < 1700000100 | `past_filter`"
    one = detection("Past", search=search, tests=[unit(events=inline(TWO))])
    assert run(one)["Unit"].outcome is Outcome.FAIL
    assert run(one, all_time=True)["Unit"].outcome is Outcome.PASS


def test_times_in_texts_move_where_the_search_reads_them(run: Run) -> None:
    search = (
        '`audit` | rex "audit\\((?<stamp>\\d+)" | eval age=now()-stamp, gap=abs(_time-stamp) | where age<7200 AND gap<1'
        " | stats count by host user | `clock_filter`"
    )
    assert run(detection("Clock", search=search, tests=[unit(events=inline(TWO))]))["Unit"].reason == ""


def test_silence_about_events_outside_of_a_fixed_window_is_no_pass(run: Run) -> None:
    """Truth: docs/testing.md, "Time": nothing moves to a window of dates, so a search there would see none of these events."""
    window = {"earliest": "1800000000", "latest": "1800003600"}
    results = run(
        detection(
            "Dated",
            tests=[
                unit("silent", events=inline(TWO), expect="none", **window),
                unit("before", events=inline(TWO), expect="none", earliest="1600000000", latest="1600003600"),
                unit("inside", events=inline(TWO), earliest="1699999999", latest="1700003600", expect={"exactly": 2}),
                unit("half", benign_data=[{"data": "attack_data/late.log", "source": "s", "sourcetype": "linux_audit"}],
                     events=inline(TWO), earliest="1699999999", latest="1700003600", expect={"exactly": 2}),
            ],
        ),
        files={"attack_data/late.log": events(("tar", "eve")).replace("1700000", "1800000")},
    )  # fmt: skip
    assert {name: result.outcome for name, result in results.items()} == {
        "silent": Outcome.ERROR,
        "before": Outcome.ERROR,
        "inside": Outcome.PASS,
        "half": Outcome.ERROR,
    }
    assert "all its events lie before the window" in results["silent"].reason or "after" in results["before"].reason
    assert "late.log: all its events lie after the window of the test" in results["half"].reason


def test_what_a_test_sets_must_have_an_effect(run: Run) -> None:
    """Truth: a misspelt name leaves the pack's own macro or lookup in place, and the test shows something else than it says."""
    two_forms = "name: {name}\ndefinition: {text}\ndescription: Two forms.\n"
    results = run(
        detection(
            "Sets",
            search="`audit` type=SYSCALL `narrow(tar)` | stats count by host user | `sets_filter`",
            tests=[
                unit("misspelt macro", events=inline(TWO), macros={"adit": "sourcetype=x"}),
                unit("misspelt lookup", events=inline(TWO), lookups={"knwon": [{"a": 1}]}),
                unit("filter", events=inline(TWO), macros={"sets_filter": "search user=nobody"}, expect="none"),
                unit("one form", events=inline(TWO), macros={"narrow(1)": "exe=nothing"}, expect="none"),
                unit("which form", events=inline(TWO), macros={"narrow": "exe=nothing"}, expect="none"),
            ],
        ),
        files={
            "macros/narrow.yml": two_forms.format(name="narrow", text="exe=*$x$ user=$y$") + "arguments: [x, y]\n",
            "macros/narrow_1.yml": two_forms.format(name="narrow", text="exe=*$x$") + "arguments: [x]\n",
        },
    )
    told = {name: (result.outcome.value, result.reason) for name, result in results.items()}
    assert told["misspelt macro"] == (
        "error",
        "the test sets the macro `adit`, which the app does not have and its search does not ask for",
    )
    assert "the lookup `knwon`" in told["misspelt lookup"][1]
    assert told["filter"] == told["one form"] == ("pass", "")
    assert told["which form"] == (
        "error",
        "the test sets the macro `narrow`, which has several forms: name one of narrow(1), narrow(2)",
    )


def test_silence_of_a_search_that_lacks_its_places_is_no_pass(run: Run) -> None:
    """Truth: without a database `iplocation` adds nothing, so a filter on a country drops everything, right or wrong."""
    search = '`audit` | eval ip="192.0.2.1" | iplocation ip | where Country="Lowland" | stats count by host user | `geo_filter`'
    silent = search.replace("geo_filter", "near_filter").replace("| eval", "exe=*none | eval")
    enriches = '`audit` type=SYSCALL | eval ip="192.0.2.1" | iplocation ip | stats count by host user | `rich_filter`'
    results = run(
        detection("Geo", search=search, tests=[unit("blind", events=inline(TWO), expect="none")]),
        detection("Near", search=silent, tests=[unit("none came", events=inline(TWO), expect="none")]),
        detection("Rich", search=enriches, tests=[unit("enriched", events=inline(TWO), expect={"exactly": 2})]),
    )
    assert {name: result.outcome for name, result in results.items()} == {
        "blind": Outcome.SKIPPED,
        "none came": Outcome.PASS,
        "enriched": Outcome.PASS,
    }
    assert ".mmdb" in results["blind"].reason


def test_a_search_that_ends_with_an_error_is_no_pass(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Truth: a server answers with the rows so far and a message of type ERROR where a part of a search failed."""
    plain = EmbeddedBackend.search

    def failing(self: EmbeddedBackend, dispatch: Dispatch) -> Found:
        return replace(plain(self, dispatch), rows=(), messages=("ERROR: a peer did not answer",))

    monkeypatch.setattr(EmbeddedBackend, "search", failing)
    results = run(
        detection(
            "Broken", tests=[unit("silent", events=inline(TWO), expect="none"), unit("fires", events=inline(TWO))]
        )
    )
    assert (results["silent"].outcome, results["silent"].reason) == (
        Outcome.ERROR,
        "the search ended with an error: ERROR: a peer did not answer",
    )
    assert results["fires"].outcome is Outcome.FAIL


def test_rows_of_a_lookup_are_data(run: Run) -> None:
    search = "| inputlookup made where user=alice | stats count by user | `table_filter`"
    made = "name: made\nlookup_type: csv\nid: 00000000-0000-4000-8000-000000009998\nversion: 1\ncreation_date: '2026-01-01'\nmodification_date: '2026-01-01'\nauthor: a\ndescription: Made.\n"
    results = run(
        detection("Table", search=search, intermediate_findings=None, finding=None, type="Hunting", tests=[
            unit("there", lookups={"made": [{"user": "alice"}]}, expect={"exactly": 1}),
            unit("not there", lookups={"made": [{"user": "bob"}]}, expect="none"),
        ]),
        files={"lookups/made.yml": made, "lookups/made.csv": "user\n"},
    )  # fmt: skip
    assert {name: (result.outcome, result.reason) for name, result in results.items()} == {
        "there": (Outcome.PASS, ""),
        "not there": (Outcome.PASS, ""),
    }


@pytest.mark.skipif(sys.platform == "win32", reason="no alarm there")
def test_a_test_that_takes_too_long_is_an_error(run: Run) -> None:
    search = "| makeresults count=3000000 | eval x=md5(tostring(random())) | stats dc(x) as n | `slow_filter`"
    result = run(detection("Slow", search=search, tests=[unit(events=inline(TWO))]), timeout=0.2)["Unit"]
    assert (result.outcome, "longer than 0.2 s" in result.reason) == (Outcome.ERROR, True)


def test_processes_give_what_one_gives(run: Run) -> None:
    many = [
        detection(
            f"Many {number:02}", tests=[unit(f"t{number}", events=inline(TWO), expect={"exactly": 2 + number % 2})]
        )
        for number in range(12)
    ]
    alone = run(*many)
    together = run(*many, jobs=3)
    assert list(alone) == list(together)
    assert [one.outcome for one in alone.values()] == [one.outcome for one in together.values()]


def test_the_projects_own_pack_passes(root: Path) -> None:
    pack = load_pack(root)
    plan = make_plan(pack)
    store = DataStore(root, DataCache(Path("/nonexistent")))
    with Session(root, pack, plan, store, Rules(NOON)) as session:
        results = run_tests(session.runner(), plan, jobs=1)
    assert {result.test: result.reason for result in results if result.outcome is not Outcome.PASS} == {}
    assert len(results) >= len(pack.detections)


@pytest.mark.corpus
def test_replays_of_the_public_pack(corpus: Path, tmp_path: Path) -> None:
    import json

    root = corpus / "security_content"
    pack = load_pack(root)
    wanted = {one["id"] for one in json.loads((corpus / "attack_data" / "replays.json").read_text())}
    plan = [one for one in make_plan(pack) if one.item.id in wanted]
    store = DataStore(root, DataCache(tmp_path), corpus / "attack_data")
    with Session(root, pack, plan, store, Rules(NOON)) as session:
        results = run_tests(session.runner(), plan, jobs=1)
    assert len(results) == 8
    told = {result.detection: result.reason for result in results if result.outcome is not Outcome.PASS}
    assert list(told) == ["PingID Mismatch Auth Source and Verification Response"], told
    assert ".mmdb" in next(iter(told.values()))
    plan = [one for one in plan if one.item.name in told]
    lookups = tmp_path / "geo" / "lookups"
    lookups.mkdir(parents=True)
    places = {
        "0.0.0.0/1": {"country": {"iso_code": "AA", "names": {"en": "Lowland"}}},
        "128.0.0.0/1": {"country": {"iso_code": "BB", "names": {"en": "Highland"}}},
    }
    (lookups / "places.mmdb").write_bytes(database(places))
    with Session(root, pack, plan, store, Rules(NOON), apps=[tmp_path / "geo"]) as session:
        (result,) = run_tests(session.runner(), plan, jobs=1)
    assert (result.outcome, result.reason) == (Outcome.PASS, "")
