"""What a place where searches run has to offer: the rendered app installed, events loaded, a search dispatched.

`embedded` and `splunk` are the two. What they give back is the same, so that the same judge reads both.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Protocol, Self

from generator.base.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    from generator.engine.explain import Explanation

Row = dict[str, str | list[str]]
"""A result's fields as Splunk's REST API gives them: absent ones left out, several values as a list."""


@dataclass(frozen=True, slots=True)
class EventData:
    """Events to load: a file (or its bytes), and what they get as metadata.

    `shift` is added to every timestamp, in seconds: the data moves so that a search's own window applies. With `texts`, the
    times in the events' texts that lie between these two moments (seconds since 1970) move by as much.
    """

    data: Path | bytes
    sourcetype: str
    source: str
    host: str | None = None
    index: str | None = None
    shift: float = 0.0
    texts: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Extent:
    """How many events a data set has, and the times of the oldest and the newest (seconds since 1970; 0 without events)."""

    events: int
    oldest: float = 0.0
    newest: float = 0.0


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A saved search of the installed app (`name`), or a text of SPL (`spl`), and its window.

    `earliest` and `latest` are time modifiers or seconds since 1970; None takes the saved search's own, "" has no bound.
    `explain` asks why nothing was found, where nothing is.
    """

    name: str | None = None
    spl: str | None = None
    earliest: str | float | None = None
    latest: str | float | None = None
    explain: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """What a dispatched search gave: `events` were searched, `explanation` is None where the backend has none.

    `stages` are name, text, rows in, rows out and seconds of each command, `raw` the texts of the first events.
    """

    fields: tuple[str, ...]
    rows: tuple[Row, ...]
    messages: tuple[str, ...] = ()
    events: int = 0
    seconds: float = field(default=0.0, compare=False)
    search: str = ""
    explanation: Explanation | None = None
    stages: tuple[tuple[str, str, int, int, float], ...] = field(default=(), compare=False)
    raw: tuple[str, ...] = ()


class Backend(Protocol):
    """A place where searches run. Enter it, install one app, then load, search and clear as often as needed."""

    @property
    def name(self) -> str:
        """`embedded` or `splunk`."""
        ...

    def __enter__(self) -> Self:
        """Make it ready.

        Raises:
            BackendError: it cannot be reached or started.
        """
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put back what was changed, and leave nothing running that was started."""
        ...

    def install(self, app: Path, others: Sequence[Path] = ()) -> None:
        """Install the folder of a rendered app, over `others` (add-ons, a test's own macros and lookups).

        Raises:
            BackendError: it was refused.
        """
        ...

    def measure(self, data: EventData) -> Extent:
        """Return how many events a data set has and over what time, without its shift.

        Raises:
            DatasetError: it cannot be read.
        """
        ...

    def window(self, dispatch: Dispatch) -> tuple[str | float, str | float]:
        """Return the bounds that a dispatched search has: the given ones, or those of the saved search.

        Raises:
            BackendError: the app has no such saved search.
        """
        ...

    def load(self, data: Sequence[EventData]) -> int:
        """Load events, return how many there are, once they can be searched.

        Raises:
            DatasetError: a file cannot be read.
            BackendError: the events did not arrive.
        """
        ...

    def clear(self) -> None:
        """Forget all loaded events."""
        ...

    def search(self, dispatch: Dispatch) -> Found:
        """Run a search to its end.

        Raises:
            SearchError: the search is wrong, as Splunk says.
            UnsupportedSpl: the embedded engine cannot run it.
            BackendError: it did not end.
        """
        ...
