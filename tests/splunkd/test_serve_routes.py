"""Every route that is registered: closed to strangers, and never a mistake of our own, whatever it is sent."""

from __future__ import annotations

import pytest
from running import Server, start_server, stop_server

from generator.splunkd.routes import GROUPS

ROUTES = [
    (method, route)
    for _, routes in GROUPS
    for route in routes
    for method in route.methods.split()
    if not route.path.endswith("{conf}/{stanza}/{key}")
]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> object:
    made = start_server(tmp_path_factory.mktemp("routes") / "data", "--no-tls")
    yield made
    stop_server(made)


def _filled(path: str) -> str:
    for name, value in {"{conf}": "macros", "{sid}": "1.1", "{collection}": "c"}.items():
        path = path.replace(name, value)
    return "/".join("x%2Fy z".replace(" ", "%20") if part.startswith("{") else part for part in path.split("/"))


def test_without_login_only_open_routes_answer(own: Server) -> None:
    for method, route in ROUTES:
        if not route.open:
            assert own.ask(f"/services/{_filled(route.path)}", method, user="").status == 401, (method, route.path)


@pytest.mark.parametrize("begin", ["/services", "/servicesNS/nobody/search", "/servicesNS/-/-"])
def test_no_route_makes_a_mistake_of_our_own(own: Server, begin: str) -> None:
    forms: list[dict[str, str] | None] = [
        None,
        {"name": "n", "count": "x", "search": "(", "offset": "-5", "value": "\u2603"},
    ]
    for method, route in ROUTES:
        if route.collector or route.path.startswith("authentication/users/"):
            continue
        for form in forms:
            sent = form if method in {"POST", "PUT"} else None
            for mode in ("json", None):
                answer = own.ask(f"{begin}/{_filled(route.path)}", method, form=sent, output_mode=mode)
                assert answer.status < 500 or answer.status == 501, (method, route.path, form, answer.text)
                assert b"Traceback" not in answer.body


def test_the_collectors_routes_answer_on_their_port(own: Server) -> None:
    for method, route in ROUTES:
        if route.collector:
            path = f"/{route.path.removeprefix('collector').lstrip('/')}".rstrip("/")
            answer = own.hec(path, None if method == "GET" else b"{}", "no-such-token")
            assert answer.json["code"] in {4, 21}, (method, route.path)


def test_the_log_has_no_traceback(own: Server) -> None:
    assert "Traceback" not in "".join(own.lines)
