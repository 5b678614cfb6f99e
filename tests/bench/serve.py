"""`contentpack serve` under load: 10 senders of 1 MB batches and 200 searches at a time; nothing lost, nothing doubled.

    python -m tests.bench.serve [--senders 10] [--batches 20] [--searches 200]

Prints figures: events a second, times of searches, memory of the server. Exits with 1 where an event is missing or there twice.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

PASSWORD = "bench-password"


class Client:
    """One connection to the server."""

    def __init__(self, address: str) -> None:
        host, port = address.removeprefix("http://").split(":")
        self._connection = http.client.HTTPConnection(host, int(port), timeout=600)

    def ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Any:
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {content[:300]!r}")
        return json.loads(content)


def memory(pid: int) -> float:
    """Return the memory of a process in MiB (Linux)."""
    text = Path(f"/proc/{pid}/status").read_text()
    return int(text.partition("VmRSS:")[2].split()[0]) / 1024


def batch(sender: int, number: int, size: int) -> tuple[bytes, int]:
    """Return about `size` bytes of events, each with a number of its own."""
    parts = []
    total = count = 0
    while total < size:
        event = {
            "event": f"sender={sender} batch={number} n={count} user=user{count % 50} action=login src=192.0.2.{count % 250} "
            + "x" * 120,
            "time": 1_700_000_000 + count,
            "sourcetype": "bench:log",
            "host": f"h{sender}",
        }
        text = json.dumps(event)
        parts.append(text)
        total += len(text)
        count += 1
    return "".join(parts).encode(), count


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--senders", type=int, default=10)
    options.add_argument("--batches", type=int, default=20)
    options.add_argument("--searches", type=int, default=200)
    given = options.parse_args()
    folder = tempfile.mkdtemp(prefix="contentpack-bench-")
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "generator",
            "serve",
            "--no-tls",
            "--port",
            "0",
            "--hec-port",
            "0",
            "--data-dir",
            f"{folder}/data",
        ],
        env={**os.environ, "CONTENTPACK_PASSWORD": PASSWORD},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    words = dict(word.split("=") for word in process.stdout.readline().split()[1:])
    try:
        return run(process.pid, words["rest"], words["hec"], given)
    finally:
        process.terminate()
        process.wait(30)


def run(pid: int, rest: str, hec: str, given: argparse.Namespace) -> int:
    basic = {"Authorization": "Basic " + base64.b64encode(f"admin:{PASSWORD}".encode()).decode()}

    def form(path: str, **values: str) -> Any:
        body = urllib.parse.urlencode(values).encode()
        return Client(rest).ask("POST", f"/services/{path}?output_mode=json", body, basic)

    form("data/indexes", name="bench")
    token = form("data/inputs/http", name="bench", index="bench", useACK="1")["entry"][0]["content"]["token"]
    print(f"start: {memory(pid):.0f} MiB")
    highest = [0.0]
    watching = threading.Event()

    def watch() -> None:
        while not watching.wait(0.1):
            highest[0] = max(highest[0], memory(pid))

    threading.Thread(target=watch, daemon=True).start()

    def send(sender: int) -> tuple[int, int]:
        client = Client(hec)
        headers = {"Authorization": f"Splunk {token}", "X-Splunk-Request-Channel": str(uuid.uuid4())}
        events = size = 0
        waiting = []
        for number in range(given.batches):
            body, count = batch(sender, number, 1_000_000)
            waiting.append(client.ask("POST", "/services/collector/event", body, headers)["ackId"])
            events += count
            size += len(body)
        while waiting:
            told = client.ask("POST", "/services/collector/ack", json.dumps({"acks": waiting}).encode(), headers)[
                "acks"
            ]
            waiting = [one for one in waiting if not told[str(one)]]
        return events, size

    sizes = [batch(0, number, 1_000_000)[1] for number in range(given.batches)]
    searches = (
        "search index=bench | stats count dc(n) by sender batch",
        "search index=bench user=user7 | stats count by sender",
        "search index=bench sender=3 | head 5 | table _time n user",
        "search index=bench | timechart span=1h count",
    )

    def search(number: int) -> tuple[float, list[dict[str, str]]]:
        begun = time.perf_counter()
        text = searches[number % len(searches)]
        found = form("search/v2/jobs", search=text, exec_mode="oneshot", count="0")
        return time.perf_counter() - begun, found["results"] if number % len(searches) == 0 else []

    sending = threading.Event()

    def search_meanwhile(number: int) -> list[tuple[float, list[dict[str, str]]]]:
        found = [search(number)]
        while not sending.is_set():
            found.append(search(number))
        return found

    started = time.perf_counter()
    with ThreadPoolExecutor(given.senders) as pool, ThreadPoolExecutor(given.searches) as searching:
        early = searching.map(search_meanwhile, range(given.searches))
        sent = list(pool.map(send, range(given.senders)))
        seconds = time.perf_counter() - started
        sending.set()
        meanwhile = [one for found in early for one in found]
    during = [took for took, _ in meanwhile]
    # A batch is taken whole: whoever searches sees all of its events or none.
    rows = [row for _, found in meanwhile for row in found]
    halves = sum(not int(row["count"]) == int(row["dc(n)"]) == sizes[int(row["batch"])] for row in rows)
    events, size = sum(one for one, _ in sent), sum(one for _, one in sent)
    print(
        f"{given.senders} senders, {given.batches} batches of 1 MB each: {events:,} events, {size / 1e6:.0f} MB in {seconds:.1f} s"
    )
    print(f"  {events / seconds:,.0f} events/s, {size / seconds / 1e6:.1f} MB/s; memory now {memory(pid):.0f} MiB")

    print(
        f"  {len(during)} searches meanwhile, {given.searches} at a time: median {statistics.median(during):.2f} s, "
        f"slowest {max(during):.2f} s; half batches seen: {halves}"
    )
    started = time.perf_counter()
    with ThreadPoolExecutor(given.searches) as pool:
        done = list(pool.map(search, range(given.searches)))
    seconds = time.perf_counter() - started
    times = sorted(one for one, _ in done)
    watching.set()
    print(
        f"{given.searches} searches at a time: {seconds:.1f} s; median {statistics.median(times):.2f} s, last {times[-1]:.2f} s"
    )
    print(f"  memory at most {highest[0]:.0f} MiB, now {memory(pid):.0f} MiB")
    rows = done[0][1]
    found = sum(int(row["count"]) for row in rows)
    distinct = sum(int(row["dc(n)"]) for row in rows)
    same = all(other == rows for _, other in done[:: len(searches)])
    print(f"found {found:,} of {events:,} events, {distinct:,} distinct; all searches agree: {same}")
    return 0 if found == distinct == events and same and not halves else 1


if __name__ == "__main__":
    raise SystemExit(main())
