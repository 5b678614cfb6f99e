"""Damaged searches over strange rows are refused or run, and never crash."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import Engine
from generator.base.diagnostics import UnsupportedSpl
from generator.engine.errors import SearchError

ENGINE = Engine(now=1_700_000_000)
PIECES = [
    'search a=1 OR NOT b=*x* (c IN (1, "y*") earliest=-1d)', 'where a>1 AND like(b, "%x_") OR isnull(c)',
    'eval d=if(match(a, "(\\d+)"), a.b, c+1), {b}_x=round(a/3, 2)', "stats count sum(a) as s values(b) dc(*) by c, a",
    "eventstats avg(a) max(b) min(c) by b", "sort 5 -a, +str(b), num(c) desc", "dedup 2 a b keepempty=t sortby -c",
    'rex field=a max_match=0 "(?<x>\\w)(?<y>.)?"', 'rex field=b mode=sed "s/(.)/\\1\\1/g"', "rename a AS b, c* AS d*",
    "fields - a* _*", "table c a zz b*", "bin span=10 a AS bucket", "bin span=5m _time", "top 2 a by b showperc=f",
    "rare c", 'fillnull value="" a zz', "head 3", "tail 2", "head (a<3) null=t", 'regex b!="^[ab]+$"',
    "append [| makeresults count=2 | eval a=3]", 'join type=left max=0 a [| makeresults | eval a="1", q=now()]',
    'search [| makeresults | eval a="x" | fields a]', 'eval t=strftime(_time, "%F %3N"), r=relative_time(a, "-1d@d")',
    'eval m=mvappend(a, b), n=mvindex(m, -1), o=mvmap(m, m."!"), p=mvfilter(match(m, "a"))',
]  # fmt: skip
TEXTS = st.sampled_from(
    ["", "a", "1", "-2.5", "x y", "\\", '"', "é", "1e400", "99999999999999999999", "\0", "a\nb", "*", "[", "%"]
)
CELLS = st.one_of(
    st.none(), TEXTS, st.integers(), st.floats(), st.booleans(), st.lists(st.one_of(TEXTS, st.integers()), max_size=3)
)
LARGE = st.sampled_from([1e308, -1e308, 5e-324, 2**63, 2**70, 1e15, -1e12, 1_700_000_000, 0, -1])
CELLS = st.one_of(CELLS, LARGE)
ROWS = st.lists(st.dictionaries(st.sampled_from(["a", "b", "c", "_time", "_raw"]), CELLS), max_size=5)
PIPELINES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map(" | ".join)


def _runs_or_is_refused(search: str, rows: list[dict[str, object]]) -> None:
    try:
        result = ENGINE.search(search, input=rows)
    except (SearchError, UnsupportedSpl):
        return
    for row in result.rows:
        for value in row.values():
            assert isinstance(value, str) or all(isinstance(one, str) for one in value)
    assert len(result.rows) == len(result)


@settings(max_examples=300, deadline=None)
@given(search=PIPELINES, rows=ROWS)
def test_any_pipeline_runs_over_any_rows(search: str, rows: list[dict[str, object]]) -> None:
    _runs_or_is_refused(search, rows)


@settings(max_examples=300, deadline=None)
@given(search=PIPELINES, rows=ROWS, data=st.data())
def test_a_damaged_search_is_refused_or_runs(search: str, rows: list[dict[str, object]], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(search)))
    width = data.draw(st.integers(0, 5))
    put = data.draw(st.text('"()[]|,=*\\`$<>. a1-_', max_size=3))
    _runs_or_is_refused(search[:at] + put + search[at + width :], rows)


NESTED = [
    "search " + "NOT " * 5000 + "a=1",
    "eval b=" + "1+" * 20_000 + "1",
]


@pytest.mark.parametrize("search", NESTED)
def test_nesting_without_end_is_refused_with_its_place(search: str) -> None:
    with pytest.raises(SearchError, match="nested too deeply") as refused:
        ENGINE.search(search, input=[{"a": "1"}])
    assert (refused.value.start, refused.value.end) == (0, len(search))


def test_deep_data_is_refused_with_its_place() -> None:
    with pytest.raises(SearchError, match="'xpath' command: what it is given is nested too deeply"):
        ENGINE.search('xpath "//a"', input=[{"_raw": "<a>" * 5000 + "</a>" * 5000}])
