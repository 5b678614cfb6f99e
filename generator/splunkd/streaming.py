"""`receivers/stream` with a connection that stays open: text is indexed as it comes, until the client hangs up.

A client says `X-Splunk-Input-Mode: Streaming` and sends neither a length nor chunks (`splunklib.client.Index.attach`), which is no HTTP;
so such a connection is taken out of the HTTP server's hands once its head has been read. What has come is indexed up to its last line
end, twice a second; the rest when the client hangs up. Reading waits while more than `MOST_WAITING` bytes wait to be indexed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING

from uvicorn.protocols.http.h11_impl import H11Protocol

from generator.base.diagnostics import GeneratorError
from generator.splunkd.call import ApiError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Write = Callable[[bytes], Awaitable[int]]

MOST_WAITING = 8 * 1024 * 1024
_MOST_HEAD = 64 * 1024
_PAUSE = 0.5
_MARK = b"x-splunk-input-mode:"

log = logging.getLogger("contentpack.serve")


class StreamingProtocol(H11Protocol):
    """HTTP, but for connections whose first request streams."""

    _head = b""
    _decided = False
    _stream: Stream | None = None

    def data_received(self, data: bytes) -> None:
        """Take bytes of the client."""
        if self._stream is not None:
            self._stream.take(data)
            return
        if self._decided:
            super().data_received(data)
            return
        self._head += data
        end = self._head.find(b"\r\n\r\n")
        if end < 0 and len(self._head) < _MOST_HEAD:
            return
        self._decided = True
        whole, self._head = self._head, b""
        if end < 0 or not _streams(whole[:end]):
            super().data_received(whole)
            return
        lines = whole[:end].decode("latin-1").split("\r\n")
        headers = {
            name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
        }
        try:
            write = self.config.app.attach(lines[0], headers)  # type: ignore[union-attr] # it is an `Application`
        except ApiError as error:
            text = (
                f"HTTP/1.1 {error.status} Refused\r\nContent-Length: {len(error.message)}\r\nConnection: close\r\n\r\n"
            )
            self.transport.write((text + error.message).encode("utf-8", "replace"))
            self.transport.close()
            return
        self._unset_keepalive_if_required()
        self._stream = Stream(write, self.transport)
        self._stream.take(whole[end + 4 :])

    def eof_received(self) -> None:
        """Note that the client sends no more."""
        if self._stream is not None:
            self._stream.end()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the connection is gone."""
        if self._stream is not None:
            self._stream.end()
        super().connection_lost(exc)


def _streams(head: bytes) -> bool:
    found = head.lower().find(_MARK)
    return found > 0 and head[found + len(_MARK) :].partition(b"\r\n")[0].strip().lower() == b"streaming"


class Stream:
    """What a client has sent and is not indexed yet."""

    def __init__(self, write: Write, transport: asyncio.Transport) -> None:
        self._write = write
        self._transport = transport
        self._waiting = bytearray()
        self._ended = False
        self._paused = False
        self._woken = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._index())

    def take(self, data: bytes) -> None:
        """Take bytes."""
        self._waiting += data
        if len(self._waiting) > MOST_WAITING and not self._paused:
            self._paused = True
            self._transport.pause_reading()
            self._woken.set()

    def end(self) -> None:
        """Index what is left and stop."""
        self._ended = True
        self._woken.set()

    async def _index(self) -> None:
        try:
            while not self._ended:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), _PAUSE)
                self._woken.clear()
                await self._flush(len(self._waiting) if self._paused else self._waiting.rfind(b"\n") + 1)
            await self._flush(len(self._waiting))
        except (ApiError, GeneratorError) as error:
            log.warning("a stream of events was cut: %s", error)
            self._transport.abort()

    async def _flush(self, size: int) -> None:
        block = bytes(self._waiting[:size])
        if block.strip():
            await self._write(block)
        del self._waiting[:size]
        if self._paused and len(self._waiting) <= MOST_WAITING:
            self._paused = False
            if not self._transport.is_closing():
                self._transport.resume_reading()
