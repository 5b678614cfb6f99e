"""Masks over distinct values are what asking every row gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rowwise import holds

from generator import Engine
from generator.commands import load_commands
from generator.engine.column import Dictionary
from generator.engine.terms import JOIN_FROM, in_subnet, leaf, wildcard
from generator.spl.ast import Term
from generator.spl.parser import parse_terms

ENGINE = Engine(now=1_700_000_000)
TEXTS = st.sampled_from(["", "a", "A", "ab", "Abc", "b", "10", "9", "10.0", "1e1", "-5", "a b", "c:\\x", "x\0y", "É"])
CELLS = st.one_of(st.none(), TEXTS, st.lists(TEXTS, min_size=2, max_size=3))
ROWS = st.lists(st.fixed_dictionaries({}, optional={"f": CELLS, "g": CELLS}), max_size=12)
LITERALS = st.sampled_from(["a", "A*", "*b", "*b*", "a*c", "*", "10", "9", "10.0", "-5", "c:\\\\x", "a b", "é", "**a"])


def _in_list(field: str, literals: list[str]) -> str:
    quoted = ", ".join(f'"{literal}"' for literal in literals)
    return f"{field} IN ({quoted})"


FIELDS = st.sampled_from(["f", "g", "h"])
LEAVES = st.one_of(
    st.builds(
        lambda field, op, literal: f'{field}{op}"{literal}"',
        FIELDS,
        st.sampled_from(["=", "!=", "<", ">", "<=", ">="]),
        LITERALS,
    ),
    st.builds(_in_list, FIELDS, st.lists(LITERALS, min_size=1, max_size=3)),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda one: f"NOT ({one})", inner),
        st.builds(lambda one, other: f"({one} OR {other})", inner, inner),
        st.builds(lambda one, other: f"({one} {other})", inner, inner),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(tree=TREES, rows=ROWS)
def test_a_tree_of_terms_keeps_the_rows_that_fit(tree: str, rows: list[dict[str, object]]) -> None:
    term = parse_terms(tree, load_commands()).node
    assert isinstance(term, Term)
    numbered = [{**row, "n": str(number)} for number, row in enumerate(rows)]
    found = [row["n"] for row in ENGINE.search(f"search {tree} | table n", input=numbered).rows]
    assert found == [row["n"] for row in numbered if holds(term, row)]


@settings(max_examples=200, deadline=None)
@given(
    texts=st.lists(st.text("abAB.\\ü\0", max_size=6), max_size=20),
    parts=st.lists(st.text("abü.", max_size=3), min_size=2, max_size=4),
)
def test_wildcards_in_a_large_dictionary_are_those_of_each_value(texts: list[str], parts: list[str]) -> None:
    literal = "*".join(parts)
    fits = wildcard(literal)
    padding = [f"value {number}" for number in range(JOIN_FROM)]
    values = [None, *dict.fromkeys(texts + padding)]
    found = leaf(Dictionary(values), "=", literal)
    expected = [value is not None and fits(value) for value in values]
    assert (found.tolist() if found is not None else [False] * len(values)) == expected


def test_a_multivalue_in_a_large_dictionary_is_found_by_each_of_its_values() -> None:
    values = [None, ("alpha", "beta"), *(f"v{number}" for number in range(JOIN_FROM))]
    for literal in ("*eta", "alp*", "*lph*", "ALPHA"):
        found = leaf(Dictionary(values), "=", literal)
        assert found is not None
        assert np.flatnonzero(found).tolist() == [1]
    different = leaf(Dictionary(values), "!=", "alpha")
    assert different is not None
    assert different[1]


@pytest.mark.parametrize(
    ("subnet", "inside", "outside"),
    [
        ("10.0.0.0/8", "10.255.0.1", "11.0.0.1"),
        ("192.168.1.77/24", "192.168.1.1", "192.168.2.1"),
        ("2001:db8::/32", "2001:db8:1::1", "2001:db9::1"),
    ],
)
def test_a_subnet_holds_its_addresses_only(subnet: str, inside: str, outside: str) -> None:
    test = in_subnet(subnet)
    assert test is not None
    assert test(inside)
    assert not test(outside)
    assert not test("no address")


def test_a_search_that_found_nothing_still_refuses_what_cannot_run() -> None:
    with pytest.raises(Exception, match="macro 'nobody' that cannot be found"):
        ENGINE.search("search a=1 `nobody`", input=[{"b": "1"}])
