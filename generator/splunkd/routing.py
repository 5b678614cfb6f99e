"""A table of routes: which handler answers which method on which path, and the one line that documents it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.splunkd.call import ApiError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from generator.splunkd.call import Call
    from generator.splunkd.instance import Instance
    from generator.splunkd.replies import Reply

    Handler = Callable[[Instance, Call], Reply | Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Route:
    """One route. `path` is behind the namespace; `{name}` stands for one part of it. `open` asks for no login.

    `collector` routes are those of the event collector's own port; they check a token of theirs.
    """

    methods: str
    path: str
    handler: Handler
    summary: str
    open: bool = False
    collector: bool = False


class RouteTable:
    """Finds the route of a request; of several that fit, the one with fewer names in its path."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = tuple(routes)
        self._compiled = sorted(
            ((_compile(route.path), route) for route in self.routes), key=lambda one: _order(one[0])
        )

    def match(self, method: str, path: Sequence[str]) -> tuple[Route, dict[str, str]]:
        """Return route and names.

        Raises:
            ApiError: 404 where nothing has this path, 405 where something has, but not for this method.
        """
        allowed: list[str] = []
        for parts, route in self._compiled:
            names = _fit(parts, path)
            if names is None:
                continue
            if method in route.methods.split():
                return route, names
            allowed += route.methods.split()
        if allowed:
            raise ApiError(405, f"Method {method} is not allowed here; allowed: {', '.join(dict.fromkeys(allowed))}.")
        raise ApiError(404, f"Not Found: this server has no endpoint '{'/'.join(path)}'.")


def _compile(path: str) -> tuple[tuple[str, str], ...]:
    """Return each part of a path as literal text and the name that follows it ("" = none)."""
    parts = []
    for part in path.split("/"):
        literal, brace, rest = part.partition("{")
        parts.append((literal, rest.removesuffix("}") if brace else ""))
    return tuple(parts)


def _order(parts: tuple[tuple[str, str], ...]) -> tuple[int, ...]:
    return tuple(0 if not name else 1 if literal else 2 for literal, name in parts)


def _fit(parts: tuple[tuple[str, str], ...], path: Sequence[str]) -> dict[str, str] | None:
    if len(parts) != len(path):
        return None
    names: dict[str, str] = {}
    for (literal, name), given in zip(parts, path, strict=True):
        if not name:
            if literal != given:
                return None
        elif given.startswith(literal) and len(given) > len(literal):
            names[name] = given[len(literal) :]
        else:
            return None
    return names
