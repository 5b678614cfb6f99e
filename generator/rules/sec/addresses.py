"""The IPv4 addresses in a text that AppInspect warns of."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_CORE = re.compile(r"\.\d{1,3}\.\d{1,3}\.\d", re.ASCII)
_ADDRESS = re.compile(r"(?<![\w.])(\d{1,3}(?:\.\d{1,3}){3})(?!/[1-3]?\d(?![\w.]))(?![\w.])", re.ASCII)
_HARMLESS = frozenset(
    {
        "0.0.0.0",  # noqa: S104 - a text that is looked for, nothing is bound to it
        "255.255.255.255",
        "1.0.0.1",
        "1.1.1.1",
        "8.20.247.20",
        "8.26.56.26",
        "8.8.4.4",
        "8.8.8.8",
        "9.9.9.9",
        "149.112.112.112",
        "199.85.126.10",
        "199.85.127.10",
        "208.67.220.220",
        "208.67.222.222",
    }
)


def addresses(text: str) -> Iterator[tuple[str, int]]:
    """Yield each address with its offset. Left out: loopback, networks with a mask, and well-known public name servers."""
    position = 0
    # The core begins with a fixed character, so that a long text without addresses is passed over quickly.
    while core := _CORE.search(text, position):
        position = core.start() + 1
        match = _ADDRESS.search(text, max(core.start() - 3, 0), core.end() + 12)
        if match is None or not core.start() - 3 <= match.start() < core.start():
            continue
        position = match.end()
        address = match[1]
        if address in _HARMLESS:
            continue
        try:
            parsed = ipaddress.IPv4Address(address)
        except ValueError:
            continue  # a number above 255, or one with a leading zero: a version, not an address
        if not parsed.is_loopback:
            yield address, match.start(1)
