"""Files become events: line breaking, timestamps, metadata. Truth: props.conf.spec; Getting Data In."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import Engine
from generator.base.diagnostics import DatasetError
from generator.engine import ingest as ingesting
from generator.engine.breaking import json_events, lines_of
from generator.engine.timestamps import TimeReader
from generator.knowledge.props import index_rules

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1_700_000_000
EVENT = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><EventID>{0}</EventID><TimeCreated SystemTime='2023-01-0{0}T00:00:00.5Z'/><Channel>Security</Channel></System></Event>"


def app(tmp_path: Path, **files: str) -> Path:
    folder = tmp_path / "some_app"
    (folder / "default").mkdir(parents=True)
    for name, text in files.items():
        (folder / "default" / f"{name}.conf").write_text(text, encoding="utf-8")
    return folder


def raws(data: bytes, sourcetype: str | None = None, apps: tuple[Path, ...] = ()) -> list[str]:
    found = ingesting.ingest(
        data,
        sourcetype=sourcetype,
        source=None,
        host=None,
        index=None,
        now=NOW,
        extraction=Engine(apps=apps, now=NOW).extraction,
    )
    column = found.column("_raw")
    return [] if column is None else [str(raw) for raw in column.to_list()]


def times(text: str, **rules: str) -> float | None:
    return TimeReader(index_rules(rules), NOW).read(text)


# --- line breaking ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("between", ["", "\n", "\r\n\r\n", "  "])
def test_xml_events_stand_one_a_line_or_several(between: str) -> None:
    one, two = EVENT.format(1), EVENT.format(2)
    assert raws(f"{one}{between}{two}{between}".encode(), "XmlWinEventLog") == [one, two]


def test_xml_events_may_be_spread_over_lines() -> None:
    spread = EVENT.format(1).replace("><", ">\n  <")
    assert raws(f"{spread}\n{spread}\n".encode(), "xmlwineventlog") == [spread, spread]


CLASSIC = (
    "01/02/2023 04:20:47 PM\nLogName=Security\nEventCode=4688\nMessage=A process.\n\nSubject:\n\tAccount Name:\t\tann\n"
)


@pytest.mark.parametrize("sourcetype", ["WinEventLog", "XmlWinEventLog", None])
def test_classic_windows_events_have_several_lines(sourcetype: str | None) -> None:
    assert len(raws(f"{CLASSIC}\n{CLASSIC}".encode(), sourcetype)) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a":1}\n{"a":2}\n', ['{"a":1}', '{"a":2}']),
        ('[{"a":1},\n {"a":2}]', ['{"a":1}', '{"a":2}']),
        ('{"Records": [{"a":1}, {"a": {"b":[]}}]}', ['{"a":1}', '{"a": {"b":[]}}']),
        ('{"Records": [{"a":1}]}\n{"Records": [{"a":2}]}', ['{"a":1}', '{"a":2}']),
        ('{\n "Records": [\n{"a":1},{"a":2}\n],\n "next": null\n}\n', ['{"a":1}', '{"a":2}']),
        ('{\n  "a": 1\n}\n{\n  "a": 2\n}\n', ['{\n  "a": 1\n}', '{\n  "a": 2\n}']),
        ('{"a":1}{"a":2}', ['{"a":1}', '{"a":2}']),
        ('{"items": [{"a":1}], "kind": "list", "x": 1}', ['{"items": [{"a":1}], "kind": "list", "x": 1}']),
        ('{"a":1}\nno JSON\n', ['{"a":1}', "no JSON"]),
        ("no JSON at all\nsecond", ["no JSON at all", "second"]),
        ('{\n "a": 1,\n', ["{", ' "a": 1,']),
    ],
)
def test_json(text: str, expected: list[str]) -> None:
    assert list(json_events([text])) == expected


def test_lines_without_a_time_belong_to_the_line_with_one() -> None:
    assert raws(b"2023-01-01 00:00:00 start\n  at a\n  at b\n2023-01-01 00:00:01 end", "unknown:thing") == [
        "2023-01-01 00:00:00 start\n  at a\n  at b",
        "2023-01-01 00:00:01 end",
    ]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("SHOULD_LINEMERGE = false", ["a1", "b2", "a3"]),
        ("SHOULD_LINEMERGE = false\nLINE_BREAKER = ([\\r\\n]+)a", ["a1\nb2", "a3"]),
        ("BREAK_ONLY_BEFORE = ^a", ["a1\nb2", "a3"]),
        ("BREAK_ONLY_BEFORE = ^a\nMAX_EVENTS = 1", ["a1", "b2", "a3"]),
        ("BREAK_ONLY_BEFORE = ^x\nMUST_BREAK_AFTER = 2$", ["a1\nb2", "a3"]),
        ("BREAK_ONLY_BEFORE = .\nMUST_NOT_BREAK_BEFORE = ^b", ["a1\nb2", "a3"]),
        ("SHOULD_LINEMERGE = false\nTRUNCATE = 1", ["a", "b", "a"]),
        ("SHOULD_LINEMERGE = false\nSEDCMD-x = s/[ab]/<\\0>/g", ["<a>1", "<b>2", "<a>3"]),
        ("SHOULD_LINEMERGE = false\nLINE_BREAKER = ((", ["a1", "b2", "a3"]),
    ],
)  # fmt: skip
def test_rules_of_line_breaking(tmp_path: Path, rules: str, expected: list[str]) -> None:
    folder = app(tmp_path, props=f"[thing]\n{rules}\n")
    assert raws(b"a1\nb2\na3\n", "thing", (folder,)) == expected


@given(
    st.lists(st.sampled_from(["<Event>a</Event>", "<Event>\nb </Event>", "\n", " "]), max_size=12), st.integers(1, 9)
)
def test_blocks_do_not_change_what_breaks(parts: list[str], size: int) -> None:
    text = "".join(parts)
    blocks = [text[at : at + size] for at in range(0, len(text), size)]
    for breaker in (r"</Event>(\s*)", r"([\r\n]+)", r"(\n+)(?=<)"):
        assert list(lines_of(blocks, breaker)) == list(lines_of([text], breaker))


@given(
    st.lists(
        st.dictionaries(st.text(max_size=4), st.integers() | st.text(max_size=5) | st.none(), max_size=3),
        min_size=1,
        max_size=5,
    )
)
def test_documents_come_back(documents: list[dict[str, object]]) -> None:
    lines = [json.dumps(one) for one in documents]
    assert list(json_events(["\n".join(lines)])) == lines
    pretty = [json.dumps(one, indent=1) for one in documents]
    assert list(json_events([json.dumps(documents, indent=1)])) is not None
    if all(documents):
        assert list(json_events(["\n".join(pretty)])) == pretty


@given(
    st.binary(max_size=200),
    st.sampled_from([None, "XmlWinEventLog", "_json", "csv", "stash", "linux:audit", "ms:iis:default:85"]),
)
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_events(data: bytes, sourcetype: str | None) -> None:
    engine = ENGINE
    count = engine.store.length
    try:
        loaded = engine.load(data, sourcetype=sourcetype)
    except DatasetError:
        assert data[:2] in {b"PK", b"\x1f\x8b"}
        return
    assert loaded == engine.store.length - count


ENGINE = Engine(now=NOW)


# --- times -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-11-14T22:13:20Z x", NOW),
        ("2023-11-14 22:13:20,250 x", NOW + 0.25),
        ("at 2023/11/14 22:13:20.5+01:00", NOW - 3600 + 0.5),
        ("11/14/2023 10:13:20 PM", NOW),
        ("11/14/2023 10:13:20.000 PM EST", NOW + 5 * 3600),
        ("Nov 14 22:13:20 host x", NOW),
        ("Nov 20 00:00:00 host x", 1_668_902_400),
        ("14/Nov/2023:22:13:20 +0000", NOW),
        ("Tue Nov 14 22:13:20 UTC 2023", NOW),
        ("Tue, 14 Nov 2023 22:13:20 GMT", NOW),
        ("20231114T221320Z", NOW),
        ('{"t":1700000000.5}', NOW + 0.5),
        ('{"t":1700000000123}', NOW + 0.123),
        ("1700000000 x", NOW),
        ("id 17000000001 x", None),
        ("nothing", None),
        ("2023-13-45T22:13:20Z", None),
    ],
)
def test_times_are_recognised(text: str, expected: float | None) -> None:
    assert times(text) == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("text", "rules", "expected"),
    [
        ("x=14.11.23 22:13:20", {"TIME_PREFIX": "x=", "TIME_FORMAT": "%d.%m.%y %H:%M:%S"}, NOW),
        ("14/11/2023 22h13", {"TIME_FORMAT": "%d/%m/%Y %Hh%M"}, NOW - 20),
        ("1700000000.123456", {"TIME_FORMAT": "%s.%6N"}, NOW + 0.123456),
        ("2023-11-14 22:13:20", {"TZ": "Europe/Berlin"}, NOW - 3600),
        ("2023-11-14 22:13:20 -0500", {"TZ": "Europe/Berlin", "TIME_FORMAT": "%F %T %z"}, NOW + 5 * 3600),
        ("2023-11-14 22:13:20", {"TZ": "Nowhere/None"}, NOW),
        ("later 2023-11-14T22:13:20Z", {"MAX_TIMESTAMP_LOOKAHEAD": "10"}, None),
        ("a 2020-01-01T00:00:00Z b 2023-11-14T22:13:20Z", {"TIME_PREFIX": r"\sb\s"}, NOW),
        ("2023-11-14T22:13:20Z", {"TIME_PREFIX": "never"}, None),
        ("2023-11-14T22:13:20Z", {"DATETIME_CONFIG": "CURRENT"}, None),
        ("14 November 2023 10:13:20 pm", {"TIME_FORMAT": "%d %B %Y %I:%M:%S %p"}, NOW),
        ("318 2023 22:13:20", {"TIME_FORMAT": "%j %Y %H:%M:%S"}, NOW),
    ],
)
def test_rules_of_times(text: str, rules: dict[str, str], expected: float | None) -> None:
    assert times(text, **rules) == (None if expected is None else pytest.approx(expected))


@given(st.text(max_size=80), st.text(max_size=20))
def test_any_text_has_a_time_or_none(text: str, fmt: str) -> None:
    found = times(text, TIME_FORMAT=fmt)
    assert found is None or isinstance(found, float | int)
    times(text)


@given(st.integers(946_684_800, 4_102_444_799), st.integers(0, 999))
def test_times_come_back(seconds: int, milliseconds: int) -> None:
    import datetime

    at = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    text = f"{at:%Y-%m-%dT%H:%M:%S}.{milliseconds:03}Z"
    assert times(text) == pytest.approx(seconds + milliseconds / 1000, abs=1e-6)


def test_an_event_without_a_time_has_that_of_the_one_before() -> None:
    engine = Engine(now=NOW)
    engine.load(b'{"a":1}\n{"time":"2023-01-01T00:00:00Z"}\n{"a":2}', sourcetype="_json")
    assert [float(str(row["_time"])) for row in engine.search("search index=* | table _time").rows] == [
        NOW,
        1_672_531_200,
        1_672_531_200,
    ]


# --- metadata --------------------------------------------------------------------------------------------------------


def test_sourcetype_and_source_are_guessed_where_nobody_says_them() -> None:
    engine = Engine(now=NOW)
    for text in (EVENT.format(1), '{"a": 1}', "type=PATH msg=audit(1700000000.1:2): a=b", CLASSIC, "some text"):
        engine.load(text.encode())
    found = engine.search("search index=* | table sourcetype source").rows
    assert {(row["sourcetype"], row.get("source")) for row in found} == {
        ("XmlWinEventLog", "XmlWinEventLog:Security"),
        ("_json", None),
        ("linux:audit", None),
        ("WinEventLog", "WinEventLog:Security"),
        ("unknown", None),
    }


def test_transforms_set_metadata_and_drop_events(tmp_path: Path) -> None:
    folder = app(
        tmp_path,
        props="[raw]\nSHOULD_LINEMERGE = false\nTRANSFORMS-a = drop, host, kind\n",
        transforms="[drop]\nREGEX = ^#\nDEST_KEY = queue\nFORMAT = nullQueue\n"
        "[host]\nREGEX = on (\\w+)\nDEST_KEY = MetaData:Host\nFORMAT = host::$1\n"
        "[kind]\nREGEX = kind=(\\w+)\nDEST_KEY = MetaData:Sourcetype\nFORMAT = sourcetype::raw:$1\n",
    )
    engine = Engine(apps=[folder], now=NOW)
    assert engine.load(b"# no\none on web1 kind=a\ntwo\nthree on web2 kind=b\n", sourcetype="raw", host="h") == 3
    assert engine.search("search index=* | table _raw host sourcetype").rows == [
        {"_raw": "one on web1 kind=a", "host": "web1", "sourcetype": "raw:a"},
        {"_raw": "two", "host": "h", "sourcetype": "raw"},
        {"_raw": "three on web2 kind=b", "host": "web2", "sourcetype": "raw:b"},
    ]


def test_transforms_give_indexed_fields(tmp_path: Path) -> None:
    """transforms.conf.spec: WRITE_META, `DEST_KEY = _meta`; several values of a field add up."""
    folder = app(
        tmp_path,
        props="[raw]\nSHOULD_LINEMERGE = false\nTRANSFORMS-a = team, more, drop\n",
        transforms="[team]\nREGEX = team=(\\w+) (\\w+)\nFORMAT = group::$1 grade::$2\nWRITE_META = true\n"
        "[more]\nREGEX = also=(\\w+)\nFORMAT = group::$1\nDEST_KEY = _meta\n"
        "[drop]\nREGEX = ^#\nDEST_KEY = queue\nFORMAT = nullQueue\n",
    )
    engine = Engine(apps=[folder], now=NOW)
    engine.load(b"team=a high also=b\n# team=x low\nnone\nalso=c\n", sourcetype="raw")
    assert engine.search("search index=* | table _raw group grade").rows == [
        {"_raw": "team=a high also=b", "group": ["a", "b"], "grade": "high"},
        {"_raw": "none"},
        {"_raw": "also=c", "group": "c"},
    ]
    assert engine.search("| tstats count by group").rows == [
        {"group": "a", "count": "1"},
        {"group": "b", "count": "1"},
        {"group": "c", "count": "1"},
    ]


def test_transforms_compute_what_is_indexed(tmp_path: Path) -> None:
    """transforms.conf.spec, INGEST_EVAL: `=` adds a value, `:=` replaces, null removes; metadata, text, time and queue."""
    folder = app(
        tmp_path,
        props="[raw]\nSHOULD_LINEMERGE = false\nTRANSFORMS-a = team, computed, more\n",
        transforms="[team]\nREGEX = team=(\\w+)\nFORMAT = group::$1 gone::x grade::low\nWRITE_META = true\n"
        "[computed]\nINGEST_EVAL = group=upper(group), size:=len(_raw), double=size*2, gone:=null(), "
        'grade:=if(match(_raw, "a,b\\)"), "high", grade), queue=if(match(_raw, "^#"), "nullQueue", "indexQueue")\n'
        '[more]\nINGEST_EVAL = host:=lower(host), sourcetype="raw:".size, _time=_time+60, _raw=replace(_raw, "secret", "-")\n',
    )
    engine = Engine(apps=[folder], now=NOW)
    assert engine.load(b"1700000000 team=x a,b) secret\n# team=y\n1700000001 team=z\n", sourcetype="raw", host="H") == 2
    found = engine.search("search index=* | table _time _raw host sourcetype group size double gone grade | sort _time")
    assert found.rows == [
        {
            "_time": "1700000060",
            "_raw": "1700000000 team=x a,b) -",
            "host": "h",
            "sourcetype": "raw:29",
            "group": ["x", "X"],
            "size": "29",
            "double": "58",
            "grade": "high",
        },
        {
            "_time": "1700000061",
            "_raw": "1700000001 team=z",
            "host": "h",
            "sourcetype": "raw:17",
            "group": ["z", "Z"],
            "size": "17",
            "double": "34",
            "grade": "low",
        },
    ]
    assert engine.search("| tstats count by grade").rows == [
        {"grade": "high", "count": "1"},
        {"grade": "low", "count": "1"},
    ]
    assert engine.extraction.warnings == []


def test_what_a_transform_cannot_do_here_is_told(tmp_path: Path) -> None:
    folder = app(
        tmp_path,
        props="[raw]\nTRANSFORMS-a = made, sent\n",
        transforms="[made]\nINGEST_EVAL = $x$=len(_raw)\n[sent]\nREGEX = .\nDEST_KEY = _TCP_ROUTING\nFORMAT = other\n",
    )
    engine = Engine(apps=[folder], now=NOW)
    assert engine.load(b"a\n", sourcetype="raw") == 1
    assert engine.extraction.warnings == [
        "`$x$=len(_raw)` in INGEST_EVAL of the transform `made` is not understood",
        "DEST_KEY = _TCP_ROUTING of the transform `sent` is not supported; events stay as they are",
    ]


def test_a_header_names_the_fields_of_csv() -> None:
    engine = Engine(now=NOW)
    assert (
        engine.load(
            b'time,user name,"note"\n2023-01-01T00:00:00Z,ann,"a, b"\n2023-01-02T00:00:00Z,,"c\nd"\n', sourcetype="csv"
        )
        == 2
    )
    assert engine.search("search index=* | reverse | table _time user_name note").rows == [
        {"_time": "1672531200", "user_name": "ann", "note": "a, b"},
        {"_time": "1672617600", "note": "c\nd"},
    ]


def test_w3c_names_its_fields_in_a_comment() -> None:
    engine = Engine(now=NOW)
    engine.load(
        b"#Software: x\n#Fields: date time c-ip cs(User-Agent)\n2023-01-01 00:00:00 192.0.2.1 a+b\n"
        b"#Fields: date time c-ip\n2023-01-01 00:00:01 192.0.2.2\n",
        sourcetype="ms:iis:default",
    )
    assert engine.search("search index=* | reverse | table c_ip cs_User_Agent_").rows == [
        {"c_ip": "192.0.2.1", "cs_User_Agent_": "a+b"},
        {"c_ip": "192.0.2.2"},
    ]


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def archive() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("one.json", '{"a":1}')
        made.writestr("in/two.json.gz", gzip.compress(b'{"a":2}'))
    return stream.getvalue()


def test_packed_files_are_unpacked(tmp_path: Path, archive: bytes) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.zip").write_bytes(archive)
    (tmp_path / "data" / "b.json.gz").write_bytes(gzip.compress(b'{"a":3}\n{"a":4}'))
    (tmp_path / "data" / "c.json").write_bytes('{"a":5}'.encode("utf-16"))
    engine = Engine(now=NOW)
    assert engine.load(tmp_path / "data", sourcetype="_json") == 5
    assert {str(row["a"]) for row in engine.search("search index=*").rows} == {"1", "2", "3", "4", "5"}
    sources = {str(row["source"]).rpartition("data/")[2] for row in engine.search("search index=*").rows}
    assert sources == {"a.zip:one.json", "a.zip:in/two.json.gz", "b.json", "c.json"} or "a.zip:in/two.json" in sources


@pytest.mark.parametrize("data", [b"PK\x03\x04damaged", b"\x1f\x8b\x08damaged data"])
def test_damaged_archives_are_said_so(data: bytes) -> None:
    with pytest.raises(DatasetError):
        Engine(now=NOW).load(data)


def test_too_much_data_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingesting, "MAX_BYTES", 100)
    with pytest.raises(DatasetError, match="in one load"):
        Engine(now=NOW).load(b"x" * 101)


def test_progress_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingesting, "BLOCK", 10)
    told: list[tuple[int, int]] = []
    engine = Engine(now=NOW)
    found = ingesting.ingest(
        b"0123456789" * 3, sourcetype="x", source=None, host=None, index=None, now=NOW,
        extraction=engine.extraction, progress=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    assert (found.length, told) == (1, [(10, 30), (20, 30), (30, 30)])


def test_a_stream_that_cannot_go_back_is_read() -> None:
    class OneWay(io.BytesIO):
        def seekable(self) -> bool:
            return False

    engine = Engine(now=NOW)
    for data in (b'{"a":1}', gzip.compress(b'{"a":1}')):
        found = ingesting.ingest(
            OneWay(data), sourcetype="_json", source="s", host=None, index=None, now=NOW, extraction=engine.extraction
        )
        assert found.column("a") is not None


def test_a_stream_is_read() -> None:
    engine = Engine(now=NOW)
    found = ingesting.ingest(
        io.BytesIO(b"2023-01-01T00:00:00Z a\n2023-01-01T00:00:01Z b\n"), sourcetype="x", source="s", host=None, index=None,
        now=NOW, extraction=engine.extraction,
    )  # fmt: skip
    assert found.length == 2
