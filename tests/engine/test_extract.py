"""Search-time fields: the order of work and each kind of rule, by an app written for the test.

Truth: Knowledge Manager Manual, "The sequence of search-time operations"; props.conf.spec; transforms.conf.spec.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import Engine
from generator.engine.cutting import cut_auto, cut_json, cut_xml, delimited_pairs, flatten, read_json
from generator.engine.extract import format_of
from generator.engine.scan import compile_scanner

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1_700_000_000
PLAIN = "SHOULD_LINEMERGE = false\nKV_MODE = none\n"


def engine_of(
    tmp_path: Path, props: str = "", transforms: str = "", lookups: dict[str, str] | None = None, **more: str
) -> Engine:
    folder = tmp_path / "app"
    (folder / "default").mkdir(parents=True)
    (folder / "lookups").mkdir()
    for name, text in {"props": props, "transforms": transforms, **more}.items():
        (folder / "default" / f"{name}.conf").write_text(text, encoding="utf-8")
    for name, text in (lookups or {}).items():
        (folder / "lookups" / name).write_text(text, encoding="utf-8")
    return Engine(apps=[folder], now=NOW)


def row_of(engine: Engine, raw: str, fields: str, sourcetype: str = "st", source: str = "src") -> dict[str, object]:
    engine.load(raw.encode(), sourcetype=sourcetype, source=source)
    rows = engine.search(f"search index=* | table {fields}").rows
    return dict(rows[0])


@pytest.mark.parametrize(
    ("rules", "transforms", "raw", "expected"),
    [
        ("EXTRACT-a = u=(?<user>\\w+)", "", "u=ann", {"user": "ann"}),
        ("EXTRACT-a = u=(?<user>\\w*)", "", "u= x", {}),
        ("EXTRACT-a = (?<a>\\w+)\nEXTRACT-b = (?<a>x)", "", "one x", {"a": "one"}),
        ("EXTRACT-a = u=(?<u>\\S+)\nEXTRACT-b = ^(?<d>\\w+)\\\\ in u", "", "u=DOM\\ann", {"u": "DOM\\ann", "d": "DOM"}),
        ("EXTRACT-a = (?<a>(", "", "x", {}),
        ("REPORT-a = t", "[t]\nREGEX = (\\w+)=(\\w+)\nFORMAT = $1::$2", "a=1 b=2 a=3", {"a": "1", "b": "2"}),
        ("REPORT-a = t", "[t]\nREGEX = (\\w+)=(\\w+)\nFORMAT = $1::$2\nMV_ADD = true", "a=1 b=2 a=3", {"a": ["1", "3"], "b": "2"}),
        ("REPORT-a = t", '[t]\nREGEX = (\\w+):(\\w+)\nFORMAT = k::$1 v::"$1/$2"', "a:1 b:2", {"k": "a", "v": "a/1"}),
        ("REPORT-a = t", "[t]\nREGEX = (?<m>\\d)\nMV_ADD = 1", "1 2 3", {"m": ["1", "2", "3"]}),
        ("REPORT-a = t", "[t]\nREGEX = (?<m>\\d)", "1 2 3", {"m": "1"}),
        ("REPORT-a = t, u", "[t]\nREGEX = x=(?<x>\\S+)\n[u]\nSOURCE_KEY = x\nREGEX = (?<y>\\d+)", "x=ab12", {"x": "ab12", "y": "12"}),
        ("REPORT-a = t", "[t]\nREGEX = '([^']+)'=(\\w+)\nFORMAT = $1::$2", "'a b'=1", {"a_b": "1"}),
        ("REPORT-a = t", "[t]\nREGEX = '([^']+)'=(\\w+)\nFORMAT = $1::$2\nCLEAN_KEYS = false", "'a b'=1", {"a b": "1"}),
        ("REPORT-a = t", "[t]\nREGEX = (?<_KEY_1>\\w+)~(?<_VAL_1>\\w+)", "a~1 b~2", {"a": "1", "b": "2"}),
        ("REPORT-a = t", '[t]\nDELIMS = ","\nFIELDS = a, b, c', '1,"x, y"', {"a": "1", "b": "x, y"}),
        ("REPORT-a = t", '[t]\nDELIMS = ";", "="', 'a=1;b="x;y";c', {"a": "1", "b": "x;y"}),
        ("REPORT-a = none", "", "x", {}),
        ("EXTRACT-a = (?<a>.)\nFIELDALIAS-x = a AS b", "", "1", {"a": "1", "b": "1"}),
        ("EXTRACT-a = (?<a>.)(?<b>.)\nFIELDALIAS-x = a AS b", "", "12", {"b": "1"}),
        ("EXTRACT-a = (?<a>.)(?<b>.)\nFIELDALIAS-x = a ASNEW b", "", "12", {"b": "2"}),
        ("EXTRACT-a = (?<b>2)\nFIELDALIAS-x = a AS b", "", "12", {"b": "2"}),
        ("EXTRACT-a = (?<a>.)\nEVAL-b = a+1\nEVAL-a = a*10", "", "5", {"a": "50", "b": "6"}),
        ("EXTRACT-a = (?<a>.)\nEVAL-a = null()", "", "5", {}),
        ('EXTRACT-a = (?<a>.)\nFIELDALIAS-x = a AS c\nEVAL-b = c."!"', "", "5", {"b": "5!", "c": "5"}),
        ("EXTRACT-a = (?<a>.)\nEVAL-b = nofunction(a)", "", "5", {"a": "5"}),
    ],
)  # fmt: skip
def test_rules(tmp_path: Path, rules: str, transforms: str, raw: str, expected: dict[str, object]) -> None:
    engine = engine_of(tmp_path, f"[st]\n{PLAIN}{rules}\n", transforms)
    engine.load(raw.encode(), sourcetype="st", source="src")
    found = engine.search("search index=*").rows[0]
    given = {"_raw", "_time", "_indextime", "host", "index", "source", "sourcetype", "linecount", "splunk_server"}
    if not expected:
        assert set(found) <= given | {"a"} - ({"a"} if "EVAL-a" in rules else set()) or "user" not in found
    assert {name: found.get(name) for name in expected} == expected


LOOKUP = "[l]\nfilename = l.csv\n"
CSV = {"l.csv": "k,v\n1,one\n1,uno\n2,two\n"}


@pytest.mark.parametrize(
    ("rule", "raw", "expected"),
    [
        ("LOOKUP-a = l k OUTPUT v", "1 x", ["one", "uno"]),
        ("LOOKUP-a = l k OUTPUT v", "3 x", "x"),
        ("LOOKUP-a = l k OUTPUT v", "2 x", "two"),
        ("LOOKUP-a = l k OUTPUTNEW v", "2 x", "x"),
        ("LOOKUP-a = l k OUTPUTNEW v", "2 ", "two"),
        ("LOOKUP-a = l k AS w OUTPUT v", "2 x", "x"),
        ("LOOKUP-a = l k", "2 x", "two"),
        ("LOOKUP-b = l k OUTPUT v\nLOOKUP-a = l k AS j OUTPUT v\nEVAL-j = 1", "2 ", "two"),
        ("LOOKUP-a = l k OUTPUTNEW v\nEVAL-v = null()", "2 x", "two"),
        ("LOOKUP-a = missing k OUTPUT v", "2 x", "x"),
    ],
)
def test_automatic_lookups(tmp_path: Path, rule: str, raw: str, expected: object) -> None:
    engine = engine_of(tmp_path, f"[st]\n{PLAIN}EXTRACT-a = ^(?<k>\\d) (?<v>x)?\n{rule}\n", LOOKUP, CSV)
    assert row_of(engine, raw, "v") == {"v": expected}


def test_event_types_and_tags(tmp_path: Path) -> None:
    engine = engine_of(
        tmp_path,
        f"[st]\n{PLAIN}EXTRACT-a = a=(?<a>\\w+)\n",
        eventtypes="[low]\nsearch = sourcetype=st a=*\npriority = 9\n[high]\nsearch = sourcetype=st a=x\npriority = 1\n"
        "[of_types]\nsearch = eventtype=high\n[other]\nsearch = sourcetype=zz a=x\n[off]\nsearch = a=x\ndisabled = 1\n"
        "[wrong]\nsearch = sourcetype=st (a=\n",
        tags="[eventtype=high]\nt1 = enabled\nt2 = disabled\n[a=X]\nt3 = enabled\n[eventtype=low]\nt1 = enabled\n",
    )
    engine.load(b"a=x\na=y\nb\n", sourcetype="st")
    found = engine.search("search index=* | table _raw eventtype tag tag::a tag::eventtype").rows
    assert found == [
        {
            "_raw": "a=x",
            "eventtype": ["high", "low", "of_types"],
            "tag": ["t1", "t3"],
            "tag::a": "t3",
            "tag::eventtype": "t1",
        },
        {"_raw": "a=y", "eventtype": "low", "tag": "t1", "tag::eventtype": "t1"},
        {"_raw": "b"},
    ]
    assert len(engine.search("search tag=t3")) == 1
    assert len(engine.search("search eventtype=low tag=t1")) == 2
    assert any("wrong" in text for text in engine.extraction.warnings)


def test_what_does_not_work_is_said(tmp_path: Path) -> None:
    engine = engine_of(
        tmp_path, f"[st]\n{PLAIN}EXTRACT-a = (\nREPORT-b = nothing\nLOOKUP-c = l a OUTPUT b\nEVAL-d = 1 +\n"
    )
    engine.load(b"x", sourcetype="st")
    assert engine.search("search index=*").rows
    text = "\n".join(engine.extraction.warnings)
    assert all(name in text for name in ("EXTRACT-a", "`nothing`", "`l`", "`1 +`"))


def test_an_expression_that_explodes_is_cut_off_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.engine.scan.TIME_LIMIT", 0.05)
    compile_scanner.cache_clear()
    engine = engine_of(tmp_path, f"[st]\n{PLAIN}EXTRACT-a = ^(?<a>(?:x|xx)+)\\d(?=q)\nEXTRACT-b = (?<b>x)\n")
    assert row_of(engine, "x" * 60 + "y", "a b") == {"b": "x"}
    assert any("took more than" in text for text in engine.extraction.warnings)
    compile_scanner.cache_clear()


def test_a_users_add_on_lies_over_the_built_in_one(tmp_path: Path) -> None:
    event = b"<Event><System><EventID>1</EventID><Channel>Security</Channel><Computer>pc</Computer></System></Event>"
    plain = Engine(now=NOW)
    plain.load(event, sourcetype="XmlWinEventLog", source="XmlWinEventLog:Security")
    assert plain.search("search index=* | table dest vendor").rows == [{"dest": "pc", "vendor": "Microsoft"}]
    engine = engine_of(tmp_path, '[source::XmlWinEventLog:Security]\nEVAL-dest = upper(Computer)\nEVAL-own = "x"\n')
    engine.load(event, sourcetype="XmlWinEventLog", source="XmlWinEventLog:Security")
    assert engine.search("search index=* | table dest vendor own").rows == [
        {"dest": "PC", "vendor": "Microsoft", "own": "x"}
    ]


def test_several_sourcetypes_in_one_load_keep_their_order(tmp_path: Path) -> None:
    engine = engine_of(
        tmp_path,
        f"[st]\n{PLAIN}TRANSFORMS-a = odd\n[odd]\nEXTRACT-a = (?<n>\\d)\n[st]\nEXTRACT-b = n(?<m>\\d)\n",
        "[odd]\nREGEX = [13]$\nDEST_KEY = MetaData:Sourcetype\nFORMAT = sourcetype::odd\n",
    )
    engine.load(b"n1\nn2\nn3\nn4\n", sourcetype="st")
    assert engine.search("search index=* | table _raw n m").rows == [
        {"_raw": "n1", "n": "1"}, {"_raw": "n2", "m": "2"}, {"_raw": "n3", "n": "3"}, {"_raw": "n4", "m": "4"},
    ]  # fmt: skip


# --- cutting ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=1 b=2", [("a", "1"), ("b", "2")]),
        ('a="x y", b = z', [("a", "x y"), ("b", "z")]),
        ("type=A msg='op=add acct=\"r\" res=ok'", [("type", "A"), ("op", "add"), ("acct", "r"), ("res", "ok")]),
        ("a=1,b=2;c=3|d=4", [("a", "1"), ("b", "2"), ("c", "3"), ("d", "4")]),
        ("u=http://h/p?q=1&r=2", [("u", "http://h/p?q=1&r=2")]),
        ('k=1\x1dK="x"', [("k", "1"), ("K", "x")]),
        ("(a=1) [b=2] {c=f(3)}", [("a", "1"), ("b", "2"), ("c", "f(3)}")]),
        ("a= b=2 =3 x==", [("b", "2")]),
        ("", []),
    ],
)
def test_pairs(text: str, expected: list[tuple[str, str]]) -> None:
    names, values = cut_auto(text)
    assert list(zip(names, values, strict=True)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '{"a": {"b": [1, {"c": true}]}, "d": null, "e": "", "f": 1.50}',
            {"a.b{}": "1", "a.b{}.c": "true", "d": "null", "e": "", "f": "1.50"},
        ),
        ('{"a": [{"n": 1}, {"n": 2}], "b": []}', {"a{}.n": ("1", "2")}),
        ('[{"a": 1}, {"a": 2}]', {"{}.a": ("1", "2")}),
        ('{"a": 123456789012345678901234567890, "b": 1e5}', {"a": "123456789012345678901234567890", "b": "1e5"}),
        ('{"a": 1, "b": {"c": "x\\u00e9", "d": "brok', {"a": "1", "b.c": "xé"}),
        ("no", {}),
        ("{}", {}),
    ],
)
def test_json_leaves(text: str, expected: dict[str, object]) -> None:
    names, values = cut_json(text)
    assert dict(zip(names, values, strict=True)) == expected


def test_xml_leaves() -> None:
    names, values = cut_xml("<a x='1'><b>t</b><b>u</b><c y='&lt;'/></a>")
    assert dict(zip(names, values, strict=True)) == {"a{@x}": "1", "a.b": ("t", "u"), "a.c{@y}": "<"}
    assert cut_xml("<!DOCTYPE x [<!ENTITY e 'v'>]><a>&e;</a>") == ((), ())
    assert cut_xml("<a>" * 500) == ((), ())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=3), JSON, max_size=3))
def test_any_json_has_leaves_and_a_broken_one_has_some_of_them(document: dict[str, object]) -> None:
    text = json.dumps(document)
    names, values = cut_json(text)
    assert len(names) == len(set(names)) == len(values)
    cut = cut_json(text[: len(text) * 2 // 3])
    assert set(cut[0]) <= set(names)


@given(st.text(max_size=60))
def test_any_text_can_be_cut(text: str) -> None:
    for cut in (cut_auto, cut_json, cut_xml, delimited_pairs(",;", "=")):
        names, values = cut(text)
        assert len(names) == len(values)
    flatten(read_json(text))
    format_of(text)


@pytest.mark.parametrize(
    ("pattern", "plain"),
    [
        (r"<Data Name='([^']+)'>([^<]*)</", True),
        (r"<(\w+)(?: Name='([^']*)')?>([^<]*)</", True),
        (r"a(\w+)b", False),
        (r"\w+=", False),
        (r"a(?:b|cd)", False),
        (r"a(b+)+", False),
        (r"a.*b", False),
        (r"a[^x]*y", False),
        (r"(?i)abc", False),
        (r"a\d+\s", True),
    ],
)
def test_patterns_that_cannot_backtrack(pattern: str, *, plain: bool) -> None:
    assert compile_scanner(pattern).is_plain is plain


@given(st.text(alphabet="ab<>=' \n", max_size=30))
def test_looking_for_literals_first_changes_nothing(text: str) -> None:
    import regex

    for pattern in (r"<a='([^']*)'>([^<]*)</", r"ab+(a?)", r"(?s)<a(.*?)>", r"a='?b", r"\<b([a-b]*)"):
        found, wanted = compile_scanner(pattern).search(text), regex.search(pattern.replace(r"\<", "<"), text)
        assert (found and found.span()) == (wanted and wanted.span())


def test_what_extraction_leaves_out_is_told_with_the_result(tmp_path: Path) -> None:
    """A field that a broken or unsupported rule would give is missing, never silently (DESIGN section 7)."""
    (tmp_path / "odd" / "default").mkdir(parents=True)
    stanza = "[odd]\nEXTRACT-a = (?<broken>\nKV_MODE = multi\n"
    (tmp_path / "odd" / "default" / "props.conf").write_text(stanza, "utf-8")
    engine = Engine(apps=[tmp_path / "odd"])
    engine.load(b"a=1\n", sourcetype="odd")
    result = engine.search("search sourcetype=odd | table a broken")
    assert result.rows == [{}]
    told = " ".join(message.text for message in result.messages)
    assert "KV_MODE = multi" in told
    assert "EXTRACT-a: missing )" in told
