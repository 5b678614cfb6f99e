"""The event collector: tokens, and the numbers that acknowledge batches.

A batch is acknowledged once its events are on disk and the next search finds them. A number is told true once and forgotten then, as
Splunk does it. Codes and texts: Getting Data In, "Troubleshoot HTTP Event Collector", "Possible error codes".
"""

from __future__ import annotations

import itertools
import uuid
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MAX_CHANNELS = 100_000
MAX_PENDING = 1_000_000
"""Numbers of one channel that nobody has asked for."""

# 19, 20 and 23 to 27 (acknowledgement unavailable, queues that fill up, a server that shuts down) cannot happen here: a batch is on disk
# and searchable when it is answered, and a server that ends listens no more.
CODES = {
    0: (200, "Success"),
    1: (403, "Token disabled"),
    2: (401, "Token is required"),
    3: (401, "Invalid authorization"),
    4: (403, "Invalid token"),
    5: (400, "No data"),
    6: (400, "Invalid data format"),
    7: (400, "Incorrect index"),
    8: (500, "Internal server error"),
    9: (503, "Server is busy"),
    10: (400, "Data channel is missing"),
    11: (400, "Invalid data channel"),
    12: (400, "Event field is required"),
    13: (400, "Event field cannot be blank"),
    14: (400, "ACK is disabled"),
    15: (400, "Error in handling indexed fields"),
    16: (400, "Query string authorization is not enabled"),
    17: (200, "HEC is healthy"),
    18: (503, "HEC is unhealthy, queues are full"),
    21: (400, "Invalid token"),
    22: (400, "Token disabled"),
}


class Channel:
    """One sender's numbers under one token."""

    __slots__ = ("done", "numbers", "used")

    def __init__(self, now: float) -> None:
        self.numbers = itertools.count()
        self.done: set[int] = set()
        self.used = now


class Collector:
    """All channels."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._channels: OrderedDict[tuple[str, str], Channel] = OrderedDict()

    def next(self, token: str, channel: str) -> int:
        """Return the number of a batch that was just kept."""
        key = (token, channel)
        found = self._channels.get(key)
        if found is None:
            if len(self._channels) >= MAX_CHANNELS:
                self._channels.popitem(last=False)
            self._channels[key] = found = Channel(self._clock())
        found.used = self._clock()
        self._channels.move_to_end(key)
        number = next(found.numbers)
        if len(found.done) >= MAX_PENDING:
            found.done.clear()
        found.done.add(number)
        return number

    def ask(self, token: str, channel: str, numbers: Iterable[int]) -> dict[str, bool]:
        """Return for each number whether its batch is kept; what is told true is forgotten."""
        found = self._channels.get((token, channel))
        told: dict[str, bool] = {}
        for number in numbers:
            told[str(number)] = found is not None and number in found.done
            if found is not None:
                found.done.discard(number)
        return told


def is_channel(text: str) -> bool:
    """Whether a text is a channel's name: a UUID."""
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
