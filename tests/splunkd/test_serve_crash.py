"""A server that is killed at any moment goes on at the next start: what was acknowledged is there, once, and nothing is damaged."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from http.client import HTTPException
from typing import TYPE_CHECKING

import pytest
from running import Server, start_server, stop_server

from generator.splunkd.events import Events
from generator.splunkd.journal import Journal

if TYPE_CHECKING:
    from pathlib import Path


class Sender(threading.Thread):
    """Sends batches of three events and notes which were acknowledged; also makes saved searches and lookups."""

    def __init__(self, server: Server, token: str, begin: str) -> None:
        super().__init__(daemon=True)
        self.server, self.token, self.begin = server, token, begin
        self.acknowledged: list[str] = []
        self.answered: list[str] = []
        self.searches: list[str] = []

    def run(self) -> None:
        channel = str(uuid.uuid4())
        number = 0
        try:
            while True:
                number += 1
                name = f"{self.begin}-{number}"
                body = "".join(json.dumps({"event": f"batch={name} n={n} " + "x" * 500}) for n in range(3)).encode()
                answer = self.server.hec("/event", body, self.token, channel=channel)
                if answer.status != 200:
                    return
                self.answered.append(name)
                told = self.server.hec(
                    "/ack", json.dumps({"acks": [answer.json["ackId"]]}).encode(), self.token, channel=channel
                )
                if told.json["acks"][str(answer.json["ackId"])]:
                    self.acknowledged.append(name)
                if number % 3 == 0 and self.server.post("saved/searches", name=name, search="x").status == 201:
                    self.searches.append(name)
        except (OSError, HTTPException, ValueError):
            return  # the server was killed


@pytest.mark.slow
def test_killed_at_ten_random_moments(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    server = start_server(folder, "--no-tls")
    dice = random.Random(20261124)
    try:
        assert server.post("data/indexes", name="crash").status == 201
        token = server.token("crash", useACK="1")
        acknowledged: list[str] = []
        answered: list[str] = []
        searches: list[str] = []
        for moment in range(10):
            senders = [Sender(server, token, f"r{moment}s{n}") for n in range(3)]
            for sender in senders:
                sender.start()
            time.sleep(0.2 + dice.random())
            server.process.send_signal(signal.SIGKILL)
            server.process.wait(10)
            for sender in senders:
                sender.join(20)
                acknowledged += sender.acknowledged
                answered += sender.answered
                searches += sender.searches
            stop_server(server)
            server = start_server(folder, "--no-tls")
            found = {row["batch"]: row for row in server.rows("search index=crash | stats count dc(n) by batch")}
            assert set(acknowledged) <= set(found)
            assert set(answered) <= set(found)
            assert {(row["count"], row["dc(n)"]) for row in found.values()} == {("3", "3")}
            kept = set(server.ask("saved/searches", count=0).entries)
            assert set(searches) <= kept
        assert len(acknowledged) > 30
    finally:
        stop_server(server)


WRITER = """
import sys
from pathlib import Path
from generator.backends.embedded import Engine
from generator.engine.ingest import ReadyEvent, ingest_ready
from generator.splunkd import events as module
from generator.splunkd.journal import Journal

module.COMPACT_RUNNING = module.COMPACT_AT_START = 1
engine = Engine(now=5000.0)
events = module.Events(Journal(Path(sys.argv[1])), 1_000_000, 10**9)
events.restore()
print("ready", flush=True)
for number in range(1_000_000):
    for index in ("kept", "gone"):
        made = [ReadyEvent(f"{sys.argv[2]}-{number} {'x' * 300}", "st", "s", "h", index, 1000.0, {})]
        events.add(ingest_ready(made, now=5000.0, extraction=engine.extraction))
    print(f"{sys.argv[2]}-{number}", flush=True)
    if number % 3 == 2:
        events.drop("gone")
"""
"""Keeps an event, prints its name, and has the journal written anew again and again."""


@pytest.mark.slow
def test_killed_while_the_journal_is_written_anew(tmp_path: Path) -> None:
    file = tmp_path / "events.journal"
    dice = random.Random(20261125)
    told: list[str] = []
    for moment in range(10):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(file), f"r{moment}"], stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
            time.sleep(0.1 + dice.random() / 4)
            writer.kill()
            told += [line.strip() for line in writer.stdout if line.endswith("\n")]
        events = Events(Journal(file), 1_000_000, 10**9)
        events.restore()
        kept = [
            str(raw).split()[0]
            for segment in events.snapshot()[1]
            for piece in segment.pieces
            for raw, index in zip(piece.columns["_raw"].to_list(), piece.columns["index"].to_list(), strict=True)
            if index == "kept"
        ]
        events.close()
        assert set(told) <= set(kept)
        assert len(kept) == len(set(kept))
    assert len(told) > 50
