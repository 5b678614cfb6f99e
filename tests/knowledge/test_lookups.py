"""Lookup tables: which rows fit. Truth: transforms.conf.spec; Knowledge Manager Manual, "About lookups"."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.base.diagnostics import RepositoryError
from generator.knowledge.conf import merge_layers, parse_conf
from generator.knowledge.lookups import Lookup, Lookups, parse_csv

if TYPE_CHECKING:
    from pathlib import Path


def lookup(tmp_path: Path, csv: str, settings: str = "") -> Lookup:
    (tmp_path / "lookups").mkdir()
    (tmp_path / "lookups" / "l.csv").write_text(csv, encoding="utf-8")
    stanzas = merge_layers(parse_conf(f"[l]\nfilename = l.csv\n{settings}", "transforms.conf"))
    found = Lookups([tmp_path], stanzas).get("l")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("settings", "given_value", "expected"),
    [
        ("", "a", ["1", "3"]),
        ("", "A", ["4"]),
        ("case_sensitive_match = false", "A", ["1", "3", "4"]),
        ("max_matches = 1", "a", ["1"]),
        ("", "*", []),
        ("", "nothing", []),
        ("min_matches = 1\ndefault_match = none", "nothing", ["none"]),
        ("min_matches = 2\ndefault_match = none", "nothing", ["none", "none"]),
        ("match_type = WILDCARD(k)", "*.exe", ["5"]),
        ("match_type = WILDCARD(k)", "run.exe", ["5"]),
        ("match_type = WILDCARD(k)", "RUN.EXE", []),
        ("match_type = WILDCARD(k)\ncase_sensitive_match = 0", "RUN.EXE", ["5"]),
    ],
)
def test_rows_that_fit(tmp_path: Path, settings: str, given_value: str, expected: list[str]) -> None:
    made = lookup(tmp_path, "k,v\na,1\nb,2\na,3\nA,4\n*.exe,5\n", settings)
    assert [row["v"] for row in made.find({"k": given_value})] == expected


def test_subnets(tmp_path: Path) -> None:
    made = lookup(tmp_path, "net,zone\n10.0.0.0/8,inside\n2001:db8::/32,v6\nword,text\n", "match_type = CIDR(net)")
    assert [made.find({"net": ip})[:1] for ip in ("10.1.2.3", "2001:db8::1", "192.0.2.1", "word", "")] == [
        [{"net": "10.0.0.0/8", "zone": "inside"}],
        [{"net": "2001:db8::/32", "zone": "v6"}],
        [],
        [{"net": "word", "zone": "text"}],
        [],
    ]


def test_a_lookup_with_time_gives_the_newest_row_at_or_before_the_event(tmp_path: Path) -> None:
    made = lookup(tmp_path, "t,ip,user\n100,x,a\n200,x,b\n300,x,c\n", "time_field = t\nmax_offset_secs = 150")
    assert [row["user"] for row in made.find({"ip": "x"}, time=250.0)] == ["b"]
    assert made.find({"ip": "x"}, time=900.0) == []


def test_rows_that_were_written_are_found(tmp_path: Path) -> None:
    made = lookup(tmp_path, "k,v\na,1\n")
    assert made.find({"k": "a"})[0]["v"] == "1"
    made.write([{"k": "b", "v": ("x", "y"), "w": 2.0}], append=True)
    assert made.fields == ("k", "v", "w")
    assert made.find({"k": "b"}) == [{"k": "b", "v": "x\ny", "w": "2"}]
    made.write([{"k": "c"}], append=False)
    assert made.rows() == [{"k": "c"}]


def test_a_file_is_a_lookup_and_a_later_app_wins(tmp_path: Path) -> None:
    for app, value in (("a", "1"), ("b", "2")):
        (tmp_path / app / "lookups").mkdir(parents=True)
        (tmp_path / app / "lookups" / "f.csv").write_text(f"k\n{value}\n", encoding="utf-8")
    (tmp_path / "a" / "lookups" / "z.csv.gz").write_bytes(gzip.compress(b"k\nz\n"))
    found = Lookups([tmp_path / "a", tmp_path / "b"], {})
    table, packed = found.get("f.csv"), found.get("z.csv")
    assert table is not None
    assert packed is not None
    assert (table.rows(), packed.rows()) == ([{"k": "2"}], [{"k": "z"}])
    assert found.get("../a/lookups/f.csv") is None
    assert found.get("none.csv") is None


def test_a_collection_lives_in_memory(tmp_path: Path) -> None:
    stanzas = merge_layers(parse_conf("[l]\nexternal_type = kvstore\ncollection = c\nfields_list = _key, a\n", "t"))
    made = Lookups([tmp_path], stanzas).get("l")
    assert made is not None
    assert (made.fields, made.rows()) == (("_key", "a"), [])


def test_a_damaged_file_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "lookups").mkdir()
    (tmp_path / "lookups" / "f.csv.gz").write_bytes(b"\x1f\x8bnothing")
    made = Lookups([tmp_path], {}).get("f.csv")
    assert made is not None
    with pytest.raises(RepositoryError, match=r"f\.csv\.gz"):
        made.rows()


@given(st.text())
def test_any_text_is_a_table_or_an_error(text: str) -> None:
    try:
        columns, rows = parse_csv(text, "x.csv")
    except RepositoryError:
        return
    assert all(set(row) <= set(columns) for row in rows)
