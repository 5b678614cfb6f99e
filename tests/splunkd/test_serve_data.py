"""Indexes, single events, streams and files.

Truth: REST API Reference, "Index endpoints", "Input endpoints"; splunklib.client.Index.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from splunklib.binding import HTTPError

if TYPE_CHECKING:
    from pathlib import Path

    import splunklib.client as sdk
    from running import Server


def test_an_index_is_made_used_cleaned_and_removed(service: sdk.Service) -> None:
    index = service.indexes.create("made_by_sdk")
    assert index["totalEventCount"] == "0"
    assert index.disabled == "0"
    index.submit("one=1", sourcetype="st", host="h", source="s")
    index.submit("two=2")
    assert index.refresh()["totalEventCount"] == "2"
    assert index["minTime"]
    index.roll_hot_buckets()
    index.update(maxHotBuckets="5")
    assert index.refresh()["maxHotBuckets"] == "5"
    index.disable()
    assert index.refresh().disabled == "1"
    with pytest.raises(HTTPError) as caught:
        index.submit("three=3")
    assert caught.value.status == 400
    index.enable()
    size = index["frozenTimePeriodInSecs"]
    index.clean(timeout=10)
    assert index.refresh()["totalEventCount"] == "0"
    assert index["frozenTimePeriodInSecs"] == size
    service.indexes.delete("made_by_sdk")
    assert "made_by_sdk" not in service.indexes
    assert service.indexes.get_default() == "main"


def test_an_index_made_again_is_empty(server: Server) -> None:
    name = server.index()
    server.hec("/event", b'{"event":"x"}', server.token(name))
    assert server.delete(f"data/indexes/{name}").status == 200
    assert server.post("data/indexes", name=name).status == 201
    assert server.rows(f"search index={name}") == []


def test_what_is_wrong_about_an_index_is_told(server: Server) -> None:
    for name in ("Upper", "_own", "a b", "x" * 100, ""):
        assert server.post("data/indexes", name=name).status == 400, name
    again = server.post("data/indexes", name="main")
    assert again.status == 409
    assert "already exists" in again.text
    assert server.post("data/indexes", name="fine", nonsense="1").status == 400
    assert server.post("data/indexes/main", frozenTimePeriodInSecs="long").status == 400
    assert server.delete("data/indexes/main").status == 400
    assert server.ask("data/indexes/no_such_index").status == 404


def test_receivers_break_events_by_the_rules_of_the_sourcetype(server: Server) -> None:
    index = server.index()
    answer = server.ask(
        "receivers/simple", "POST", body=b"a=1\n", index=index, sourcetype="st", host="web", source="x.log"
    )
    assert answer.status == 200
    assert server.ask("receivers/stream", "POST", body=b"a=2\na=3\n", index=index, sourcetype="st").status == 204
    rows = server.rows(f"search index={index} | table a host source sourcetype")
    assert sorted(row["a"] for row in rows) == ["1", "2", "3"]
    assert {"a": "1", "host": "web", "source": "x.log", "sourcetype": "st"} in rows
    assert server.ask("receivers/simple", "POST", body=b"", index=index).status == 400
    assert server.ask("receivers/simple", "POST", body=b"x", index="no_such_index").status == 400


def test_a_file_of_the_server_is_indexed(service: sdk.Service, server: Server, tmp_path: Path) -> None:
    name = server.index()
    file = tmp_path / "some.log"
    file.write_text("2023-11-14T22:13:20Z k=1\n2023-11-14T22:13:21Z k=2\n")
    service.indexes[name].upload(str(file), sourcetype="some", host="there")
    rows = server.rows(f"search index={name} | sort _time | table k source host")
    assert rows == [{"k": "1", "source": str(file), "host": "there"}, {"k": "2", "source": str(file), "host": "there"}]
    assert server.post("data/inputs/oneshot", name=str(tmp_path / "none.log"), index=name).status == 400
    assert server.post("data/inputs/oneshot", name="some.log", index=name).status == 400


@pytest.mark.filterwarnings("ignore:ssl.OP_NO:DeprecationWarning")  # of the SDK's own connection
def test_a_connection_that_stays_open_is_indexed_as_it_goes(service: sdk.Service, server: Server) -> None:
    name = server.index()
    index = service.indexes[name]

    def found(count: int) -> list[str]:
        deadline = time.monotonic() + 20
        while True:
            rows = [row["_raw"] for row in server.rows(f"search index={name} | sort n | table _raw")]
            if len(rows) >= count or time.monotonic() > deadline:
                return rows

    socket = index.attach(sourcetype="st", host="far")
    socket.write(b"n=1 first\nn=2 sec")
    assert found(1) == ["n=1 first"]
    socket.write(b"ond\nn=3 third without an end")
    socket.close()
    assert found(3) == ["n=1 first", "n=2 second", "n=3 third without an end"]
    socket = index.attach(sourcetype="st")
    socket.write(b"n=3.5 sent and hung up at once\n")
    socket.close()
    assert found(4)[-1] == "n=3.5 sent and hung up at once"
    with index.attached_socket(sourcetype="st") as socket:
        socket.send(b"n=4 fourth\n")
    assert found(5)[-1] == "n=4 fourth"
    with server.sdk(username=None, password=None, token="no-such-key").connect() as refused:
        refused.write(
            b"POST /services/receivers/stream HTTP/1.1\r\nAuthorization: Splunk no-such-key\r\n"
            b"X-Splunk-Input-Mode: Streaming\r\n\r\nn=5 never\n"
        )
        assert refused.recv(100).startswith(b"HTTP/1.1 401")
    assert len(found(5)) == 5


def test_kinds_of_inputs(server: Server) -> None:
    assert set(server.ask("data/inputs").entries) == {"http", "oneshot"}
    assert server.ask("data/inputs/all").entries == {}
    assert server.ask("data/inputs/oneshot").entries == {}
    assert server.ask("data/modular-inputs").entries == {}
    assert server.ask("data/inputs/tcp/raw").status == 404


def test_the_collector_as_a_whole_is_switched(server: Server) -> None:
    path = "/services/data/inputs/http/http"
    token = server.token(server.index())
    assert server.ask(f"{path}/disable", "POST").status == 200
    try:
        assert server.hec("/event", b'{"event":"x"}', token).status != 200
    finally:
        assert server.ask(f"{path}/enable", "POST").status == 200
    assert server.hec("/event", b'{"event":"x"}', token).status == 200
    for form, hint in (({"port": "1"}, "--hec-port"), ({"enableSSL": "maybe"}, "Boolean")):
        answer = server.ask(path, "POST", form=form)
        assert answer.status == 400
        assert hint in answer.text
