"""Events go to a server through its HTTP Event Collector, in batches, acknowledged where the server does that.

The endpoint is `services/collector/event`: each event with its own time, so that recorded events can be moved; a server breaks no
lines there and looks for no timestamp. (Splunk documentation, "Format events for HTTP Event Collector" and "About HTTP Event
Collector Indexer Acknowledgment".) An acknowledged event is stored, and found by searches soon after.
"""

from __future__ import annotations

import contextlib
import gzip
import http.client
import ssl
import time
import uuid
from typing import TYPE_CHECKING, Any

import orjson

from generator.base.diagnostics import BackendError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from generator.backends.splunk.target import SplunkTarget

BATCH_BYTES = 1_000_000
"""What servers of all versions take in one request (limits.conf, `[http_input] max_content_length`)."""
_WAIT = 60.0
_FIRST_PAUSE = 0.05


class Collector:
    """Sends events with one token over one connection. `channel` is this client's, as acknowledgement wants it."""

    def __init__(self, target: SplunkTarget, token: str, *, wait: float = _WAIT) -> None:
        self._target = target
        self._token = token
        self._wait = wait
        self._channel = str(uuid.uuid4())
        self._connection: http.client.HTTPConnection | None = None

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def send(self, events: Iterable[dict[str, Any]]) -> int:
        """Send events (`event`, `time`, `host`, `source`, `sourcetype`, `index`) and wait until they are stored; return how many.

        Raises:
            BackendError: one was refused, or they were not acknowledged in time.
        """
        count = 0
        waiting: list[int] = []
        for number, batch in _batches(events):
            answer = self._ask("event", gzip.compress(batch, 1), {"Content-Encoding": "gzip"})
            if answer.get("code", 0) != 0:
                raise BackendError(f"the event collector refuses events: {answer.get('text', answer)}")
            if "ackId" in answer:
                waiting.append(int(answer["ackId"]))
            count += number
        self._await(waiting)
        return count

    def _await(self, waiting: list[int]) -> None:
        until = time.monotonic() + self._wait
        pause = _FIRST_PAUSE
        while waiting:
            acks = self._ask("ack", orjson.dumps({"acks": waiting}), {}).get("acks", {})
            waiting = [one for one in waiting if not acks.get(str(one))]
            if not waiting:
                return
            if time.monotonic() > until:
                raise BackendError(
                    f"{len(waiting):,} batches of events were not acknowledged by {self._target.collector} within {self._wait:g} s"
                )
            time.sleep(pause)
            pause = min(2 * pause, 2.0)

    def _ask(self, name: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
        path = f"/services/collector/{name}?channel={self._channel}"
        given = {
            "Authorization": f"Splunk {self._token}",
            "X-Splunk-Request-Channel": self._channel,
            "Content-Type": "application/json",
            **headers,
        }
        where = self._target.collector
        try:
            connection = self._connected()
            connection.request("POST", path, body, given)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise BackendError(
                f"cannot reach the event collector {where}: {reason}; name it with --splunk-hec-url where it is elsewhere"
            ) from error
        found: Any = None
        with contextlib.suppress(ValueError):
            found = orjson.loads(text)
        if answer.status != 200 or not isinstance(found, dict):
            told = found.get("text") if isinstance(found, dict) else answer.reason
            raise BackendError(f"the event collector {where} answers {answer.status}: {told}")
        return found

    def _connected(self) -> http.client.HTTPConnection:
        if self._connection is None:
            target, where = self._target, self._target.collector
            if where.scheme == "http":
                self._connection = http.client.HTTPConnection(where.host, where.port, timeout=target.timeout)
            else:
                context = ssl.create_default_context(cafile=target.ca_file)
                if not target.verify:
                    context.check_hostname = False
                    context.verify_mode = ssl.CERT_NONE
                self._connection = http.client.HTTPSConnection(
                    where.host, where.port, timeout=target.timeout, context=context
                )
        return self._connection


def _batches(events: Iterable[dict[str, Any]]) -> Iterator[tuple[int, bytes]]:
    """Yield how many events and the body of each request; an event is never cut."""
    body = bytearray()
    count = 0
    for event in events:
        text = orjson.dumps(event)
        if body and len(body) + len(text) > BATCH_BYTES:
            yield count, bytes(body)
            body.clear()
            count = 0
        body += text + b"\n"
        count += 1
    if body:
        yield count, bytes(body)
