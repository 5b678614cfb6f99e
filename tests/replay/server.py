"""A web server of this machine for tests of fetching: ranges, entity tags, failures on demand."""

from __future__ import annotations

import hashlib
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import ssl


class FileServer:
    """Serves `files` (path to bytes) and remembers `requests` (path, Range header).

    `cut` paths end after so many bytes the first time; `broken` paths answer 503 so often; `moved` paths redirect; `slow` is
    seconds between blocks; `block` how large these are.
    """

    def __init__(self, files: dict[str, bytes], tls: ssl.SSLContext | None = None) -> None:
        self.files = files
        self.requests: list[tuple[str, str | None]] = []
        self.cut: dict[str, int] = {}
        self.broken: dict[str, int] = {}
        self.moved: dict[str, str] = {}
        self.slow = 0.0
        self.block = 65536
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                owner.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._scheme = "http" if tls is None else "https"
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
            self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # refused handshakes
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def url(self, path: str) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}{path}"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        path, wanted = handler.path, handler.headers.get("Range")
        self.requests.append((path, wanted))
        if path in self.moved:
            handler.send_response(302)
            handler.send_header("Location", self.moved[path])
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        if self.broken.get(path, 0):
            self.broken[path] -= 1
            handler.send_error(503)
            return
        if path not in self.files:
            handler.send_error(404)
            return
        data = self.files[path]
        tag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
        start = 0
        if wanted and handler.headers.get("If-Range") == tag:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            if start >= len(data):
                handler.send_error(416)
                return
            handler.send_response(206)
            handler.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        else:
            handler.send_response(200)
        handler.send_header("ETag", tag)
        handler.send_header("Content-Length", str(len(data) - start))
        handler.end_headers()
        end = len(data)
        if path in self.cut:
            end = start + self.cut.pop(path)
            handler.close_connection = True
        try:
            for place in range(start, end, self.block):
                handler.wfile.write(data[place : min(place + self.block, end)])
                if self.slow:
                    time.sleep(self.slow)
        except (BrokenPipeError, ConnectionResetError):
            handler.close_connection = True
