"""What aggregations give for values of one field, with the page that says so; each has a case."""

from __future__ import annotations

import pytest

from generator import Engine
from generator.functions.aggregate import SIGNATURES

NOW = 1_700_000_000
ENGINE = Engine(now=NOW)
TEMPERATURES = ["65", "42", "40", "31", "47", "53", "64"]
TEN = [str(number) for number in range(1, 11)]

# Search Reference: "Aggregate functions", "Event order functions", "Multivalue stats and chart functions"; limits.conf:
# perc_method (nearest rank), list_maxsize.
CASES = [
    ("count(v)", ["a", None, ["b", "c"]], "3"),
    ("c(v)", [], "0"),
    ("count(eval(v>40))", TEMPERATURES, "5"),
    ("count(eval(len(v)))", ["a", None, "b"], "2"),
    ("distinct_count(v)", ["1", "1.0", "a", "A", "a"], "4"),
    ("dc(v)", [None], "0"),
    ("estdc(v)", ["1", "1.0", "1"], "2"),
    ("estdc_error(v)", ["1", "2"], "0"),
    ("avg(v)", TEMPERATURES, "48.857142857142854"),
    ("mean(v)", ["3.99"] * 100, "3.9900000000000055"),
    ("avg(v)", ["1", "x", "2"], "1.5"),
    ("avg(v)", ["x"], None),
    ("sum(v)", ["1", ["2", "3"], "x", None], "6"),
    ("sum(eval(v*2))", ["1", "2"], "6"),
    ("sum(v)", [], None),
    ("sumsq(v)", TEMPERATURES, "17664"),
    ("stdev(eval(round(v,3)))", ["2", "4", "4", "6"], "1.632993161855452"),
    ("stdev(v)", ["5"], "0"),
    ("stdevp(v)", ["1", "3"], "1"),
    ("var(v)", ["1", "3"], "2"),
    ("varp(v)", ["1", "3"], "1"),
    ("range(v)", ["7", "-3", "x"], "10"),
    ("max(v)", ["1", "c", "a", "100", "9"], "c"),
    ("min(v)", ["c", "10", "9", "a"], "9"),
    ("max(v)", ["10", "9", "100", "70"], "100"),
    ("min(v)", [], None),
    ("median(v)", ["37", "58", "8", "34", "13", "74", "38"], "37"),
    ("median(v)", ["1", "2", "3", "4"], "3"),
    ("perc50(v)", TEN, "6"),
    ("perc95(v)", TEN, "10"),
    ("p0(v)", TEN, "1"),
    ("perc100(v)", TEN, "10"),
    ("perc99.9(v)", TEN, "10"),
    ("exactperc25(v)", TEN, "3"),
    ("upperperc95(v)", TEN, "10"),
    ("mode(v)", ["32", "45", "29", "45", "37"], "45"),
    ("mode(v)", [], None),
    ("first(v)", [None, "b", "c"], "b"),
    ("last(v)", ["b", "c", None], "c"),
    ("list(v)", ["b", "a", None, "b"], ["b", "a", "b"]),
    ("list(v)", [str(number) for number in range(150)], [str(number) for number in range(100)]),
    ("values(v)", ["10", "9", "70", "100", "b", "B"], ["10", "100", "70", "9", "B", "b"]),
    ("values(v)", [], None),
]


@pytest.mark.parametrize(
    ("call", "values", "expected"), CASES, ids=[f"{call} {number}" for number, (call, *_) in enumerate(CASES)]
)
def test_aggregate_of_values(call: str, values: list[object], expected: object) -> None:
    rows = [{"v": value, "n": "1"} for value in values]
    found = ENGINE.search(f"stats {call} as r", input=rows).rows
    assert found == [{} if expected is None else {"r": expected}]


# Search Reference, "Time functions": values by their time, whatever the order of the rows; the formula of `rate`.
TIMED = [("1700000030", "7"), ("1700000010", "1"), ("1700000020", "5")]
RESET = [("1700000000", "10"), ("1700000010", "90"), ("1700000020", "20"), ("1700000040", "30")]


@pytest.mark.parametrize(
    ("call", "points", "expected"),
    [
        ("earliest(v)", TIMED, "1"),
        ("latest(v)", TIMED, "7"),
        ("earliest_time(v)", TIMED, "1700000010.000000"),
        ("latest_time(v)", TIMED, "1700000030.000000"),
        ("rate(v)", TIMED, "0.3"),
        ("rate(v)", TIMED[:1], None),
        ("rate(v)", RESET, "2.75"),
    ],
)
def test_aggregate_of_values_with_times(call: str, points: list[tuple[str, str]], expected: str | None) -> None:
    rows = [{"_time": time, "v": value} for time, value in points]
    found = ENGINE.search(f"stats {call} as r", input=rows).rows
    assert found == [{} if expected is None else {"r": expected}]


# Search Reference, "chart" (`sparkline`, `eval` over aggregations), limits.conf (sparkline_maxsize).
def test_sparkline_has_one_value_a_span_of_the_time_of_the_rows() -> None:
    rows = [{"_time": str(1_699_999_980 + 30 * number), "h": "ab"[number % 2], "v": str(number)} for number in range(6)]
    found = ENGINE.search("stats sparkline(count,1m) as c sparkline(max(v),1m) as m by h", input=rows).rows
    mark = "##__SPARKLINE__##"
    assert found == [
        {"h": "a", "c": [mark, "1", "1", "1"], "m": [mark, "0", "2", "4"]},
        {"h": "b", "c": [mark, "1", "1", "1"], "m": [mark, "1", "3", "5"]},
    ]


def test_sparkline_takes_the_time_range_of_the_search_and_at_most_a_hundred_spans() -> None:
    rows = [{"_time": str(NOW - 60)}]
    text = "stats sparkline as auto sparkline(count, 1s) as seconds"
    (row,) = ENGINE.search(text, input=rows, earliest="-24h", latest="now").rows
    assert row["auto"] == row["seconds"]
    values = list(row["auto"])
    assert values[0] == "##__SPARKLINE__##"
    assert values.count("1") == 1
    assert 48 <= len(values) - 1 <= 49


def test_expression_over_aggregates_is_computed_once_a_group() -> None:
    rows = [{"h": "a", "x": "6", "y": "4"}, {"h": "a", "x": "2", "y": "1"}, {"h": "b", "x": "9", "y": "2"}]
    found = ENGINE.search("chart eval(round(avg(x)/max(y),2)) AS r eval(max(sum(x),8)) AS m by h", input=rows).rows
    assert found == [{"h": "a", "r": "1.00", "m": "8"}, {"h": "b", "r": "4.50", "m": "9"}]


def test_spread_is_that_of_the_page_to_its_last_digits() -> None:
    (row,) = ENGINE.search("stats stdev(v) as r", input=[{"v": value} for value in TEMPERATURES]).rows
    assert float(row["r"]) == pytest.approx(12.615183595289349, rel=1e-14)


def test_every_aggregation_that_runs_has_a_case() -> None:
    tested = " ".join([*(call for call, *_ in CASES), "earliest( latest( earliest_time( latest_time( rate("])
    running = [one.name for one in SIGNATURES if one.aggregate is not None]
    missing = [name for name in running if f"{name}(" not in tested and name not in {"perc", "exactperc", "upperperc"}]
    assert not missing
