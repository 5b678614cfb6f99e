"""props.conf: which stanzas apply, and what the rules in them say. Truth: props.conf.spec."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.knowledge.conf import merge_layers, parse_conf
from generator.knowledge.props import (
    Alias,
    AutoLookup,
    Props,
    aliases_of,
    index_rules,
    lookup_of,
    search_rules,
    stanza_pattern,
)
from generator.knowledge.transforms import Transforms, clean_key, delims_of, lookup_definition, transform_of

if TYPE_CHECKING:
    from collections.abc import Mapping


def props(text: str) -> Props:
    return Props(merge_layers(parse_conf(text, "props.conf")))


def settings(
    text: str, sourcetype: str = "st", source: str = "/var/log/a.log", host: str = "web01"
) -> Mapping[str, str]:
    return props(text).settings(sourcetype, source, host)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[default]\nX = d\n[st]\nX = s", "s"),
        ("[st]\nX = s\n[host::web01]\nX = h", "h"),
        ("[host::web01]\nX = h\n[source::/var/log/a.log]\nX = o", "o"),
        ("[source::/var/log/a.log]\nX = literal\n[source::...a.log]\nX = pattern", "literal"),
        ("[source::/var/log/*]\nX = b\npriority = 5\n[source::/var/...]\nX = a\npriority = 6", "a"),
        ("[source::/var/log/*]\nX = first\n[source::/var/log/a*]\nX = second", "first"),
        ("[source::/var/log/*]\nX = a\npriority = 101\n[source::/var/log/a.log]\nX = b", "a"),
        ("[(?::){0}s*]\nX = wild\n[st]\nY = 1", "wild"),
        ("[(?::){0}s*]\nX = wild\n[st]\nX = exact", "exact"),
        ("[ST]\nX = folded", "folded"),
        ("[ST]\nX = folded\n[st]\nX = exact", "exact"),
        ("[st]\nX = exact\n[ST]\nX = folded", "exact"),
        ("[ST]\nX = folded\n[st]\nY = exact", "folded"),
        ("[host::WEB*]\nX = h", "h"),
    ],
)
def test_the_more_specific_stanza_wins(text: str, expected: str) -> None:
    assert settings(text)["X"] == expected


@pytest.mark.parametrize(
    "text",
    [
        "[source::/VAR/LOG/A.LOG]\nX = 1",
        "[source::/var/*]\nX = 1",
        "[source::a.log]\nX = 1",
        "[other]\nX = 1",
        "[host::web]\nX = 1",
    ],
)
def test_stanzas_about_something_else_do_not_apply(text: str) -> None:
    assert "X" not in settings(text)


def test_attributes_of_different_names_add_up() -> None:
    found = settings("[st]\nEVAL-a = 1\nEVAL-b = 1\n[source::...a.log]\nEVAL-b = 2\nEVAL-c = 2")
    assert {key: found[key] for key in ("EVAL-a", "EVAL-b", "EVAL-c")} == {"EVAL-a": "1", "EVAL-b": "2", "EVAL-c": "2"}


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("...", "/a/b/c", True),
        ("/a/*/c", "/a/b/c", True),
        ("/a/*/c", "/a/b/b/c", False),
        ("/a/.../c", "/a/b/b/c", True),
        ("*.log", "axlog", False),
        ("(a|b)*", "b1", True),
        ("((", "((", True),
    ],
)
def test_patterns_of_stanzas(pattern: str, text: str, *, fits: bool) -> None:
    assert (stanza_pattern(pattern, ignore_case=False).fullmatch(text) is not None) is fits


def test_a_sourcetype_may_be_renamed() -> None:
    known = props("[WinEventLog:Security]\nrename = wineventlog\n[(?::){0}X:*]\nrename = X")
    assert [known.renamed(name) for name in ("WinEventLog:Security", "X:1", "other")] == ["wineventlog", "X", "other"]


def test_classes_run_in_ascii_order_of_their_names() -> None:
    rules = search_rules(
        {"EXTRACT-b": "(?<b>.)", "EXTRACT-A": "(?<a>.) in user", "LOOKUP-x": "t a OUTPUT b", "LOOKUP-1": "u a OUTPUT b",
         "REPORT-z": "last", "REPORT-0": "first, second", "EVAL-n": "1", "KV_MODE": "JSON", "AUTO_KV_JSON": "false"}
    )  # fmt: skip
    assert [(extract.name, extract.regex, extract.field) for extract in rules.extracts] == [
        ("A", "(?<a>.)", "user"),
        ("b", "(?<b>.)", "_raw"),
    ]
    assert rules.reports == ("first", "second", "last")
    assert [lookup.table for lookup in rules.lookups] == ["u", "t"]
    assert (rules.kv_mode, rules.auto_kv_json, rules.evals) == ("json", False, (("n", "1"),))


def test_aliases_may_be_several_quoted_and_new() -> None:
    assert aliases_of('a AS b, "x y" ASNEW z c as d') == [
        Alias("a", "b", new=False),
        Alias("x y", "z", new=True),
        Alias("c", "d", new=False),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("t a", AutoLookup("t", (("a", "a"),), (), new=False)),
        (
            "t a AS b, c OUTPUTNEW d AS e f",
            AutoLookup("t", (("a", "b"), ("c", "c")), (("d", "e"), ("f", "f")), new=True),
        ),
        ("t a output b", AutoLookup("t", (("a", "a"),), (("b", "b"),), new=False)),
        ("t", None),
        ("t OUTPUT b", None),
    ],
)
def test_lookups(text: str, expected: AutoLookup | None) -> None:
    assert lookup_of(text) == expected


def test_index_rules_have_the_defaults_of_the_spec() -> None:
    rules = index_rules({})
    assert (rules.line_breaker, rules.should_linemerge, rules.truncate, rules.max_lookahead, rules.max_events) == (
        r"([\r\n]+)", True, 10_000, 128, 256,
    )  # fmt: skip
    assert index_rules(
        {"TRUNCATE": "0", "MAX_EVENTS": "x", "TRANSFORMS-b": "two", "TRANSFORMS-a": "one, more"}
    ).transforms == ("one", "more", "two")


def test_transforms() -> None:
    assert delims_of(r'"\t"') == ("\t",)
    assert delims_of('"|", "="') == ("|", "=")
    made = transform_of("t", {"DELIMS": '","', "FIELDS": '"a b", c', "MV_ADD": "true"})
    assert (made.fields, made.mv_add, made.clean_keys, made.source_key) == (("a b", "c"), True, True, "_raw")
    assert [clean_key(name) for name in ("Account Name", "cs(User-Agent)", "Min. Length", "_9a", "__")] == [
        "Account_Name", "cs_User_Agent_", "Min__Length", "a", "__",
    ]  # fmt: skip


def test_a_regular_expression_may_stand_in_another_stanza() -> None:
    text = r"""
[ip]
REGEX = (?<>\d+(?:\.\d+)+)
[pair]
REGEX = [[ip:src_]] (?<word>\w+) [[ip:dest_]]
[loop]
REGEX = a[[loop]]
[gap]
REGEX = [[nothing]]
"""
    known = Transforms(merge_layers(parse_conf(text, "transforms.conf")))
    found = {name: made.regex for name in ("pair", "loop", "gap") if (made := known.transform(name)) is not None}
    assert found["pair"] == r"(?:(?<src_>\d+(?:\.\d+)+)) (?<word>\w+) (?:(?<dest_>\d+(?:\.\d+)+))"
    assert found["loop"].count("a") == 9
    assert found["gap"] == "[[nothing]]"


def test_lookup_definitions() -> None:
    made = lookup_definition(
        "l", {"filename": "l.csv", "match_type": "WILDCARD(a, b) CIDR(c)", "default_match": '"no"'}
    )
    assert made is not None
    assert made.match_types == (("a", "WILDCARD"), ("b", "WILDCARD"), ("c", "CIDR"))
    assert (made.kind, made.default_match, made.max_matches, made.case_sensitive) == ("csv", "no", 100, True)
    assert lookup_definition("t", {"REGEX": "."}) is None


@given(
    st.dictionaries(
        st.sampled_from(
            ["EXTRACT-a", "FIELDALIAS-b", "LOOKUP-c", "REPORT-d", "EVAL-e", "TRUNCATE", "MAX_EVENTS", "TIME_FORMAT"]
        ),
        st.text(),
    )
)
def test_any_text_makes_rules(values: dict[str, str]) -> None:
    search_rules(values)
    index_rules(values)


@given(st.text(), st.text(), st.text())
def test_any_stanza_name_can_be_asked(name: str, source: str, host: str) -> None:
    Props({name: {}, f"source::{name}": {}, f"host::{name}": {}}).settings(name, source, host)
