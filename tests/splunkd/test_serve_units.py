"""Parts of the server without a server: the journal, segments of events, queries, routes, formats."""

from __future__ import annotations

import asyncio
import dataclasses
import random
import socket
import threading
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.backends.embedded import Engine
from generator.base.diagnostics import BackendError, GeneratorError
from generator.engine.ingest import ReadyEvent, ingest_ready
from generator.splunkd import events as events_module
from generator.splunkd.actions import filled, holds
from generator.splunkd.call import ApiError
from generator.splunkd.confs import NOBODY, ConfObject
from generator.splunkd.events import Events, attached
from generator.splunkd.journal import Journal, framed
from generator.splunkd.listing import fits
from generator.splunkd.replies import Access, Entry, escape
from generator.splunkd.results import formatted, moment
from generator.splunkd.routes import GROUPS, route_table
from generator.splunkd.routing import Route, RouteTable
from generator.splunkd.server import _listen
from generator.splunkd.suppression import Rule, Suppressions, rule_of

if TYPE_CHECKING:
    from pathlib import Path


# --- the journal -----------------------------------------------------------------------------------------------------

RECORDS = [{"kind": "drop", "index": f"i{n}", "filler": "x" * n} for n in range(4)]


def test_a_journal_cut_at_any_byte_gives_its_whole_records_and_goes_on(tmp_path: Path) -> None:
    whole = b"".join(map(framed, RECORDS))
    ends = [0]
    for record in RECORDS:
        ends.append(ends[-1] + len(framed(record)))
    for size in range(len(whole) + 1):
        file = tmp_path / f"{size}.journal"
        file.write_bytes(whole[:size])
        journal = Journal(file)
        kept = sum(end <= size for end in ends[1:])
        assert list(journal.read()) == RECORDS[:kept]
        journal.append({"kind": "drop", "index": "new"})
        journal.close()
        again = Journal(file)
        assert list(again.read()) == [*RECORDS[:kept], {"kind": "drop", "index": "new"}]
        again.close()


def test_damage_before_the_end_is_told(tmp_path: Path) -> None:
    whole = bytearray(b"".join(map(framed, RECORDS)))
    whole[len(framed(RECORDS[0])) + 14] ^= 0xFF
    file = tmp_path / "journal"
    file.write_bytes(whole)
    with pytest.raises(BackendError, match="damaged at byte"):
        list(Journal(file).read())


def test_zeros_that_were_never_filled_are_cut_off(tmp_path: Path) -> None:
    file = tmp_path / "journal"
    file.write_bytes(framed(RECORDS[0]) + b"\0" * 500)
    journal = Journal(file)
    assert list(journal.read()) == RECORDS[:1]
    assert journal.cut == 500
    journal.close()
    assert file.stat().st_size == len(framed(RECORDS[0]))


# --- events ----------------------------------------------------------------------------------------------------------


def _event(number: int, index: str = "main", host: str = "h", **fields: Any) -> ReadyEvent:
    return ReadyEvent(f"n={number}", "st", "s", host, index, 1000.0 + number, fields)


def _texts(events: Events, engine: Engine) -> list[str]:
    engine.store = type(engine.store)()
    for segment in events.snapshot()[1]:
        engine.store.add(attached(segment, engine.extraction))
    return [str(row["_raw"]) for row in engine.search("search *").rows]


def test_small_segments_are_put_together_without_a_loss(tmp_path: Path) -> None:
    engine = Engine(now=5000.0)
    events = Events(Journal(tmp_path / "journal"), 10_000, 10**9)
    events.restore()
    for number in range(300):
        made = [_event(number, host=f"h{number % 3}", **({"extra": number} if number % 5 == 0 else {}))]
        events.add(ingest_ready(made, now=5000.0, extraction=engine.extraction))
        if number % 70 == 0:
            events.snapshot()
    _, segments = events.snapshot()
    assert len(segments) < 40
    wanted = [f"n={number}" for number in reversed(range(300))]
    assert _texts(events, engine) == wanted
    found = engine.search("search extra=* | stats count sum(extra) as sum").rows
    assert found == [{"count": "60", "sum": str(sum(range(0, 300, 5)))}]
    events.close()
    again = Events(Journal(tmp_path / "journal"), 10_000, 10**9)
    assert again.restore() == 300
    assert _texts(again, engine) == wanted
    again.close()


def test_deleted_and_dropped_events_stay_away(tmp_path: Path) -> None:
    engine = Engine(now=5000.0)
    events = Events(Journal(tmp_path / "journal"), 100, 10**9)
    events.restore()
    made = [_event(number, index="a" if number % 2 else "b") for number in range(10)]
    events.add(ingest_ready(made, now=5000.0, extraction=engine.extraction))
    assert dict(events.counts) == {"a": 5, "b": 5}
    events.delete([0, 1, 2])
    assert dict(events.counts) == {"a": 4, "b": 3}
    events.drop("a")
    assert events.counts["a"] == 0
    assert _texts(events, engine) == ["n=8", "n=6", "n=4"]
    events.add(ingest_ready([_event(11, index="a")], now=5000.0, extraction=engine.extraction))
    events.close()
    again = Events(Journal(tmp_path / "journal"), 100, 10**9)
    assert again.restore() == 4
    assert _texts(again, engine) == ["n=11", "n=8", "n=6", "n=4"]
    assert again.bytes == events.bytes == 13
    again.close()


def _large(folder: Path, engine: Engine, *, keep: int = 20) -> Events:
    """Return events of which most were removed, in a journal of some size."""
    events = Events(Journal(folder / "journal"), 10_000, 10**9)
    events.restore()
    for number in range(200):
        index = "kept" if number < keep else "gone"
        noise = "".join(random.Random(number).choices("abcdefghijklmnop", k=2000))
        made = [ReadyEvent(f"n={number} {noise}", "st", "s", "h", index, 1000.0 + number, {"m": ("a", str(number))})]
        events.add(ingest_ready(made, now=5000.0, extraction=engine.extraction))
    events.drop("gone")
    events.delete([3])
    return events


def test_a_journal_of_removed_events_is_written_anew_at_the_start(tmp_path: Path) -> None:
    engine = Engine(now=5000.0)
    events = _large(tmp_path, engine)
    wanted = _texts(events, engine)
    assert len(wanted) == 19
    events.close()
    before = (tmp_path / "journal").stat().st_size
    for _ in range(2):  # what was written anew is read, and not written again
        again = Events(Journal(tmp_path / "journal"), 10_000, 10**9)
        assert again.restore() == 19
        assert (tmp_path / "journal").stat().st_size < before / 5
        assert _texts(again, engine) == wanted
        found = engine.search("search m=7 | table _cd m").rows
        assert found == [{"_cd": "7", "m": ["a", "7"]}]
        again.close()
    again = Events(Journal(tmp_path / "journal"), 10_000, 10**9)
    again.restore()
    again.add(ingest_ready([_event(1)], now=5000.0, extraction=engine.extraction))
    again.delete([199])  # the number of a removed event is no other event's
    assert again.total == 20
    again.delete([200])
    assert again.total == 19
    again.close()


def test_a_journal_is_written_anew_while_the_server_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events_module, "COMPACT_RUNNING", 100_000)
    engine = Engine(now=5000.0)
    events = _large(tmp_path, engine)
    assert (tmp_path / "journal").stat().st_size < 100_000
    events.add(ingest_ready([_event(500)], now=5000.0, extraction=engine.extraction))
    wanted = _texts(events, engine)
    events.close()
    again = Events(Journal(tmp_path / "journal"), 10_000, 10**9)
    assert again.restore() == 20
    assert _texts(again, engine) == wanted
    again.close()


def test_a_rewrite_that_is_killed_at_any_moment_loses_nothing(tmp_path: Path) -> None:
    """Truth: before the rename the old journal is whole, after it the new one; what lies beside is thrown away."""
    engine = Engine(now=5000.0)
    events = _large(tmp_path, engine)
    wanted = _texts(events, engine)
    events.close()
    old = (tmp_path / "journal").read_bytes()
    first = Events(Journal(tmp_path / "journal"), 10_000, 10**9)
    first.restore()
    first.close()
    new = (tmp_path / "journal").read_bytes()
    assert len(new) < len(old)
    for size in (0, 1, len(new) // 2, len(new) - 1, len(new)):
        (tmp_path / "journal").write_bytes(old)
        (tmp_path / "journal.new").write_bytes(new[:size])
        again = Events(Journal(tmp_path / "journal"), 10_000, 10**9)
        assert again.restore() == 19
        assert _texts(again, engine) == wanted
        assert not (tmp_path / "journal.new").exists()
        again.close()


def test_a_rewrite_that_fails_changes_nothing_and_the_server_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(events_module, "COMPACT_RUNNING", 100_000)
    monkeypatch.setattr(type(tmp_path), "replace", _no_replace)
    engine = Engine(now=5000.0)
    events = _large(tmp_path, engine)
    assert "was not made smaller" in caplog.text
    assert sorted(file.name for file in tmp_path.iterdir()) == ["journal"]
    events.add(ingest_ready([_event(500)], now=5000.0, extraction=engine.extraction))
    wanted = _texts(events, engine)
    events.close()
    monkeypatch.undo()
    again = Events(Journal(tmp_path / "journal"), 10_000, 10**9)
    assert again.restore() == 20
    assert _texts(again, engine) == wanted
    again.close()


def _no_replace(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_journal_of_a_newer_version_is_not_read_in_part(tmp_path: Path) -> None:
    (tmp_path / "journal").write_bytes(framed({"kind": "novelty"}))
    events = Events(Journal(tmp_path / "journal"), 10_000, 10**9)
    with pytest.raises(BackendError, match="`novelty`, which this version does not know"):
        events.restore()
    events.close()


def test_writers_wait_while_the_journal_is_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events_module, "COMPACT_RUNNING", 1)
    engine = Engine(now=5000.0)
    events = Events(Journal(tmp_path / "journal"), 10_000, 10**9)
    events.restore()

    def send() -> None:
        for number in range(150):
            events.add(ingest_ready([_event(number, index=f"i{number % 3}")], now=5000.0, extraction=engine.extraction))

    sender = threading.Thread(target=send)
    sender.start()
    while sender.is_alive():
        events.drop("i1")
    sender.join()
    events.drop("i1")
    assert dict(events.counts) == {"i0": 50, "i1": 0, "i2": 50}
    events.close()
    again = Events(Journal(tmp_path / "journal"), 10_000, 10**9)
    assert again.restore() == 100
    assert {name: count for name, count in again.counts.items() if count} == {"i0": 50, "i2": 50}
    again.close()


def test_suppression_lasts_and_is_not_without_end(tmp_path: Path) -> None:
    """Truth: savedsearches.conf.spec, `alert.suppress.period`; the file is written with each change."""
    now = [1000.0]
    settings = {"alert.suppress": "1", "alert.suppress.period": "1m", "alert.suppress.fields": '"the user", src'}
    found = ConfObject("savedsearches", "s", settings, (NOBODY, "search"), Access("admin", "search"), 0.0)
    rule = rule_of(settings)
    assert rule == Rule(60, ("the user", "src"))
    rows: list[dict[str, str | list[str]]] = [
        {"the user": "a", "src": "x"},
        {"the user": "a"},
        {"the user": ["a", "b"]},
    ]
    made = Suppressions(tmp_path / "suppressed.json", lambda: now[0])
    assert made.acting(found, rule, rows) == [0, 1, 2]
    made.note(found, rule, rows[:2])
    for _ in range(2):
        assert made.acting(found, rule, rows) == [2]
        assert made.left(found) == 60
        made = Suppressions(tmp_path / "suppressed.json", lambda: now[0])
    edited = dataclasses.replace(found, settings={**settings, "search": "other"})
    assert made.acting(edited, rule, rows) == [0, 1, 2]
    now[0] = 1060.0
    assert made.acting(found, rule, rows) == [0, 1, 2]
    made.hold(found, 5)
    assert made.acting(found, rule, rows) == []
    made.end(found)
    assert made.acting(found, rule, rows) == [0, 1, 2]
    (tmp_path / "suppressed.json").write_text("{")
    with pytest.raises(BackendError, match=r"suppressed\.json is damaged"):
        Suppressions(tmp_path / "suppressed.json", lambda: now[0])


def test_more_events_than_may_be_are_refused() -> None:
    engine = Engine(now=5000.0)
    events = Events(Journal(None), 3, 10**9)
    events.add(ingest_ready([_event(1), _event(2)], now=5000.0, extraction=engine.extraction))
    with pytest.raises(ApiError) as caught:
        events.add(ingest_ready([_event(3), _event(4)], now=5000.0, extraction=engine.extraction))
    assert caught.value.status == 503
    assert events.total == 2


# --- routes ----------------------------------------------------------------------------------------------------------


def _nothing(*_: Any) -> Any:
    raise AssertionError


def test_the_route_with_fewer_names_wins() -> None:
    table = RouteTable(
        [
            Route("GET", "a/{x}", _nothing, "1"),
            Route("GET", "a/b", _nothing, "2"),
            Route("GET", "a/conf-{x}", _nothing, "3"),
            Route("POST", "a/{x}/c", _nothing, "4"),
        ]
    )
    assert table.match("GET", ("a", "b"))[0].summary == "2"
    assert table.match("GET", ("a", "z"))[1] == {"x": "z"}
    route, names = table.match("GET", ("a", "conf-props"))
    assert (route.summary, names) == ("3", {"x": "props"})
    for method, path, status in (("POST", ("a", "b"), 405), ("GET", ("a", "b", "d"), 404), ("GET", ("c",), 404)):
        with pytest.raises(ApiError) as caught:
            table.match(method, path)
        assert caught.value.status == status


def test_each_route_is_there_once_and_says_what_it_does() -> None:
    seen = set()
    for _, routes in GROUPS:
        for route in routes:
            assert route.summary
            for method in route.methods.split():
                assert (method, route.path) not in seen, route.path
                seen.add((method, route.path))
    assert len(seen) > 150


# --- texts -----------------------------------------------------------------------------------------------------------


@given(st.text())
def test_xml_holds_any_text(text: str) -> None:
    import xml.etree.ElementTree as ET

    tree = ET.fromstring(f'<a b="{escape(text)}">{escape(text)}</a>'.encode("utf-8", "replace"))
    wanted = "".join(
        char
        if char in "\t\n" or (char >= " " and char not in "\ufffe\uffff" and not "\ud800" <= char <= "\udfff")
        else "?"
        for char in text.replace("\r\n", "\n").replace("\r", "\n")
    )
    assert (tree.text or "") == wanted


@settings(max_examples=50)
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["a", "b", "_raw"]), st.text(max_size=5) | st.lists(st.text(max_size=3), min_size=2)
        )
    )
)
def test_each_format_can_be_read_again(rows: list[dict[str, Any]]) -> None:
    import csv
    import io
    import json
    import xml.etree.ElementTree as ET

    plain = [{name: _plain(value) for name, value in row.items()} for row in rows]
    names = ["a", "b", "_raw"]
    assert json.loads(formatted("json", names, plain)[0])["results"] == plain
    assert len(json.loads(formatted("json_rows", names, plain)[0])["rows"]) == len(rows)
    assert len(json.loads(formatted("json_cols", names, plain)[0])["columns"]) == 3
    assert len(ET.fromstring(formatted("xml", names, plain)[0]).findall("result")) == len(rows)
    assert len(list(csv.DictReader(io.StringIO(formatted("csv", names, plain)[0].decode(), newline="")))) <= len(rows)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [one.encode("utf-8", "replace").decode() for one in value]
    return value.encode("utf-8", "replace").decode()


def test_moments_and_formats() -> None:
    assert moment(0.25) == "1970-01-01T00:00:00.250+00:00"
    assert moment(0, "%Y") == "1970"
    assert moment(1e300) == "1e+300"
    with pytest.raises(ApiError):
        formatted("pdf", [], [])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("name=abc", True),
        ("name=ab*", True),
        ("name=b", False),
        ("b", True),
        ("zzz", False),
        ("kind=One", True),
        ('kind="one"', True),
        ("kind!=one", False),
        ("NOT zzz", True),
        ("zzz OR b", True),
        ("b AND zzz", False),
        ("flag=1", True),
        ("eai:acl.app=system", True),
    ],
)
def test_search_in_lists(text: str, wanted: bool) -> None:  # noqa: FBT001 - a case's outcome
    assert fits(Entry("abc", "x", {"kind": "one", "flag": True}), text) is wanted


def test_tokens_and_conditions_of_alerts() -> None:
    assert filled("$a$ and $result.b$, $c$ $5", {"a": "1", "b": ["x", "y"]}) == "1 and x, y, $c$ $5"
    assert holds({}, 1)
    assert not holds({}, 0)
    condition = {"counttype": "number of events", "relation": "less than", "quantity": "3"}
    assert holds(condition, 2)
    assert not holds(condition, 3)
    with pytest.raises(GeneratorError):
        holds({"counttype": "custom", "relation": "", "quantity": ""}, 2)


def test_frames_are_small() -> None:
    record = {"kind": "drop", "index": "x" * 10_000}
    assert len(framed(record)) < 200
    assert zlib.decompress(framed(record)[12:])


def test_route_table_is_made() -> None:
    assert route_table().match("GET", ("server", "info"))[0].path == "server/info"


# --- listening -------------------------------------------------------------------------------------------------------


def test_an_answer_does_not_wait_for_the_clients_acknowledgement() -> None:
    """Nagle's algorithm is off: with it the body of an answer comes 40 ms after its head (RFC 896, RFC 1122 4.2.3.2)."""
    seen: list[int] = []

    async def accept() -> None:
        async def accepted(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            seen.append(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        listener = _listen("127.0.0.1", 0)
        async with await asyncio.start_server(accepted, sock=listener):
            reader, writer = await asyncio.open_connection(*listener.getsockname())
            await reader.read()
            writer.close()

    asyncio.run(accept())
    assert seen[0]
