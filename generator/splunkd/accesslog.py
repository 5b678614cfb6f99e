"""What the server was asked lately, as events of the index `_internal` with the sourcetype `splunkd_access`.

They live in memory, the last `MOST_LINES` of them, and only searches that name the index meet them. Queries are left out of the lines, since
they may hold secrets.
"""

from __future__ import annotations

import datetime
from collections import deque
from typing import TYPE_CHECKING
from urllib.parse import quote

from generator.engine.ingest import ReadyEvent

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_LINES = 10_000
INDEX = "_internal"


class AccessLog:
    """The last requests."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lines: deque[tuple[float, str]] = deque(maxlen=MOST_LINES)

    def note(self, client: str, user: str, method: str, path: str, status: int, size: int) -> None:  # noqa: PLR0917 - a line's parts in order
        """Note an answered request; `user` is who asked, "" where nobody logged in."""
        now = self._clock()
        at = datetime.datetime.fromtimestamp(now, datetime.UTC).strftime("%d/%b/%Y:%H:%M:%S.%f")[:-3]
        shown = path.encode("ascii", "backslashreplace").decode()[:2000].replace('"', "%22")
        who = quote(user, safe="@.+") or "-"
        self._lines.append((now, f'{client} - {who} [{at} +0000] "{method} {shown} HTTP/1.1" {status} {size}'))

    def events(self) -> list[ReadyEvent]:
        """Return the requests as events."""
        return [
            ReadyEvent(line, "splunkd_access", "splunkd_access.log", "localhost", INDEX, time, {})
            for time, line in self._lines.copy()
        ]
