"""Times in texts move by the same seconds and keep their form. Truth: the formats of the sourcetypes (see `generator.engine.timestamps`)."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.engine.moving import text_mover


def at(text: str) -> float:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC).timestamp()


START = at("2023-05-10 14:00:00")
DAY = 86_400.0
move = text_mover(236 * DAY + 3661, START, START + 3600)  # 2023-05-10 -> 2024-01-01, and 1:01:01 later


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"recorded":"2023-05-10T14:04:53.538Z"', '"recorded":"2024-01-01T15:05:54.538Z"'),
        ("UtcTime: 2023-05-10 14:04:53.123", "UtcTime: 2024-01-01 15:05:54.123"),
        ("2023/05/10 14:04:53", "2024/01/01 15:05:54"),
        ("audit(1683727493.100:7):", "audit(1704121554.100:7):"),
        ("time=1683727493", "time=1704121554"),
        ('{"ts":1683727493123}', '{"ts":1704121554123}'),
        ('{"ts": 1683727493.5, "id": 1683727493}', '{"ts": 1704121554.5, "id": 1704121554}'),
        ("05/10/2023 02:04:53 PM\nLogName=Security", "01/01/2024 03:05:54 PM\nLogName=Security"),
        ("5/10/2023 2:04:53 PM", "1/1/2024 3:05:54 PM"),
        ("[10/May/2023:14:04:53 +0000]", "[01/Jan/2024:15:05:54 +0000]"),
        ("May 10 14:04:53 host sshd[1]", "Jan 1 15:05:54 host sshd[1]"),
        ("May 10 2023 14:04:53", "Jan 1 2024 15:05:54"),
    ],
)
def test_every_form_moves(before: str, after: str) -> None:
    assert move(before) == after


@pytest.mark.parametrize(
    "text",
    [
        "notAfter=2029-01-01T00:00:00Z",
        "2023-05-10",
        "2023-13-45T14:04:53Z",
        "session 16837274931",
        "v1.1683727493.2",
        "99/99/2023 14:04:53",
        "phone 1999999999",
        "id-1683727493-x",
        "",
    ],
)
def test_what_is_no_time_of_the_data_stays(text: str) -> None:
    assert move(text) == text


@given(st.text(), st.floats(-1e10, 1e10, allow_nan=False), st.floats(0, 4e9, allow_nan=False))
def test_any_text_is_taken(text: str, seconds: float, oldest: float) -> None:
    text_mover(seconds, oldest, oldest + 60)(text)


@given(st.integers(0, 3599), st.integers(-(10**8), 10**8))
def test_there_and_back(offset: int, seconds: int) -> None:
    moment = datetime.datetime.fromtimestamp(START + offset, datetime.UTC)
    text = f"{moment:%Y-%m-%dT%H:%M:%S}Z {moment:%d/%b/%Y:%H:%M:%S} {moment:%m/%d/%Y %H:%M:%S}"
    there = text_mover(seconds, START, START + 3600)(text)
    assert text_mover(-seconds, START + seconds, START + 3600 + seconds)(there) == text
