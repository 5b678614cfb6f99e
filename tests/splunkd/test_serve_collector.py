"""The event collector: events, raw text, acknowledgement, every refusal by its code.

Truth: Getting Data In, "Format events for HTTP Event Collector", "Troubleshoot HTTP Event Collector", "HTTP Event Collector indexer
acknowledgment".
"""

from __future__ import annotations

import gzip
import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from running import Server

CHANNEL = "5a1d9e1e-52b7-4a6e-9a43-0a6f4d2b7c11"


def test_events_with_metadata_and_indexed_fields(server: Server) -> None:
    index = server.index()
    token = server.token(index, sourcetype="given:by:token")
    body = (
        '{"event":{"user":"ann","n":1},"sourcetype":"_json","host":"h1","source":"s1","time":1700000000.125,'
        '"fields":{"site":"north","tags":["a","b"]}}\n{"event":"plain text","time":"1700000001"}'
    )
    answer = server.hec("/event", body.encode(), token)
    assert (answer.status, answer.json) == (200, {"text": "Success", "code": 0})
    rows = server.rows(f"search index={index} | sort _time | table _time _raw host source sourcetype user n site tags")
    assert rows == [
        {
            "_time": "2023-11-14T22:13:20.125+00:00",
            "_raw": '{"user":"ann","n":1}',
            "host": "h1",
            "source": "s1",
            "sourcetype": "_json",
            "user": "ann",
            "n": "1",
            "site": "north",
            "tags": ["a", "b"],
        },
        {
            "_time": "2023-11-14T22:13:21.000+00:00",
            "_raw": "plain text",
            "host": "localhost",
            "source": rows[1]["source"],
            "sourcetype": "given:by:token",
        },
    ]
    assert rows[1]["source"].startswith("http:t")


def test_raw_text_is_broken_by_its_sourcetype(server: Server) -> None:
    index = server.index()
    token = server.token(index)
    body = b"2023-11-14T22:13:20Z first\n2023-11-14T22:13:30Z second\n"
    path = f"/raw?index={index}&sourcetype=some:log&source=file.log&host=web1"
    assert server.hec(path, body, token, channel=CHANNEL).json["code"] == 0
    rows = server.rows(f"search index={index} | sort _time | table _time _raw host source sourcetype")
    assert [(row["_time"], row["_raw"]) for row in rows] == [
        ("2023-11-14T22:13:20.000+00:00", "2023-11-14T22:13:20Z first"),
        ("2023-11-14T22:13:30.000+00:00", "2023-11-14T22:13:30Z second"),
    ]
    assert (rows[0]["host"], rows[0]["source"], rows[0]["sourcetype"]) == ("web1", "file.log", "some:log")


def test_acknowledgement_is_told_once_and_by_channel(server: Server) -> None:
    index = server.index()
    token = server.token(index, useACK="true")
    numbers = [server.hec("/event", b'{"event":"x"}', token, channel=CHANNEL).json["ackId"] for _ in range(3)]
    assert numbers == [0, 1, 2]
    other = str(uuid.uuid4())
    assert server.hec("/event", b'{"event":"x"}', token, channel=other).json["ackId"] == 0

    def ask(*wanted: int, channel: str = CHANNEL) -> dict[str, bool]:
        answer = server.hec("/ack", json.dumps({"acks": wanted}).encode(), token, channel=channel)
        assert answer.status == 200
        return dict(answer.json["acks"])

    assert ask(0, 2, 9) == {"0": True, "2": True, "9": False}
    assert ask(0, 1) == {"0": False, "1": True}
    assert ask(0, channel=other) == {"0": True}
    assert len(server.rows(f"search index={index}")) == 4


def test_gzip_and_arrays_are_taken(server: Server) -> None:
    index = server.index()
    token = server.token(index)
    body = gzip.compress(b'[{"event":"a"},{"event":"b"}]')
    assert server.hec("/event", body, token, Content_Encoding="gzip").json["code"] == 0
    assert server.hec("", b'{"event":{"deep":{"x":1}}}', token).json["code"] == 0
    assert len(server.rows(f"search index={index}")) == 3
    assert server.hec("/event", body[:20], token, Content_Encoding="gzip").json["code"] == 6
    assert server.hec("/event", body, token, Content_Encoding="br").json["code"] == 6
    assert server.hec("/event", b'{"event":"a"}', token, Content_Encoding="gzip").json["code"] == 6
    assert len(server.rows(f"search index={index}")) == 3


def test_all_members_of_a_gzip_body_are_read(server: Server) -> None:
    """Truth: RFC 1952, 2.2: a file has one or more members; log shippers write one a flush."""
    index = server.index()
    token = server.token(index)
    members = [gzip.compress(b'{"event":"a"}'), gzip.compress(b""), gzip.compress(b'\n{"event":"b"}')]
    assert server.hec("/event", b"".join(members), token, Content_Encoding="gzip").json["code"] == 0
    assert sorted(row["_raw"] for row in server.rows(f"search index={index}")) == ["a", "b"]
    assert server.hec("/event", members[0] + b"rest", token, Content_Encoding="gzip").json["code"] == 6
    assert server.hec("/event", members[0] + members[2][:9], token, Content_Encoding="gzip").json["code"] == 6
    assert len(server.rows(f"search index={index}")) == 2


def test_a_time_of_the_address_holds_for_events_without_one(server: Server) -> None:
    """Truth: REST API Reference, collector/event and collector/raw, `time`; HTTP Event Collector REST API endpoints."""
    index = server.index()
    token = server.token(index)
    body = b'{"event":"own","time":"1700000001"}{"event":"2001-01-01T00:00:00Z shared"}{"event":"none","time":null}'
    assert server.hec("/event?time=1700000000&auto_extract_timestamp=true", body, token).json["code"] == 0
    text = b"2001-01-01T00:00:00Z raw\n"
    assert server.hec("/raw?time=1700000002.5&sourcetype=some:log", text, token, channel=CHANNEL).json["code"] == 0
    rows = server.rows(f"search index={index} | sort 0 _time _raw | eval t=_time | table t _raw")
    assert [(float(row["t"]), row["_raw"]) for row in rows] == [
        (1700000000, "2001-01-01T00:00:00Z shared"),
        (1700000000, "none"),
        (1700000001, "own"),
        (1700000002.5, "2001-01-01T00:00:00Z raw"),
    ]


@pytest.mark.parametrize(
    ("path", "body", "code", "status"),
    [
        ("/event", b"", 5, 400),
        ("/event", b"  ", 5, 400),
        ("/event", b"not json", 6, 400),
        ("/event", b'{"event":"x"', 6, 400),
        ("/event", b'"just text"', 6, 400),
        ("/event", b'{"event":"x","time":"noon"}', 15, 400),
        ("/event", b'{"event":"x","time":true}', 15, 400),
        ("/event", b'{"event":"x","time":[1]}', 15, 400),
        ("/event", b'{"event":"x","time":-1}', 15, 400),
        ("/event", b'{"event":"x","time":1' + b"0" * 400 + b"}", 15, 400),
        ("/event?time=noon", b'{"event":"x"}', 15, 400),
        ("/event", b'{"event":"x","host":["h"]}', 6, 400),
        ("/event", b'{"event":"x","source":{"a":1}}', 6, 400),
        ("/event", b'{"event":"x","index":["main"]}', 6, 400),
        ("/event", b'{"event":null}', 13, 400),
        ("/event", b'{"event":" \\n"}', 13, 400),
        ("/event", b'{"event":{}}', 13, 400),
        ("/event", b'{"event":[]}', 13, 400),
        ("/event", b"[]", 5, 400),
        ("/event", b'[{"event":"x"}, 1]', 6, 400),
        ("/event", b"[" * 5000, 6, 400),
        ("/event", b'{"event":"x","unknown":1}', 6, 400),
        ("/event", b'{"time":1}', 12, 400),
        ("/event", b'{"event":""}', 13, 400),
        ("/event", b'{"event":"x","fields":{"a":{"b":1}}}', 15, 400),
        ("/event", b'{"event":"x","fields":"no"}', 15, 400),
        ("/event", b'{"event":"x","index":"no_such_index"}', 7, 400),
        ("/event?index=no_such_index", b'{"event":"x"}', 7, 400),
        ("/event?channel=not-a-uuid", b'{"event":"x"}', 11, 400),
        ("/raw", b"text", 10, 400),
        ("/raw?time=noon&channel=" + CHANNEL, b"text", 15, 400),
        ("/raw?index=no_such_index&channel=" + CHANNEL, b"text", 7, 400),
        ("/ack?channel=" + CHANNEL, b'{"acks":[0]}', 14, 400),
    ],
)
def test_refusals(server: Server, path: str, body: bytes, code: int, status: int) -> None:
    answer = server.hec(path, body, server.token())
    assert (answer.json["code"], answer.status) == (code, status)


def test_a_batch_with_one_wrong_event_is_refused_whole(server: Server) -> None:
    index = server.index()
    answer = server.hec("/event", b'{"event":"a"}{"event":"b"}{"event":""}', server.token(index))
    assert answer.json == {"text": "Event field cannot be blank", "code": 13, "invalid-event-number": 2}
    assert server.rows(f"search index={index}") == []


@pytest.mark.parametrize(
    ("wrong", "code", "number"),
    [
        ('{"event":"x","time":"noon"}', 15, 1),
        ('{"time":1}', 12, 1),
        ('{"event":"x","fields":{"a":{}}}', 15, 1),
        ('{"event":"x"', 6, 1),
        ('{"event":"x","host":[]}', 6, 1),
        ('{"event":"x","index":"no_such"}', 7, 2),
    ],
)
def test_the_number_of_the_wrong_event(server: Server, wrong: str, code: int, number: int) -> None:
    """Truth: answers of Splunk; a wrong index counts from one (SC4S documentation: 1 for a single event)."""
    answer = server.hec("/event", b'{"event":"right"}' + wrong.encode(), server.token())
    assert (answer.status, answer.json["code"], answer.json["invalid-event-number"]) == (400, code, number)


def test_tokens_are_checked(server: Server) -> None:
    assert server.hec("/event", b'{"event":"x"}', "no-such-token").json["code"] == 4
    answer = server.hec("/event", b'{"event":"x"}', "x", Authorization="")
    assert answer.json["code"] == 2
    assert server.hec("/event", b'{"event":"x"}', "x", Authorization="Digest abc").json["code"] == 3
    token = server.token()
    assert server.hec(f"/event?token={token}", b'{"event":"x"}', "x", Authorization="").json["code"] == 16
    need = server.token(useACK="1")
    assert server.hec("/event", b'{"event":"x"}', need).json["code"] == 10
    assert server.hec("/ack", b'{"acks":["0"]}', need, channel=CHANNEL).json["code"] == 6


def test_a_token_has_its_indexes_and_can_be_switched_off(server: Server, service: Any) -> None:
    one, other = server.index(), server.index()
    assert server.post("data/inputs/http", name="narrow", index=one, indexes=f"{one}").status == 201
    token = server.ask("data/inputs/http/narrow").entries["narrow"]["token"]
    assert server.ask("data/inputs/http/http%3A%252F%252Fnarrow").status == 200
    body = json.dumps({"event": "x", "index": other}).encode()
    assert server.hec("/event", body, token).json["code"] == 7
    assert server.hec("/event", b'{"event":"x"}', token).json["code"] == 0
    assert server.post("data/inputs/http/narrow/disable").status == 200
    assert server.hec("/event", b'{"event":"x"}', token).json["code"] == 1
    assert server.post("data/inputs/http/narrow/enable").status == 200
    assert service.inputs["narrow", "http"].token == token
    assert server.delete("data/inputs/http/narrow").status == 200
    assert server.hec("/event", b'{"event":"x"}', token).json["code"] == 4
    assert server.post("data/inputs/http", name="wrong", index="no_such_index").status == 400
    assert server.ask("data/inputs/http/http").entries["http"]["disabled"] is False


def test_health_and_what_is_not_on_this_port(server: Server) -> None:
    assert server.hec("/health", None, "any", Authorization="").json["code"] == 17
    token = server.token()
    assert server.hec("/health/1.0", None, token).status == 200
    answer = server.hec("/health", None, "any")
    assert (answer.status, answer.json) == (400, {"text": "Invalid token", "code": 21})
    server.post("data/inputs/http", name="off", index="main", disabled="1")
    off = server.ask("data/inputs/http/off").entries["off"]["token"]
    assert server.hec("/health", None, off).json == {"text": "Token disabled", "code": 22}
    assert server.hec("/event", b'{"event":"x"}', off).json == {"text": "Token disabled", "code": 1}
    assert server.hec("/../server/info", None, "any").status == 404
    assert server.ask("collector/event", "POST", body=b"{}").status == 404


def test_events_as_they_come_keep_odd_characters(server: Server) -> None:
    index = server.index()
    token = server.token(index)
    texts = ['tab\tand "quotes"', "a\nb", "snow ☃ 日本", "<xml a='1'>&amp;</xml>", "half \ud800 pair"]
    body = "".join(json.dumps({"event": text, "time": 1700000000 + n}) for n, text in enumerate(texts))
    assert server.hec("/event", body.encode(), token).json["code"] == 0
    rows = server.rows(f"search index={index} | sort _time | table _raw")
    assert [row["_raw"] for row in rows] == [*texts[:4], "half ? pair"]
    xml = server.post("search/v2/jobs", {"output_mode": "xml"}, search=f"search index={index}", exec_mode="oneshot")
    assert "&lt;xml a='1'&gt;&amp;amp;&lt;/xml&gt;" in xml.text
