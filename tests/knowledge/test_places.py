"""A city database is written here by the public specification, byte by byte, and read back."""

from __future__ import annotations

import ipaddress
import struct
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import Engine
from generator.base.diagnostics import DatasetError
from generator.knowledge.places import Places

if TYPE_CHECKING:
    from pathlib import Path

ROME = {
    "city": {"names": {"en": "Rome", "it": "Roma"}},
    "country": {"names": {"en": "Italy"}},
    "continent": {"names": {"en": "Europe"}},
    "subdivisions": [{"names": {"en": "Lazio"}}],
    "location": {"latitude": 41.9, "longitude": 12.5, "time_zone": "Europe/Rome", "metro_code": 7},
}


def control(kind: int, size: int) -> bytes:
    first = kind if kind < 8 else 0
    more = bytes([kind - 7]) if kind >= 8 else b""
    if size < 29:
        return bytes([first << 5 | size]) + more
    return bytes([first << 5 | 29]) + more + bytes([size - 29])


def encoded(value: Any) -> bytes:
    if isinstance(value, bool):
        return control(14, int(value))
    if isinstance(value, str):
        raw = value.encode()
        return control(2, len(raw)) + raw
    if isinstance(value, int):
        raw = value.to_bytes(4, "big")
        return control(6, 4) + raw
    if isinstance(value, float):
        return control(3, 8) + struct.pack(">d", value)
    if isinstance(value, list):
        return control(11, len(value)) + b"".join(map(encoded, value))
    return control(7, len(value)) + b"".join(encoded(key) + encoded(one) for key, one in value.items())


def record(left: int, right: int, bits: int) -> bytes:
    if bits == 28:
        middle = bytes([left >> 24 << 4 | right >> 24])
        return (left & 0xFFFFFF).to_bytes(3, "big") + middle + (right & 0xFFFFFF).to_bytes(3, "big")
    return left.to_bytes(bits // 8, "big") + right.to_bytes(bits // 8, "big")


def database(networks: dict[str, dict[str, Any]], bits: int = 24, version: int = 6) -> bytes:
    """The tree has a node for each bit of each network; addresses of version 4 lie below 96 zero bits."""
    nodes: list[list[Any]] = [[None, None]]
    data = b""
    for text, place in networks.items():
        network = ipaddress.ip_network(text)
        length = network.prefixlen + (96 if version == 6 and network.version == 4 else 0)
        whole = 128 if version == 6 else 32
        number = int(network.network_address)
        at = 0
        for depth in range(length):
            bit = number >> (whole - 1 - depth) & 1
            if depth == length - 1:
                nodes[at][bit] = ("data", len(data))
            elif nodes[at][bit] is None:
                nodes.append([None, None])
                nodes[at][bit] = len(nodes) - 1
                at = len(nodes) - 1
            else:
                at = nodes[at][bit]
        data += encoded(place)

    def target(one: Any) -> int:
        return len(nodes) if one is None else one if isinstance(one, int) else len(nodes) + 16 + one[1]

    tree = b"".join(record(target(left), target(right), bits) for left, right in nodes)
    facts = {"node_count": len(nodes), "record_size": bits, "ip_version": version}
    return tree + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + encoded(facts)


@pytest.mark.parametrize("bits", [24, 28, 32])
def test_address_gives_its_place(tmp_path: Path, bits: int) -> None:
    file = tmp_path / "city.mmdb"
    file.write_bytes(database({"8.8.8.0/24": ROME, "2001:4860::/32": {"country": {"names": {"en": "X"}}}}, bits))
    places = Places(file)
    assert places.find("8.8.8.8") == {
        "City": "Rome",
        "Country": "Italy",
        "Continent": "Europe",
        "Region": "Lazio",
        "lat": 41.9,
        "lon": 12.5,
        "MetroCode": 7,
        "Timezone": "Europe/Rome",
    }
    assert places.find("2001:4860::1") == {"Country": "X"}
    assert places.find("9.9.9.9") == {}


def test_reserved_addresses_and_texts_have_no_place(tmp_path: Path) -> None:
    file = tmp_path / "city.mmdb"
    file.write_bytes(database({"0.0.0.0/1": ROME}, version=4))
    places = Places(file)
    assert places.find("8.8.8.8")["City"] == "Rome"
    assert [places.find(text) for text in ("10.0.0.1", "127.0.0.1", "2001:4860::1", "host", "")] == [{}] * 5


def test_values_may_be_pointers(tmp_path: Path) -> None:
    # One node; the record's map says that its "city" stands at the section's begin.
    city = encoded({"names": {"en": "Oslo"}})
    place = control(7, 1) + encoded("city") + bytes([1 << 5, 0])
    tree = record(1 + 16 + len(city), 1, 24)
    facts = encoded({"node_count": 1, "record_size": 24, "ip_version": 4})
    file = tmp_path / "city.mmdb"
    file.write_bytes(tree + bytes(16) + city + place + b"\xab\xcd\xefMaxMind.com" + facts)
    assert Places(file).find("8.8.8.8") == {"City": "Oslo"}


@given(st.binary(max_size=200))
def test_other_files_are_refused_or_know_nothing(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    file = tmp_path_factory.mktemp("places") / "city.mmdb"
    whole = database({"8.8.8.0/24": ROME})
    for content in (raw, raw + b"\xab\xcd\xefMaxMind.com" + raw, whole[: len(raw)] + raw + whole[2 * len(raw) :]):
        file.write_bytes(content)
        try:
            places = Places(file)
        except DatasetError:
            continue
        places.find("8.8.8.8")


def test_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DatasetError):
        Places(tmp_path / "none.mmdb")


def test_iplocation_takes_the_database_of_an_app(tmp_path: Path) -> None:
    (tmp_path / "lookups").mkdir()
    (tmp_path / "lookups" / "city.mmdb").write_bytes(database({"8.8.8.0/24": ROME}))
    rows = (
        Engine(apps=[tmp_path])
        .search("iplocation prefix=p_ allfields=t ip", input=[{"ip": ["8.8.8.8", "8.8.8.9"]}, {"ip": "10.0.0.1"}])
        .rows
    )
    assert rows[0]["p_City"] == ["Rome", "Rome"]
    assert rows[0]["p_Timezone"] == ["Europe/Rome", "Europe/Rome"]
    assert rows[1] == {"ip": "10.0.0.1"}
