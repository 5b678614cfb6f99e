"""`tstats` over a data model gives what plain Python gives row by row."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from generator import Engine
from generator.engine.table import from_rows

WORDS = st.sampled_from(["a", "B", "b c", "10", "http://x.example/p", ""])
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "_time": st.integers(1_699_990_000, 1_700_000_000),
            "tag": st.sampled_from(["web", ["proxy", "web"], "other"]),
        },
        optional={
            "url": WORDS,
            "action": WORDS,
            "user": st.lists(WORDS, min_size=1, max_size=3),
            "bytes": st.integers(0, 3),
        },
    ),
    max_size=12,
)


def tags(row: dict[str, Any]) -> list[str]:
    found = row["tag"]
    return found if isinstance(found, list) else [found]


def filled(row: dict[str, Any], name: str) -> list[str]:
    """The model's calculation: an absent field, and one of whose values some is empty, become `unknown`."""
    values = row.get(name, "")
    values = values if isinstance(values, list) else [values]
    return ["unknown"] if "" in values else values


@settings(max_examples=150, deadline=None)
@given(rows=ROWS)
def test_counts_by_two_fields_and_an_hour(rows: list[dict[str, Any]]) -> None:
    engine = Engine(now=1_700_000_000)
    engine.store.add(from_rows(rows))
    expected: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        if "web" in tags(row):
            for action in filled(row, "action"):
                expected[action, str(row.get("bytes", "none")), str(row["_time"] // 3600 * 3600)] += 1
    found = engine.search(
        "| tstats fillnull_value=none count from datamodel=Web by Web.action Web.bytes _time span=1h"
    ).rows
    assert {(row["Web.action"], row["Web.bytes"], row["_time"]): int(str(row["count"])) for row in found} == expected


@settings(max_examples=150, deadline=None)
@given(rows=ROWS, sought=st.sampled_from(["a", "b", "*b*", "10", "unknown", "*"]))
def test_a_filter_on_a_multivalue_and_a_child_dataset(rows: list[dict[str, Any]], sought: str) -> None:
    engine = Engine(now=1_700_000_000)
    engine.store.add(from_rows(rows))

    def fits(text: str) -> bool:
        own = text.lower()
        return {"*": True, "*b*": "b" in own}.get(sought, own == sought)

    expected = sum({"web", "proxy"} <= set(tags(row)) and any(map(fits, filled(row, "user"))) for row in rows)
    found = engine.search(f'| tstats count from datamodel=Web.Proxy where Web.user="{sought}"').rows
    assert found == [{"count": str(expected)}]
