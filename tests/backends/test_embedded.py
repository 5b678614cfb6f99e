"""The embedded backend keeps the protocol's word. Truth: `generator.backends.base`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.backends.base import Backend, Dispatch, EventData, Extent
from generator.backends.embedded import EmbeddedBackend
from generator.base.diagnostics import BackendError, DatasetError, UnsupportedSpl
from generator.engine.errors import SearchError

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1_795_521_600.0
LOG = b"1700000000 user=alice\n1700000060 user=bob\n1700000600 user=alice\n"
CONF = """[S]
search = sourcetype=plain | stats count by user
dispatch.earliest_time = -70m@m
dispatch.latest_time = -10m@m
[Clock]
search = sourcetype=plain | rex "^(?<stamp>\\d+)" | eval gap=_time-stamp | stats values(gap) as gap
"""


@pytest.fixture
def backend(tmp_path: Path) -> EmbeddedBackend:
    app = tmp_path / "app"
    (app / "default").mkdir(parents=True)
    (app / "default" / "savedsearches.conf").write_text(CONF)
    made: Backend = EmbeddedBackend(NOW)
    made.install(app)
    assert isinstance(made, EmbeddedBackend)
    return made


def data(shift: float = 0.0, texts: tuple[float, float] | None = None) -> EventData:
    return EventData(LOG, "plain", "s", shift=shift, texts=texts)


def test_data_are_measured_as_they_are(backend: EmbeddedBackend) -> None:
    assert backend.measure(data(99.0)) == Extent(3, 1_700_000_000.0, 1_700_000_600.0)
    assert backend.measure(EventData(b"", "plain", "s")) == Extent(0)


def test_a_saved_search_has_its_own_window(backend: EmbeddedBackend) -> None:
    assert backend.window(Dispatch(name="S")) == ("-70m@m", "-10m@m")
    assert backend.load([data()]) == 3
    empty = backend.search(Dispatch(name="S"))
    assert (empty.rows, empty.events) == ((), 0)
    assert empty.explanation is not None
    assert backend.search(Dispatch(name="S", earliest="", latest="")).events == 3
    backend.clear()
    backend.load([data(NOW - 1800 - 1_700_000_600)])
    found = backend.search(Dispatch(name="S"))
    assert found.rows == ({"user": "alice", "count": "2"}, {"user": "bob", "count": "1"})
    assert (found.fields, found.events, found.raw[0]) == (("user", "count"), 3, "1700000600 user=alice")
    assert [stage[0] for stage in found.stages] == ["search", "stats"]


def test_shifts_move_times_and_on_demand_texts(backend: EmbeddedBackend) -> None:
    backend.load([data(1000.0)])
    assert backend.search(Dispatch(name="Clock")).rows == ({"gap": "1000"},)
    backend.clear()
    backend.load([data(1000.0, (1_700_000_000.0, 1_700_000_600.0))])
    assert float(str(backend.search(Dispatch(name="Clock")).rows[0]["gap"])) == 0
    backend.clear()
    assert backend.search(Dispatch(spl="search sourcetype=plain", explain=False)).rows == ()


def test_trouble_is_told_apart(backend: EmbeddedBackend, tmp_path: Path) -> None:
    with pytest.raises(BackendError, match="no saved search `X`"):
        backend.search(Dispatch(name="X"))
    with pytest.raises(SearchError):
        backend.search(Dispatch(spl="search x | stats sum("))
    with pytest.raises((UnsupportedSpl, SearchError)):
        backend.search(Dispatch(spl="search x | frobnicate"))
    with pytest.raises(DatasetError):
        backend.load([EventData(tmp_path / "none.log", "plain", "s")])
    with pytest.raises(BackendError, match="no Splunk app"):
        backend.install(tmp_path)
    with EmbeddedBackend(NOW) as bare, pytest.raises(BackendError, match="no app is installed"):
        bare.search(Dispatch(spl="search x"))
