"""One server for all tests of a session, and the SDK logged in to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from running import Server, start_server, stop_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    import splunklib.client as sdk


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = start_server(tmp_path_factory.mktemp("serve") / "data")
    yield made
    stop_server(made)


@pytest.fixture
def service(server: Server) -> sdk.Service:
    return server.sdk()
