"""The Python interface: loading, windows, results, what stops a search."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator import Engine
from generator.base.diagnostics import DatasetError, UnsupportedSpl
from generator.engine.errors import SearchError

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1_700_000_000


def test_values_come_as_texts_and_lists_and_absent_fields_are_left_out() -> None:
    rows = [{"a": 1, "b": ["x", 2], "c": None, "d": True, "e": []}]
    result = Engine(now=NOW).search("eval n=a/2", input=rows)
    assert result.rows == [{"a": "1", "b": ["x", "2"], "d": "true", "n": "0.5"}]
    assert result.fields == ["a", "b", "c", "d", "e", "n"]
    assert len(result) == 1


def test_stages_say_what_each_command_did() -> None:
    result = Engine(now=NOW).search("search a=1 | stats count", input=[{"a": "1"}, {"a": "2"}])
    assert [(stage.command, stage.text, stage.rows_in, stage.rows_out) for stage in result.stages] == [
        ("search", "search a=1", 2, 1),
        ("stats", "stats count", 1, 1),
    ]
    assert all(stage.seconds >= 0 for stage in result.stages)


def test_a_window_chooses_by_time() -> None:
    rows = [{"_time": str(NOW - age), "age": str(age)} for age in (10, 100, 5000)]
    engine = Engine(now=NOW)
    assert [row["age"] for row in engine.search("search *", "-5m", "now", input=rows).rows] == ["10", "100"]
    assert [row["age"] for row in engine.search("search *", NOW - 6000, NOW - 100, input=rows).rows] == ["5000"]
    assert len(engine.search("search *", "0", "", input=rows)) == 3


def test_loaded_lines_are_found_by_words_and_metadata(tmp_path: Path) -> None:
    file = tmp_path / "some.log"
    file.write_bytes(b"first line\nsecond l\xffne\n")
    engine = Engine(now=NOW)
    assert engine.load(file, sourcetype="plain", host="h1") == 2
    assert engine.load(b"third line", sourcetype="other", source="s3") == 1
    assert engine.search("search line | stats count by sourcetype").rows == [
        {"sourcetype": "other", "count": "1"},
        {"sourcetype": "plain", "count": "1"},
    ]
    assert [row["source"] for row in engine.search("search host=h1 second | table source").rows] == [str(file)]


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="cannot read"):
        Engine(now=NOW).load(tmp_path / "nothing.log")


def test_macros_of_an_app_are_expanded(tmp_path: Path) -> None:
    (tmp_path / "default").mkdir()
    (tmp_path / "default" / "macros.conf").write_text(
        '[who(1)]\nargs = u\ndefinition = user="$u$"\n[both]\ndefinition = `who(bob)` OR `who(eve)`\n'
        '[computed(1)]\nargs = x\niseval = 1\ndefinition = if("$x$"="a", "user=bob", "user=eve")\n'
    )
    engine = Engine(apps=[tmp_path], now=NOW)
    rows = [{"user": "bob"}, {"user": "eve"}, {"user": "z"}]
    assert len(engine.search("search `both`", input=rows)) == 2
    assert engine.search("search `computed(a)`", input=rows).rows == [{"user": "bob"}]


@pytest.mark.parametrize(
    ("search", "message"),
    [
        ("| apply model", "the command `apply` is not supported by the embedded engine (at 1:3 of the search)"),
    ],
)
def test_what_is_missing_is_named_with_its_place(search: str, message: str) -> None:
    with pytest.raises(UnsupportedSpl) as stopped:
        Engine(now=NOW).search(search, input=[{"a": "1"}])
    assert message in str(stopped.value)


@pytest.mark.parametrize(
    ("search", "message"),
    [
        ("| stats count", "This command cannot be the first one of a search"),
        ("search a=1 | stats", "expected an aggregation"),
        ("frobnicate x=1 | fronbicate", "unknown command `fronbicate`"),
        ('where match(a, "(")', "Error in 'where' command: Regex: missing )"),
    ],
)
def test_a_wrong_search_is_refused_with_the_reason(search: str, message: str) -> None:
    with pytest.raises(SearchError) as stopped:
        Engine(now=NOW).search(search, input=None if search.startswith("|") else [{"a": "1"}])
    assert message in str(stopped.value)


def test_a_pattern_that_explodes_is_cut_and_reported() -> None:
    result = Engine(now=NOW).search('where match(a, "^(a|aa)+$")', input=[{"a": "a" * 60 + "b"}, {"a": "aaa"}])
    assert [row["a"] for row in result.rows] == ["aaa"]
    assert [message.kind for message in result.messages] in ([], ["WARN"])


def test_subsearches_become_terms() -> None:
    rows = [{"user": "bob", "n": "1"}, {"user": "eve", "n": "2"}, {"user": "al", "n": "3"}]
    engine = Engine(now=NOW)
    inner = '| makeresults format=csv data="user\nbob\neve"'
    assert [row["n"] for row in engine.search(f"search [{inner}]", input=rows).rows] == ["1", "2"]
    assert [row["n"] for row in engine.search(f"search NOT [{inner}]", input=rows).rows] == ["3"]
    assert engine.search(f"search [{inner} | search user=nobody]", input=rows).rows == []


def test_eventcount_counts_whatever_the_window() -> None:
    """Search Reference, "eventcount": the time range has no effect."""
    engine = Engine(now=NOW)
    engine.load(b"1700000000 a\n1600000000 b\n", sourcetype="lines")
    assert engine.search("search * | stats count", "-1h").rows == [{"count": "1"}]
    assert engine.search("| eventcount", "-1h").rows == [{"count": "2"}]


def test_a_macro_that_asks_for_the_time_follows_the_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "app" / "default"
    folder.mkdir(parents=True)
    (folder / "macros.conf").write_text(
        "[stamp]\ndefinition = tostring(now())\niseval = 1\n[outer]\ndefinition = eval at=`stamp`\n"
    )
    engine = Engine(apps=[tmp_path / "app"])
    clock = [1000.0]
    monkeypatch.setattr("generator.engine.api.time.time", lambda: clock[0])
    spl = "| makeresults | `outer` | table at"
    assert engine.search(spl).rows == [{"at": "1000"}]
    clock[0] = 2000.0
    assert engine.search(spl).rows == [{"at": "2000"}]
