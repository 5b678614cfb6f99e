"""Why a search found nothing: `explain.yml` over rows, and the same over events and data models."""

from __future__ import annotations

import string
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import Engine

if TYPE_CHECKING:
    from generator.engine.explain import Near

NOW = 1_700_000_000
CASES = yaml.load((Path(__file__).parent / "explain.yml").read_text("utf-8"), yaml.CSafeLoader)["cases"]
SYSMON = (
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
    "<Provider Name='Microsoft-Windows-Sysmon'/><EventID>1</EventID><TimeCreated SystemTime='2026-03-01T10:00:00.{n:03}000000Z'/>"
    "<Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>ws01.example.com</Computer></System><EventData>"
    "<Data Name='Image'>C:\\Windows\\System32\\{image}</Data><Data Name='CommandLine'>{image} {arguments}</Data>"
    "<Data Name='User'>EXAMPLE\\ann</Data><Data Name='ParentImage'>C:\\Windows\\{parent}</Data></EventData></Event>"
)


def shown(near: Near) -> dict[str, Any]:
    return {"count": near.count, "missed": [[one.field, one.wanted, one.got] for one in near.missed]}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_empty_results_are_explained(case: dict[str, Any]) -> None:
    found = Engine(now=NOW).explain(case["search"], input=case["rows"])
    dropped = found.dropped
    assert dropped is not None
    assert (dropped.stage, dropped.clause, dropped.before) == (case["stage"], case["clause"], case["before"])
    if dropped.start >= 0:
        assert dropped.text[dropped.start : dropped.end] == case["clause"]
    if "first" in case:
        assert shown(dropped.nearest[0]) == case["first"]
    else:
        wanted = [{key: entry[key] for key in ("count", "missed")} for entry in case["nearest"]]
        assert [shown(near) for near in dropped.nearest] == wanted
        for near, entry in zip(dropped.nearest, case["nearest"], strict=True):
            assert entry.get("note", "") in near.missed[0].note
            assert bool(near.missed[0].note) is ("note" in entry)
    assert list(dropped.hints) == case.get("hints", [])
    assert case.get("reason", "") in dropped.reason
    assert list(dropped.inside) == case.get("inside", [])
    assert dropped.command in dropped.reason


def test_a_search_that_finds_something_is_explained_by_its_stages() -> None:
    found = Engine(now=NOW).explain("search a=1 | stats count", input=[{"a": "1"}, {"a": "2"}])
    assert found.dropped is None
    assert [(stage.command, stage.rows_in, stage.rows_out) for stage in found.stages] == [
        ("search", 2, 1),
        ("stats", 1, 1),
    ]
    assert found.result.rows == [{"count": "1"}]


def test_an_explained_search_gives_what_the_search_gives() -> None:
    rows = [{"a": str(number % 3), "b": str(number)} for number in range(20)]
    engine = Engine(now=NOW)
    spl = "search a=1 | eventstats max(b) as top | where b=top | table a b"
    assert engine.explain(spl, input=rows).result.rows == engine.search(spl, input=rows).rows


def test_no_events_at_all_are_told_apart_from_events_that_do_not_fit() -> None:
    engine = Engine(now=NOW)
    dropped = engine.explain("EventCode=1").dropped
    assert dropped is not None
    assert "there are no events that `search` could search" in dropped.reason
    engine.load(b"2022-03-01T10:00:00Z a line", sourcetype="lines")
    dropped = engine.explain("line", earliest="-1h").dropped
    assert dropped is not None
    assert "no events in the time window" in dropped.reason
    assert dropped.hints == ("widen --earliest and --latest",)


@pytest.fixture(scope="module")
def sysmon() -> Engine:
    engine = Engine(now=NOW)
    programs = [("cmd.exe", "/c dir", "explorer.exe"), ("pcalua.exe", "-a calc.exe", "cmd.exe")] * 2
    lines = [
        SYSMON.format(n=number, image=image, arguments=arguments, parent=parent)
        for number, (image, arguments, parent) in enumerate(programs)
    ]
    engine.load(
        "\n".join(lines).encode(),
        sourcetype="XmlWinEventLog",
        source="XmlWinEventLog:Microsoft-Windows-Sysmon/Operational",
    )
    return engine


def test_fields_of_a_data_model_are_explained(sysmon: Engine) -> None:
    dropped = sysmon.explain(
        "| tstats count from datamodel=Endpoint.Processes where Processes.process_name=pcalua.exe "
        "Processes.parent_process_name=explorer.exe by Processes.dest"
    ).dropped
    assert dropped is not None
    assert (dropped.command, dropped.clause, dropped.before) == (
        "tstats",
        "Processes.parent_process_name=explorer.exe",
        2,
    )
    assert {tuple(map(tuple, shown(near)["missed"])) for near in dropped.nearest} == {
        (("Processes.parent_process_name", "=explorer.exe", "cmd.exe"),),
        (("Processes.process_name", "=pcalua.exe", "cmd.exe"),),
    }
    assert all(near.count == 2 and near.raw.startswith("<Event") for near in dropped.nearest)


def test_a_misspelt_field_of_a_data_model_gets_the_name_that_there_is(sysmon: Engine) -> None:
    dropped = sysmon.explain("| tstats count from datamodel=Endpoint.Processes by Processes.proces_name").dropped
    assert dropped is not None
    assert dropped.hints[0].endswith("did you mean `Processes.process_name`?")


@pytest.mark.parametrize(
    "spl",
    [
        "| tstats count from datamodel=Web.Web by Web.url",
        "| tstats count from datamodel=Web.Web where Web.url=x | where count > 0",
        "| from datamodel:Web.Web",
        "| datamodel Web Web search",
    ],
)
def test_a_dataset_without_events_is_explained_by_its_constraint(sysmon: Engine, spl: str) -> None:
    dropped = sysmon.explain(spl).dropped
    assert dropped is not None
    assert (dropped.stage, dropped.clause) == (0, "tag=web")
    got = dropped.nearest[0].missed[0].got
    assert got is not None
    assert "process" in got.split(", ")


def test_a_macro_that_hides_the_clause_is_expanded(tmp_path: Path) -> None:
    folder = tmp_path / "app" / "default"
    folder.mkdir(parents=True)
    (folder / "macros.conf").write_text("[only_two]\ndefinition = search a=1 b=2\n", encoding="utf-8")
    dropped = Engine(apps=[tmp_path / "app"], now=NOW).explain("`only_two`", input=[{"a": "1", "b": "3"}]).dropped
    assert dropped is not None
    assert (dropped.clause, dropped.text) == ("b=2", "search a=1 b=2")


# --- any condition ---------------------------------------------------------------------------------------------------

CELLS = st.fixed_dictionaries({}, optional={name: st.sampled_from("012") for name in "abc"})
COMPARED = st.builds(
    "{}{}{}".format, st.sampled_from("abc"), st.sampled_from(("=", "!=", ">")), st.sampled_from("0123")
)
TERMS = st.recursive(
    COMPARED,
    lambda inner: st.one_of(
        st.builds("({} {})".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
        st.builds("NOT {}".format, inner),
    ),
    max_leaves=6,
)
CONDITIONS = st.recursive(
    COMPARED,
    lambda inner: st.one_of(
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
        st.builds("NOT ({})".format, inner),
    ),
    max_leaves=6,
)


@settings(deadline=None, max_examples=150)
@given(
    rows=st.lists(CELLS, min_size=1, max_size=8),
    text=st.one_of(st.builds("search {}".format, TERMS), st.builds("where {}".format, CONDITIONS)),
)
def test_whatever_is_asked_an_empty_result_has_a_clause_and_nearest_rows(rows: list[dict[str, str]], text: str) -> None:
    found = Engine(now=NOW).explain(text, input=rows)
    if found.dropped is None:
        assert len(found.result)
        return
    dropped = found.dropped
    assert dropped.clause
    assert dropped.clause in text
    assert 1 <= dropped.before <= len(rows)
    assert sum(near.count for near in dropped.nearest) <= len(rows)
    assert dropped.nearest
    for near in dropped.nearest:
        assert near.missed
        for missed in near.missed:
            own = [row.get(missed.field) for row in rows]
            assert missed.got in own
            assert set(missed.field) <= set(string.ascii_lowercase)
