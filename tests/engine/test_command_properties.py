"""Commands against slow, plain evaluators; and all of them over strange rows."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generator import Engine
from generator.base.diagnostics import UnsupportedSpl
from generator.commands.spath import _closed_json, _closed_xml
from generator.engine.errors import SearchError

ENGINE = Engine(now=1_700_000_000)
PIECES = [
    "convert timeformat=%F ctime(_time) AS t auto(*) num(a) dur2sec(b) memk(c) rmunit(*) mktime(b)",
    "mvexpand a limit=2", "spath", "spath path=a{}.b output=o", "spath input=b a.b{1}{@c}",
    "foreach * [eval <<FIELD>>_<<MATCHSTR>>='<<FIELD>>'.\"x\"]", "foreach mode=multivalue a [eval n=mvappend(n, <<ITEM>>)]",
    "foreach mode=json_array b [eval n=<<ITER>>]", "appendpipe [stats count by a]",
    "appendcols [| makeresults count=3 | eval a=1, q=2]", "streamstats window=2 count sum(a) values(b) AS v by c",
    "streamstats time_window=1h current=f last(a) dc(b)", "streamstats reset_after=(a>1) reset_on_change=t avg(a) by b",
    "timechart span=1h count sum(a) by b limit=2", "timechart bins=5 per_hour(a)", "chart count max(a) over b by c",
    "chart sum(a) over a span=10", "chart count over a bins=4 by b where max in top1", "transaction a maxpause=5 mvlist=t",
    'transaction a b connected=f startswith="x" endswith=eval(c>1) keepevicted=t keeporphans=t', 'makemv delim="a" b',
    'makemv tokenizer="(.)" a', 'mvcombine delim="," a | nomv a', "reverse", "filldown", "xmlkv b", "xmlkv",
    'map search="| makeresults | eval q=\\"$a$\\""', "replace a* WITH *b, 1 WITH 2 IN a b",
    "addtotals col=t labelfield=b", "addcoltotals labelfield=z", "untable a n v", "xyseries a b c", "xyseries a b c _time sep=-",
    "transpose 0 header_field=a", "transpose include_empty=f", "format maxresults=2", "return 3 a $b c=a", "fromjson b",
    "tojson auto(a) json(b) num(c) fill_null=t", "tojson include_internal=t", 'extract pairdelim=" " kvdelim="="', "kv",
    "multikv", "multikv forceheader=1 rmorig=f", 'xpath "//a/@b" field=b', "iplocation a", 'strcat a "-" b z',
    'setfields q="1"', "accum a", "delta a p=2", "autoregress b p=1-3", "rangemap field=a low=0-1 high=2-3", "tags",
    "typer", "fieldformat a=a+1", "fieldsummary", "uniq", "makecontinuous span=1d", "makecontinuous a span=1",
    "trendline sma2(a) wma3(a)", "outlier mark=t", "anomalydetection method=iqr a", "concurrency duration=a start=c",
    "contingency a b maxcols=2", "addinfo", "selfjoin a keepsingle=t", "collect index=x testmode=t", "noop",
]  # fmt: skip
TEXTS = st.sampled_from(
    ["", "a", "1", "-2.5", "x y", "\\", '"', "é", "1e400", "99999999999999999999", "\0", "a\nb", "*", "a=1 b=2",
     '{"a": [{"b": 1}, 2]}', "[1, {}]", "<a b='1'><c>x</c></a>", "1:02", "10k", "$a$", "<<FIELD>>"]
)  # fmt: skip
CELLS = st.one_of(
    st.none(), TEXTS, st.integers(), st.floats(), st.booleans(), st.lists(st.one_of(TEXTS, st.integers()), max_size=3)
)
ROWS = st.lists(st.dictionaries(st.sampled_from(["a", "b", "c", "_time", "_raw"]), CELLS), max_size=5)
PIPELINES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map(" | ".join)
FEW = st.sampled_from(["1", "2", "3"])
NAMES = st.sampled_from(["x", "y"])
TABLES = st.lists(st.fixed_dictionaries({"v": FEW}, optional={"g": NAMES, "h": NAMES}), min_size=1, max_size=8)


def rows_of(search: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [dict(row) for row in ENGINE.search(search, input=rows).rows]


@settings(max_examples=400, deadline=None)
@given(search=PIPELINES, rows=ROWS)
@example(search="reverse | appendcols [| makeresults count=3 | eval a=1, q=2]", rows=[])
def test_commands_run_over_any_rows(search: str, rows: list[dict[str, object]]) -> None:
    try:
        result = ENGINE.search(search, input=rows)
    except (SearchError, UnsupportedSpl):
        return
    for row in result.rows:
        for value in row.values():
            assert isinstance(value, str) or all(isinstance(one, str) for one in value)


@pytest.mark.parametrize("piece", PIECES)
def test_commands_run_over_no_rows(piece: str) -> None:
    assert len(ENGINE.search(piece, input=[]).rows) < 10


@given(rows=TABLES, window=st.integers(0, 3), current=st.booleans(), shared=st.booleans())
def test_streamstats_is_stats_over_the_rows_of_the_window(
    rows: list[dict[str, Any]],
    window: int,
    current: bool,  # noqa: FBT001 - drawn
    shared: bool,  # noqa: FBT001 - drawn
) -> None:
    found = rows_of(
        f"streamstats window={window} current={current} global={shared} count sum(v) AS s values(v) AS d by g", rows
    )
    seen: list[dict[str, Any]] = []
    for row, made in zip(rows, found, strict=True):
        if "g" not in row:
            assert not {"count", "s", "d"} & made.keys()
            continue
        before = [*seen, row] if current else list(seen)
        if window and shared:
            before = before[-window:]
        own = [one for one in before if one["g"] == row["g"]]
        if window and not shared:
            own = own[-window:]
        seen.append(row)
        assert made["count"] == str(len(own))
        assert made.get("s") == (str(sum(int(one["v"]) for one in own)) if own else None)
        distinct = sorted({one["v"] for one in own})
        assert made.get("d") == (None if not distinct else distinct[0] if len(distinct) == 1 else distinct)


@given(rows=TABLES)
def test_chart_holds_what_stats_holds(rows: list[dict[str, Any]]) -> None:
    found = rows_of("chart limit=0 count sum(v) AS s over g by h", rows)
    sums: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in rows:
        if "g" in row:
            sums[row["g"], row.get("h", "NULL")].append(int(row["v"]))
    assert [row["g"] for row in found] == sorted({key for key, _ in sums})
    for row in found:
        for name in {name for _, name in sums}:
            values = sums.get((row["g"], name), [])
            assert row[f"count: {name}"] == str(len(values))
            assert row.get(f"s: {name}") == (str(sum(values)) if values else None)


@given(rows=TABLES, limit=st.integers(1, 3))
def test_series_left_out_go_into_one_other(rows: list[dict[str, Any]], limit: int) -> None:
    found = rows_of(f"chart limit={limit} count over g by v", rows)
    for row in found:
        assert sum(int(value) for name, value in row.items() if name != "g") == sum(
            r.get("g") == row["g"] for r in rows
        )
        assert len(row) <= limit + 2


@given(rows=TABLES)
def test_untable_turns_xyseries_round(rows: list[dict[str, Any]]) -> None:
    cells = {(row["g"], row["h"]): row["v"] for row in rows if "g" in row and "h" in row}
    found = rows_of("xyseries g h v | untable g h v", rows)
    assert {(row["g"], row["h"]): row["v"] for row in found} == cells


@given(rows=TABLES)
def test_transactions_without_limits_are_groups(rows: list[dict[str, Any]]) -> None:
    timed = [{**row, "_time": 1000 - number} for number, row in enumerate(rows)]
    found = rows_of("transaction g | table g eventcount duration", timed)
    groups: dict[str, list[int]] = defaultdict(list)
    for row in timed:
        if "g" in row:
            groups[row["g"]].append(row["_time"])
    assert {row["g"]: (row["eventcount"], row["duration"]) for row in found} == {
        key: (str(len(times)), str(max(times) - min(times))) for key, times in groups.items()
    }


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text('ab"\\,{}[]:', max_size=4)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text('ab"\\,{', max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(value=st.one_of(st.lists(JSON), st.dictionaries(st.text("ab"), JSON)), cut=st.integers(0, 200))
def test_the_begin_of_json_closes_to_json(value: Any, cut: int) -> None:
    text = json.dumps(value)
    closed = _closed_json(text[:cut])
    assert closed == "" or text.startswith(closed.rstrip("]}"))
    if closed:
        json.loads(closed)


@given(cut=st.integers(0, 60))
def test_the_begin_of_xml_closes_to_xml(cut: int) -> None:
    closed = _closed_xml("<a><b k='<>'>x</b><c/><d><e>y</e></d></a>"[:cut])
    assert closed.count("<a>") == closed.count("</a>")
    assert closed.count("<d>") == closed.count("</d>")
