"""The event collector's requests: `event`, `raw`, `ack`, `health`.

A batch is taken whole or not at all, and answered once it is on disk; with a token that acknowledges, the answer has the batch's
number, which `ack` tells true from then on. Shapes: Getting Data In, "Format events for HTTP Event Collector"; codes: `collector`.
The number of the wrong event counts from 0, but for a wrong index from 1, as Splunk's answers do (SC4S documentation, "Incorrect
index" of a single event).
"""

from __future__ import annotations

import json
import logging
import zlib
from typing import TYPE_CHECKING, Any

from generator.base.diagnostics import GeneratorError
from generator.base.frozen import dataclass
from generator.engine.ingest import ReadyEvent
from generator.splunkd.call import ApiError, is_true
from generator.splunkd.collector import CODES, is_channel
from generator.splunkd.confs import NOBODY
from generator.splunkd.replies import Reply, json_reply
from generator.splunkd.routing import Route

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.engine.values import Scalar, Value
    from generator.splunkd.call import Call
    from generator.splunkd.confs import ConfObject
    from generator.splunkd.instance import Instance

log = logging.getLogger("contentpack.serve")

_DECODER = json.JSONDecoder()
_SPACE = " \t\r\n"
_KEYS = frozenset({"event", "time", "host", "source", "sourcetype", "index", "fields"})


class RefusedError(Exception):
    """A batch that is not taken: a code of `CODES`, and the number of the event that is wrong."""

    def __init__(self, code: int, number: int | None = None) -> None:
        super().__init__(CODES[code][1])
        self.code = code
        self.number = number


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: the token's name and settings, and the channel ("" = none)."""

    name: str
    token: str
    settings: dict[str, str]
    channel: str

    @property
    def acknowledges(self) -> bool:
        """Whether batches get numbers."""
        return is_true(self.settings.get("useACK"))

    def need_channel(self) -> None:
        """Refuse a request that names no channel.

        Raises:
            RefusedError: code 10.
        """
        if not self.channel:
            raise RefusedError(10)

    def need_acknowledgement(self) -> None:
        """Refuse a request about numbers where there are none.

        Raises:
            RefusedError: code 14.
        """
        if not self.acknowledges:
            raise RefusedError(14)


def told(code: int, number: int | None = None, **more: Any) -> Reply:  # noqa: ANN401 - JSON
    """Return an answer of the collector."""
    status, text = CODES[code]
    body: dict[str, Any] = {"text": text, "code": code, **more}
    if number is not None:
        body["invalid-event-number"] = number + (code == 7)
    return json_reply(body, status)


def _token_of(call: Call) -> tuple[str, bool]:
    """Return the token of a request, and whether it stood in the address."""
    header = call.headers.get("authorization", "")
    kind, _, rest = header.partition(" ")
    if kind.lower() in {"splunk", "bearer"} and rest.strip():
        return rest.strip(), False
    if kind.lower() == "basic":
        import base64  # noqa: PLC0415 - the rare way

        try:
            return base64.b64decode(rest.strip(), validate=True).decode().partition(":")[2], False
        except ValueError as error:
            raise RefusedError(3) from error
    if header:
        raise RefusedError(3)
    if (text := call.find("token")) is not None:
        return text, True
    raise RefusedError(2)


def _sender(instance: Instance, call: Call) -> Sender:
    token, in_query = _token_of(call)
    found: ConfObject | None = None
    for one in instance.confs.objects("inputs"):
        if one.name.startswith("http://") and one.place[0] == NOBODY and one.settings.get("token") == token:
            found = one
    if found is None:
        raise RefusedError(4)
    settings = dict(found.settings)
    if is_true(settings.get("disabled")) or is_true(instance.confs.system("inputs").get("http", {}).get("disabled")):
        raise RefusedError(1)
    if in_query and not is_true(settings.get("allowQueryStringAuth")):
        raise RefusedError(16)
    channel = call.headers.get("x-splunk-request-channel", "") or call.get("channel")
    if channel and not is_channel(channel):
        raise RefusedError(11)
    return Sender(found.name.removeprefix("http://"), token, settings, channel)


def _index(instance: Instance, sender: Sender, wanted: str, known: set[str]) -> str:
    index = wanted or sender.settings.get("index", "") or "main"
    if index == "default":
        index = "main"
    allowed = [one.strip() for one in sender.settings.get("indexes", "").split(",") if one.strip()]
    if index not in known or (wanted and allowed and index not in allowed):
        raise RefusedError(7)
    del instance
    return index


async def _taken(instance: Instance, call: Call, sender: Sender, work: Any) -> Reply:  # noqa: ANN401 - an awaitable
    del call
    try:
        await work
    except ApiError as error:
        if error.status != 503:
            raise
        return told(9)
    except GeneratorError:
        log.exception("a batch of the event collector could not be kept")
        return told(8)
    if sender.acknowledges and sender.channel:
        return told(0, ackId=instance.collector.next(sender.token, sender.channel))
    return told(0)


def _body(instance: Instance, call: Call) -> bytes:
    body = call.body
    encoding = call.headers.get("content-encoding", "").strip().lower()
    if encoding == "gzip":
        body = _unpacked(body, instance.limits.request)
    elif encoding not in {"", "identity"}:
        raise RefusedError(6)
    if not body.strip():
        raise RefusedError(5)
    if instance.events.full(len(body)):
        raise RefusedError(9)
    return body


def _unpacked(packed: bytes, limit: int) -> bytes:
    """Return what a gzip body holds: all of its members (RFC 1952 allows several)."""
    parts: list[bytes] = []
    size = 0
    while packed:
        unpacker = zlib.decompressobj(31)
        try:
            part = unpacker.decompress(packed, limit - size + 1)
        except zlib.error as error:
            raise RefusedError(6) from error
        size += len(part)
        if size > limit:
            raise ApiError(413, f"A request may hold at most {limit} bytes.")
        if not unpacker.eof:
            raise RefusedError(6)
        parts.append(part)
        packed = unpacker.unused_data
    return b"".join(parts)


# --- event -----------------------------------------------------------------------------------------------------------


def _objects(text: str) -> Iterator[Any]:
    """Yield the JSON objects that stand one after another; an array of them counts as they do."""
    place, number = 0, 0
    length = len(text)
    while True:
        while place < length and text[place] in _SPACE:
            place += 1
        if place >= length:
            return
        try:
            found, place = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError) as error:
            raise RefusedError(6, number) from error
        for one in found if isinstance(found, list) else [found]:
            yield one
            number += 1


def _text(value: Any) -> str:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _fields(given: Any, number: int) -> dict[str, Value]:  # noqa: ANN401 - JSON
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise RefusedError(15, number)
    found: dict[str, Value] = {}
    for name, value in given.items():
        if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(one, dict | list) for one in value)):
            raise RefusedError(15, number)
        if isinstance(value, list):
            values = tuple(_cell(one) for one in value if one is not None)
            found[_clean(name)] = values if len(values) > 1 else values[0] if values else None
        elif value is not None:
            found[_clean(name)] = _cell(value)
    return found


def _cell(value: Any) -> Scalar:  # noqa: ANN401 - JSON
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, int | float) else _clean(str(value))


def _clean(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _metadata(document: dict[str, Any], name: str, number: int) -> str:
    """Return a text that an event gives for itself, "" where it gives none."""
    value = document.get(name)
    if value is None:
        return ""
    if isinstance(value, bool | list | dict):
        raise RefusedError(6, number)
    return _clean(str(value))


def _time(value: Any, number: int | None) -> float:  # noqa: ANN401 - JSON
    """Return a time in seconds since 1970, which may be written as text."""
    try:
        time = float("nan") if isinstance(value, bool | list | dict) else float(value)
    except (ValueError, OverflowError):
        time = float("nan")
    if not 0 <= time < 32503680000:
        raise RefusedError(15, number)
    return time


def _is_blank(value: Any) -> bool:  # noqa: ANN401 - JSON
    return value is None or value in ({}, []) or (isinstance(value, str) and not value.strip())


def _ready(instance: Instance, call: Call, sender: Sender, body: bytes) -> Iterator[ReadyEvent]:
    from_text = is_true(call.find("auto_extract_timestamp"))
    now = instance.clock()
    known = set(instance.indexes())

    shared = _time(call.get("time"), None) if call.get("time") else None

    text = body.decode("utf-8", errors="replace")
    for number, document in enumerate(_objects(text)):
        if not isinstance(document, dict):
            raise RefusedError(6, number)
        if "event" not in document:
            raise RefusedError(12, number)
        if _is_blank(document["event"]):
            raise RefusedError(13, number)
        if not _KEYS.issuperset(document):
            raise RefusedError(6, number)
        time = shared
        if document.get("time") not in (None, ""):
            time = _time(document["time"], number)
        elif time is None and not from_text:
            time = now
        wanted = _metadata(document, "index", number) or call.get("index")

        def given(name: str, default: str, document: dict[str, Any] = document, number: int = number) -> str:
            return _metadata(document, name, number) or call.get(name) or sender.settings.get(name, "") or default

        try:
            index = _index(instance, sender, wanted, known)
        except RefusedError as error:
            raise RefusedError(error.code, number) from error
        yield ReadyEvent(
            raw=_clean(_text(document["event"])),
            sourcetype=given("sourcetype", "httpevent"),
            source=given("source", f"http:{sender.name}"),
            host=given("host", "localhost"),
            index=index,
            time=time,
            fields=_fields(document.get("fields"), number),
        )


async def event(instance: Instance, call: Call) -> Reply:
    """Take events that are JSON objects."""
    try:
        sender = _sender(instance, call)
        if sender.acknowledges:
            sender.need_channel()
        events = list(_ready(instance, call, sender, _body(instance, call)))
    except RefusedError as error:
        return told(error.code, error.number)
    if not events:
        return told(5)
    return await _taken(instance, call, sender, instance.searcher.index_ready(events))


# --- raw -------------------------------------------------------------------------------------------------------------


async def raw(instance: Instance, call: Call) -> Reply:
    """Take text that is broken into events by the rules of its sourcetype."""
    try:
        sender = _sender(instance, call)
        sender.need_channel()
        body = _body(instance, call)
        index = _index(instance, sender, call.get("index"), set(instance.indexes()))
        time = _time(call.get("time"), None) if call.get("time") else None
    except RefusedError as error:
        return told(error.code, error.number)
    sourcetype = call.get("sourcetype") or sender.settings.get("sourcetype", "") or "httpevent"
    source = call.find("source") or sender.settings.get("source", "") or f"http:{sender.name}"
    host = call.get("host") or sender.settings.get("host", "") or "localhost"
    work = instance.searcher.index_text(body, sourcetype=sourcetype, source=source, host=host, index=index, at=time)
    return await _taken(instance, call, sender, work)


# --- ack and health --------------------------------------------------------------------------------------------------


def ack(instance: Instance, call: Call) -> Reply:
    """Tell which batches are kept."""
    try:
        sender = _sender(instance, call)
        sender.need_channel()
        sender.need_acknowledgement()
        numbers = _numbers(call.body)
    except RefusedError as error:
        return told(error.code)
    return json_reply({"acks": instance.collector.ask(sender.token, sender.channel, numbers)})


def _numbers(body: bytes) -> list[int]:
    try:
        numbers = json.loads(body)["acks"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise RefusedError(6) from error
    if not isinstance(numbers, list) or not all(type(number) is int for number in numbers):
        raise RefusedError(6)
    return numbers


def health(instance: Instance, call: Call) -> Reply:
    """Tell whether batches are taken; a token that is sent along must be one."""
    try:
        _sender(instance, call)
    except RefusedError as error:
        if error.code in {1, 4}:
            return told(22 if error.code == 1 else 21)
    return told(18 if instance.events.full(0) else 17)


_EVENT = "take events that are JSON objects, one after another"
_RAW = "take text that is broken into events by the rules of its sourcetype"

ROUTES = (
    Route("POST", "collector", event, _EVENT, open=True, collector=True),
    Route("POST", "collector/event", event, _EVENT, open=True, collector=True),
    Route("POST", "collector/event/1.0", event, _EVENT, open=True, collector=True),
    Route("POST", "collector/raw", raw, _RAW, open=True, collector=True),
    Route("POST", "collector/raw/1.0", raw, _RAW, open=True, collector=True),
    Route(
        "POST", "collector/ack", ack, "tell which batches are on disk and found by searches", open=True, collector=True
    ),
    Route(
        "POST",
        "collector/ack/1.0",
        ack,
        "tell which batches are on disk and found by searches",
        open=True,
        collector=True,
    ),
    Route("GET", "collector/health", health, "tell whether batches are taken", open=True, collector=True),
    Route("GET", "collector/health/1.0", health, "tell whether batches are taken", open=True, collector=True),
)
