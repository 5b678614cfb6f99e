"""A city database (MaxMind DB, `.mmdb`) becomes a reader: address to place. No database is built in.

The file is a search tree over the bits of an address and a section of data behind it; both are read on demand from the
bytes. Private, loopback and other reserved addresses have no place, whatever the file says.

Source: the public specification "MaxMind DB File Format" 2.0; Search Reference, "iplocation" (which fields there are).
"""

from __future__ import annotations

import ipaddress
import struct
from typing import TYPE_CHECKING, Any

from generator.base.diagnostics import DatasetError

if TYPE_CHECKING:
    from pathlib import Path

_MARK = b"\xab\xcd\xefMaxMind.com"
_SEPARATOR = 16
"""Bytes of zero between tree and data."""
MAX_DEPTH = 64
"""Levels of data that are followed."""

_POINTER, _TEXT, _DOUBLE, _BYTES, _MAP = 1, 2, 3, 4, 7
_SIGNED, _ARRAY, _BOOLEAN, _FLOAT = 8, 11, 14, 15
_UNSIGNED = frozenset({5, 6, 9, 10})


class Places:
    """The places of a database.

    Raises:
        DatasetError: the file cannot be read or is no such database.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._data = path.read_bytes()
        except OSError as error:
            raise DatasetError(f"{path}: {error.strerror or error}") from error
        begin = self._data.rfind(_MARK)
        try:
            facts: Any = self._read(begin + len(_MARK), begin + len(_MARK), 0)[0] if begin >= 0 else None
            self._nodes, self._bits = int(facts["node_count"]), int(facts["record_size"])
            self._version = int(facts["ip_version"])
        except (TypeError, KeyError, ValueError, IndexError, struct.error) as error:
            raise DatasetError(f"{path}: this is no MaxMind database") from error
        if self._bits not in {24, 28, 32} or self._nodes * self._bits // 4 > begin:
            raise DatasetError(f"{path}: this is no MaxMind database of a known form")
        self._section = self._nodes * self._bits // 4 + _SEPARATOR
        self._known: dict[str, dict[str, str | float]] = {}

    def find(self, address: str) -> dict[str, str | float]:
        """Return what is known of an address: `City`, `Country`, `Region`, `lat`, `lon`, `Continent`, `MetroCode`, `Timezone`."""
        found = self._known.get(address)
        if found is None:
            self._known[address] = found = self._find(address)
        return found

    def _find(self, address: str) -> dict[str, str | float]:
        try:
            parsed = ipaddress.ip_address(address.strip())
        except ValueError:
            return {}
        if not parsed.is_global or (self._version == 4 and parsed.version == 6):
            return {}
        bits = 128 if self._version == 6 else 32
        try:
            place = self._walk(int(parsed), bits)
            return {} if place is None else _fields(self._read(place, self._section, 0)[0])
        except (IndexError, struct.error, UnicodeDecodeError, ValueError):
            return {}

    def _walk(self, number: int, bits: int) -> int | None:
        """Return where the data of an address begins."""
        node = 0
        for bit in range(bits - 1, -1, -1):
            node = self._record(node, number >> bit & 1)
            if node == self._nodes:
                return None
            if node > self._nodes:
                return node - self._nodes - _SEPARATOR + self._section
        return None

    def _record(self, node: int, side: int) -> int:
        size = self._bits // 4
        record = self._data[node * size : node * size + size]
        if self._bits == 28:
            middle = record[3]
            high = middle & 0xF if side else middle >> 4
            return high << 24 | int.from_bytes(record[4:7] if side else record[:3], "big")
        half = size // 2
        return int.from_bytes(record[half:] if side else record[:half], "big")

    def _read(self, at: int, section: int, depth: int) -> tuple[Any, int]:
        """Return the value that begins at a place, and where it ends."""
        if depth > MAX_DEPTH:
            raise ValueError("data nested too deeply")
        control = self._data[at]
        at += 1
        kind = control >> 5
        if kind == _POINTER:
            target, at = self._pointer(control, at)
            return self._read(section + target, section, depth + 1)[0], at
        if kind == 0:
            kind = self._data[at] + 7
            at += 1
        size = control & 0x1F
        if size > 28:
            extra = size - 28
            size = int.from_bytes(self._data[at : at + extra], "big") + (29, 285, 65_821)[extra - 1]
            at += extra
        if kind == _MAP:
            pairs: dict[str, Any] = {}
            for _ in range(size):
                key, at = self._read(at, section, depth + 1)
                pairs[str(key)], at = self._read(at, section, depth + 1)
            return pairs, at
        if kind == _ARRAY:
            listed = []
            for _ in range(size):
                one, at = self._read(at, section, depth + 1)
                listed.append(one)
            return listed, at
        if kind == _BOOLEAN:
            return bool(size), at
        return self._scalar(kind, self._data[at : at + size]), at + size

    def _pointer(self, control: int, at: int) -> tuple[int, int]:
        length = (control >> 3 & 3) + 1
        own = int.from_bytes(self._data[at : at + length], "big")
        if length == 4:
            return own, at + length
        return ((control & 7) << 8 * length | own) + (0, 2048, 526_336)[length - 1], at + length

    def _scalar(self, kind: int, raw: bytes) -> str | float | bytes:
        if kind == _TEXT:
            return raw.decode()
        if kind in {_DOUBLE, _FLOAT}:
            number: float = struct.unpack(">d" if kind == _DOUBLE else ">f", raw)[0]
            return number
        if kind in _UNSIGNED:
            return int.from_bytes(raw, "big")
        if kind == _SIGNED:
            return int.from_bytes(raw, "big", signed=len(raw) == 4)
        if kind == _BYTES:
            return raw
        raise ValueError(f"data of the unknown type {kind}")


def _fields(record: Any) -> dict[str, str | float]:  # noqa: ANN401 - data of the file
    """Return the fields of `iplocation` that a record knows."""
    found: dict[str, Any] = {}
    if not isinstance(record, dict):
        return {}
    found["City"] = _name(record.get("city"))
    found["Country"] = _name(record.get("country"))
    found["Continent"] = _name(record.get("continent"))
    regions = record.get("subdivisions")
    found["Region"] = _name(regions[0]) if isinstance(regions, list) and regions else None
    location = record.get("location")
    if isinstance(location, dict):
        found["lat"], found["lon"] = location.get("latitude"), location.get("longitude")
        found["MetroCode"], found["Timezone"] = location.get("metro_code"), location.get("time_zone")
    return {name: value for name, value in found.items() if isinstance(value, str | int | float)}


def _name(record: Any) -> str | None:  # noqa: ANN401 - data of the file
    names = record.get("names") if isinstance(record, dict) else None
    found = names.get("en") if isinstance(names, dict) else None
    return found if isinstance(found, str) else None
