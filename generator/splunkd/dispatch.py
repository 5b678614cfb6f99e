"""The ASGI application: a request is limited, told who sends it, given to its route's handler, and answered in Splunk's form.

`/services/<path>` and `/servicesNS/<owner>/<app>/<path>` are the same routes. Names in a path may hold `%2F` encoded once or twice. A
handler's own mistake is a 500 without details, and a traceback in the server's log.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote_plus

from starlette.responses import Response, StreamingResponse

from generator.base.diagnostics import GeneratorError
from generator.splunkd.about import cookie_name
from generator.splunkd.call import ApiError, Call
from generator.splunkd.data import stream_writer
from generator.splunkd.replies import Reply, json_reply, message_reply
from generator.splunkd.routes import route_table

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from generator.splunkd.instance import Instance
    from generator.splunkd.routing import Route
    from generator.splunkd.streaming import Write

log = logging.getLogger("contentpack.serve")

_FORM = "application/x-www-form-urlencoded"
_BODIES = ("receivers/", "collector")
"""Paths whose body is data, whatever its content type says."""
_GUARDED = (
    "authentication/users",
    "authorization/",
    "data/indexes",
    "data/inputs",
    "apps/local",
    "server/",
    "storage/passwords",
    "properties",
    "messages",
)
"""Paths that only an administrator may change."""
_MOST_DISCARDED = 4 * 1024**3
"""Bytes of a request that is too large which are read before the connection is cut."""
_HEADERS = {
    "cache-control": "no-store, no-cache, must-revalidate, max-age=0",
    "vary": "Cookie, Authorization",
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "server": "Splunkd",
}


class Application:
    """The application of one port: that of REST, or that of the event collector."""

    def __init__(self, instance: Instance, *, collector: bool, tls: bool) -> None:
        self._instance = instance
        self._collector = collector
        self._scheme = "https" if tls else "http"
        self._table = route_table()
        self._room = asyncio.Condition()
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request (ASGI)."""
        if scope["type"] != "http":
            return
        headers: dict[str, str] = {}
        for raw_name, raw_value in scope["headers"]:
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
            headers[name] = f"{headers[name]}; {value}" if name == "cookie" and name in headers else value
        wants_json = b"output_mode=json" in scope["query_string"]
        size = self._size(headers)
        try:
            if size > self._instance.limits.request:
                await self._discard(receive, headers)
            await self._take(size)
            try:
                body = await self._body(receive)
                reply = await self._answer(scope, headers, body)
            finally:
                await self._give(size)
        except ApiError as error:
            reply = self._refused(error, wants_json=wants_json)
        client = scope["client"][0] if scope.get("client") else "-"
        self._instance.access.note(
            client, scope.get("user", ""), scope["method"], scope["path"], reply.status, len(reply.body)
        )
        await self._response(reply)(scope, receive, send)

    def attach(self, line: str, headers: dict[str, str]) -> Write:
        """Return what indexes the text of a connection that streams; `line` is the first of its request.

        Raises:
            ApiError: it is refused.
        """
        method, _, rest = line.partition(" ")
        target, _, query = rest.partition(" ")[0].partition("?")
        owner, app, path = _namespace(target)
        base = f"{self._scheme}://{headers.get('host', 'localhost')}"
        call = Call(method, path, owner, app, "", {}, _parameters(query), {}, headers, b"", base)
        route, _ = self._route(method, path)
        if path != ("receivers", "stream"):
            raise ApiError(400, "Only receivers/stream takes a stream.")
        self._who(route, call)
        return stream_writer(self._instance, call)

    # --- limits ------------------------------------------------------------------------------------------------------

    def _size(self, headers: dict[str, str]) -> int:
        text = headers.get("content-length", "")
        if text.isdecimal():
            return int(text)
        return self._instance.limits.request if "transfer-encoding" in headers else 0

    async def _take(self, size: int) -> None:
        if size > self._instance.limits.request:
            raise self._too_large()
        limit = max(self._instance.limits.inflight, self._instance.limits.request)
        async with self._room:
            await self._room.wait_for(lambda: self._held + size <= limit)
            self._held += size

    def _too_large(self) -> ApiError:
        return ApiError(413, f"A request may hold at most {self._instance.limits.request} bytes.")

    async def _give(self, size: int) -> None:
        async with self._room:
            self._held -= size
            self._room.notify_all()

    async def _discard(self, receive: Receive, headers: dict[str, str]) -> None:
        """Read a body that is too large and keep nothing of it, so that the client can read why it is refused."""
        left = _MOST_DISCARDED
        while left > 0 and "expect" not in headers:
            message = await receive()
            left -= len(message.get("body", b""))
            if message["type"] == "http.disconnect" or not message.get("more_body", False):
                return

    async def _body(self, receive: Receive) -> bytes:
        parts: list[bytes] = []
        total = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ApiError(400, "The request was not finished.")
            part: bytes = message.get("body", b"")
            total += len(part)
            if total > self._instance.limits.request:
                raise self._too_large()
            parts.append(part)
            if not message.get("more_body", False):
                return b"".join(parts)

    # --- answering ---------------------------------------------------------------------------------------------------

    async def _answer(self, scope: Scope, headers: dict[str, str], body: bytes) -> Reply:
        method: str = scope["method"]
        raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
        owner, app, path = _namespace(raw_path.decode("latin-1"))
        query = _parameters(scope["query_string"].decode("latin-1"))
        is_form = headers.get("content-type", _FORM).startswith(_FORM)  # the SDK says nothing where it sends a form
        form = {}
        if is_form and method in {"POST", "PUT", "DELETE"} and not "/".join(path).startswith(_BODIES):
            form = _parameters(body.decode("utf-8", "replace"))
        base = f"{self._scheme}://{headers.get('host', 'localhost')}"
        call = Call(method, path, owner, app, "", {}, query, form, headers, body, base)
        try:
            route, names = self._route(method, path)
            user, session = ("", "") if route.collector else self._who(route, call)
            scope["user"] = user  # for the log of requests
            named = Call(method, path, owner, app, user, names, query, form, headers, body, base, session)
            self._check_namespace(named)
            found = route.handler(self._instance, named)
            return await found if inspect.isawaitable(found) else found
        except ApiError as error:
            return self._refused(error, wants_json=call.json)
        except GeneratorError as error:
            log.exception("a request failed")
            return self._refused(ApiError(500, str(error)), wants_json=call.json)
        except Exception:
            log.exception("our own mistake; please report it")
            return self._refused(ApiError(500, "The server made a mistake; its log says more."), wants_json=call.json)

    def _route(self, method: str, path: tuple[str, ...]) -> tuple[Route, dict[str, str]]:
        route, names = self._table.match("GET" if method == "HEAD" else method, path)
        if route.collector != self._collector:
            raise ApiError(404, f"Not Found: this server has no endpoint '{'/'.join(path)}' on this port.")
        return route, names

    def _who(self, route: Route, call: Call) -> tuple[str, str]:
        if route.open:
            return "", ""
        user, session = self._instance.accounts.who(call.headers, cookie_name(self._instance))
        if not user:
            raise ApiError(401, "call not properly authenticated", "WARN")
        guarded = "/".join(call.path).startswith((*_GUARDED, "configs"))
        if call.method != "GET" and guarded and not self._may(user, call):
            raise ApiError(403, f"You ({user}) do not have permission to perform this operation.")
        return user, session

    def _may(self, user: str, call: Call) -> bool:
        if call.path[:1] == ("configs",) and call.owner not in {"nobody", "-"}:
            return True  # what a user keeps for itself
        own = call.path[:2] == ("authentication", "users") and call.path[2:] == (user,) and not call.all("roles")
        return own or "admin_all_objects" in self._instance.capabilities_of(user)

    def _check_namespace(self, call: Call) -> None:
        if call.app not in {None, "-"}:
            self._instance.confs.require_app(str(call.app))
        if call.owner not in {None, "-", "nobody", call.user}:
            if call.owner not in self._instance.accounts.users:
                raise ApiError(404, f"User does not exist: {call.owner}")
            if "admin_all_objects" not in self._instance.capabilities_of(call.user):
                raise ApiError(403, f"You ({call.user}) do not have permission to see what {call.owner} owns.")

    def _refused(self, error: ApiError, *, wants_json: bool) -> Reply:
        if self._collector:
            return json_reply({"text": error.message, "code": error.status}, error.status)
        return message_reply(wants_json, error.status, error.message, error.kind)

    def _response(self, reply: Reply) -> Response:
        headers = {**_HEADERS, "content-type": reply.kind, **reply.headers}
        if reply.stream is not None:
            return StreamingResponse(reply.stream, reply.status, headers)
        if reply.status == 204:
            return Response(None, 204, {name: value for name, value in headers.items() if name != "content-type"})
        if reply.status == 401:
            headers["www-authenticate"] = 'Basic realm="/splunk"'
        return Response(reply.body, reply.status, headers)


def _namespace(path: str) -> tuple[str | None, str | None, tuple[str, ...]]:
    """Return owner, app and the parts of a path behind them.

    Raises:
        ApiError: 404 for what is not below `/services` or `/servicesNS`.
    """
    parts = [_decoded(part) for part in path.split("/") if part]
    if parts[:1] == ["services"]:
        return None, None, tuple(parts[1:]) or ("",)
    if parts[:1] == ["servicesNS"] and len(parts) >= 3:
        return parts[1], parts[2], tuple(parts[3:]) or ("",)
    raise ApiError(404, "Not Found: this server answers below /services and /servicesNS.")


def _decoded(part: str) -> str:
    return unquote_plus(part).replace("%2F", "/").replace("%2f", "/")


def _parameters(text: str) -> dict[str, tuple[str, ...]]:
    try:
        found = parse_qs(text, keep_blank_values=True, errors="replace", max_num_fields=10_000)
    except ValueError as error:
        raise ApiError(400, "The request has too many parameters.") from error
    return {name: tuple(values) for name, values in found.items()}
