"""The searches of the commands' own cases, over rows that have their fields with strange values, never crash."""

from __future__ import annotations

import re
from pathlib import Path

from casefile import read_cases
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import Engine
from generator.base.diagnostics import UnsupportedSpl
from generator.engine.errors import SearchError

ENGINE = Engine(now=1_700_000_000)
SEARCHES = [
    case.text
    for path in sorted(Path(__file__).parent.glob("*.test"))
    for case in read_cases(path)
    if case.kind == "search"
]
WORD = re.compile(r"[A-Za-z_]\w*")
TEXTS = st.sampled_from(
    ["", " ", "a", "-2.5", "x y", "\\", '"', "é", "İ", "٣", "\ud800", "\0", "a\n\nb c\nd", "NaN", "-inf", "1e400", "1e-400", "9" * 400,
     "0x1F", "[", '{"a":[1,{"b":null}]}', "<a><b>1</b>", "*", "%", "1,2,3", 'k=v k2="v 2"', "true", "null"]
)  # fmt: skip
NUMBERS = st.sampled_from(
    [0, 1, -1, 1e308, -1e308, 5e-324, float("nan"), float("inf"), 2**63, 2**70, 1e15, -1e12, 1_700_000_000]
)
CELLS = st.one_of(st.none(), TEXTS, NUMBERS, st.booleans(), st.lists(TEXTS, max_size=3))


@settings(max_examples=500, deadline=None)
@given(searches=st.lists(st.sampled_from(SEARCHES), min_size=1, max_size=2), data=st.data())
def test_every_command_runs_over_any_rows_or_is_refused(searches: list[str], data: st.DataObject) -> None:
    search = " | ".join(one.strip().lstrip("|") for one in searches)
    names = st.sampled_from(sorted({"_time", "_raw", *WORD.findall(search)}))
    rows = data.draw(st.lists(st.dictionaries(names, CELLS), max_size=4))
    try:
        result = ENGINE.search(search, input=rows)
    except (SearchError, UnsupportedSpl):
        return
    for row in result.rows:
        for value in row.values():
            assert isinstance(value, str) or all(isinstance(one, str) for one in value)
