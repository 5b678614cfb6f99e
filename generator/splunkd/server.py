"""The server's life: ports, TLS, the word that it is ready, and a clean end at SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from typing import TYPE_CHECKING

import uvicorn

from generator.base.diagnostics import BackendError
from generator.base.frozen import dataclass
from generator.splunkd.dispatch import Application
from generator.splunkd.streaming import StreamingProtocol
from generator.splunkd.tls import certificate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from generator.splunkd.instance import Instance

GRACE_SECONDS = 5
"""How long requests may take to end when the server is told to."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the server listens; 0 takes a free port."""

    host: str
    rest: int
    hec: int
    tls: bool


class _Server(uvicorn.Server):
    """A server of one port; signals are looked after by `serve` for both."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol said, asyncio turns Nagle's algorithm off; else the body of an answer waits 40 ms for the client's
    # (delayed) acknowledgement of its head.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise BackendError(f"cannot listen on {host}:{port}: {error.strerror or error}; give another port") from error
    listener.settimeout(0)
    return listener


async def serve(instance: Instance, ports: Ports, folder: Path, ready: Callable[[str, str], None]) -> None:
    """Serve until a signal comes. `ready` is called with the two addresses once requests are accepted.

    Raises:
        BackendError: a port is taken.
    """
    rest, hec = _listen(ports.host, ports.rest), _listen(ports.host, ports.hec)
    instance.addresses.update(rest=rest.getsockname()[1], hec=hec.getsockname()[1])
    pem = certificate(folder, ports.host, instance.clock()) if ports.tls else None
    servers = []
    for collector in (False, True):
        config = uvicorn.Config(
            Application(instance, collector=collector, tls=ports.tls),
            http=StreamingProtocol,
            proxy_headers=False,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            ssl_certfile=pem,
            ssl_keyfile=pem,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=GRACE_SECONDS,
            h11_max_incomplete_event_size=256 * 1024,
        )
        config.load()
        if config.ssl is not None:
            # A client that only sends and hangs up never reads session tickets; its system then resets the connection, and what it
            # has sent last is lost.
            config.ssl.num_tickets = 0
        servers.append(_Server(config))
    stopping = asyncio.Event()

    def stop() -> None:
        stopping.set()
        for server in servers:
            server.should_exit = True

    with _signals(stop):
        tasks = [
            asyncio.create_task(server.serve(sockets=[listener]))
            for server, listener in zip(servers, (rest, hec), strict=True)
        ]
        try:
            while not all(server.started for server in servers):
                for task in tasks:
                    if task.done():
                        task.result()
                await asyncio.sleep(0.01)
            scheme = "https" if ports.tls else "http"
            shown = f"[{ports.host}]" if ":" in ports.host else ports.host
            ready(f"{scheme}://{shown}:{instance.addresses['rest']}", f"{scheme}://{shown}:{instance.addresses['hec']}")
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            stop()
            await instance.jobs.close()
            await asyncio.gather(*tasks)
        finally:
            await instance.close()
            rest.close()
            hec.close()


@contextlib.contextmanager
def _signals(stop: Callable[[], None]) -> Iterator[None]:
    """Have signals that end a process call `stop`."""
    loop = asyncio.get_running_loop()
    wanted = (signal.SIGINT, signal.SIGTERM)
    before = {}
    for number in wanted:
        try:
            loop.add_signal_handler(number, stop)
        except NotImplementedError:  # Windows
            before[number] = signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop))
    try:
        yield
    finally:
        for number in wanted:
            if number in before:
                signal.signal(number, before[number])
            else:
                loop.remove_signal_handler(number)
