"""Logging in and being known: session keys, cookies, Basic, bearer tokens; what the server says of itself; messages.

Truth: REST API Reference, "Access endpoints", "System endpoints"; splunklib.binding.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
from running import PASSWORD
from splunklib.binding import AuthenticationError

if TYPE_CHECKING:
    import splunklib.client as sdk
    from running import Server


def test_login_gives_a_session_key_in_xml_and_json(server: Server) -> None:
    form = {"username": "admin", "password": PASSWORD}
    xml = server.ask("auth/login", "POST", form=form, user="", output_mode=None)
    assert xml.status == 200
    assert "<sessionKey>" in xml.text
    key = server.ask("auth/login", "POST", form=form, user="").json["sessionKey"]
    for kind in ("Splunk", "Bearer"):
        answer = server.ask("authentication/current-context", headers={"Authorization": f"{kind} {key}"})
        assert answer.entries["context"]["username"] == "admin"


@pytest.mark.parametrize("name", ["admin", "nobody-here"])
def test_a_wrong_password_is_refused_and_not_said_back(server: Server, name: str) -> None:
    answer = server.ask("auth/login", "POST", form={"username": name, "password": "wrong-secret"}, user="")
    assert answer.status == 401
    assert answer.json["messages"] == [{"type": "WARN", "text": "Login failed"}]
    assert "wrong-secret" not in answer.text


def test_without_login_nothing_is_told(server: Server) -> None:
    for headers in (
        {},
        {"Authorization": "Splunk no-such-key"},
        {"Authorization": "Basic !!!"},
        {"Cookie": "splunkd_1=x"},
    ):
        answer = server.ask("server/info", user="", headers=headers)
        assert answer.status == 401
        assert answer.json["messages"][0]["text"] == "call not properly authenticated"


def test_sdk_logs_in_by_password_cookie_token_and_basic(server: Server) -> None:
    service = server.sdk()
    assert service.info["version"].startswith("9.")
    again = server.sdk(username=None, password=None, cookie=service.http._cookies and _cookie(service))
    assert "search" in again.apps
    again = server.sdk(username=None, password=None, token=service.token)
    assert "search" in again.apps
    again = server.sdk(basic=True)
    assert "search" in again.apps


def _cookie(service: sdk.Service) -> str:
    return "; ".join(f"{name}={value}" for name, value in service.get_cookies().items())


def test_sdk_is_told_that_a_password_is_wrong(server: Server) -> None:
    with pytest.raises(AuthenticationError):
        server.sdk(password="not this one")


def test_logout_ends_a_session(server: Server) -> None:
    service = server.sdk()
    key = service.token.removeprefix("Splunk ")
    assert (
        server.ask(
            f"authentication/httpauth-tokens/{key}", "DELETE", headers={"Authorization": service.token}, user=""
        ).status
        == 200
    )
    assert server.ask("server/info", user="", headers={"Authorization": service.token}).status == 401


def test_bearer_tokens_are_shown_once_and_can_be_switched_off(server: Server) -> None:
    made = server.post("authorization/tokens", name="admin", audience="tests").entries["tokens"]
    service = server.sdk(username=None, password=None, splunkToken=made["token"])
    assert service.info["guid"]
    assert made["token"] not in server.ask("authorization/tokens", count=0).text
    assert server.post(f"authorization/tokens/{made['id']}", status="disabled").status == 200
    bearer = {"Authorization": f"Bearer {made['token']}"}
    assert server.ask("server/info", user="", headers=bearer).status == 401
    assert server.delete(f"authorization/tokens/{made['id']}").status == 200
    assert server.ask(f"authorization/tokens/{made['id']}").status == 404


def test_a_token_that_is_over_does_not_count(server: Server) -> None:
    made = server.post("authorization/tokens", name="admin", audience="tests", expires_on="-1h").entries["tokens"]
    assert server.ask("server/info", user="", headers={"Authorization": f"Bearer {made['token']}"}).status == 401


def test_info_settings_health_and_capabilities(server: Server, service: sdk.Service) -> None:
    assert service.splunk_version >= (9, 0, 2)
    assert service.info["product_type"] == "enterprise"
    # Keys that the REST API reference shows for server/info and server/settings, and clients read.
    assert set(service.info) >= {
        "build",
        "cpu_arch",
        "guid",
        "licenseKeys",
        "licenseSignature",
        "os_build",
        "os_name",
    }
    settings = service.settings
    assert set(settings.content) >= {
        "SPLUNK_DB",
        "SPLUNK_HOME",
        "httpport",
        "mgmtHostPort",
        "pass4SymmKey",
        "trustedIP",
    }
    before = settings["sessionTimeout"]
    settings.update(sessionTimeout="42h")
    settings.refresh()
    assert settings["sessionTimeout"] == "42h"
    settings.update(sessionTimeout=before)
    assert server.post("server/settings", nonsense=1).status == 400
    assert "search" in service.capabilities
    assert server.ask("server/health/splunkd").entries["splunkd"]["health"] == "green"
    assert server.ask("kvstore/status").entries["status"]["current"]["status"] == "ready"
    assert "search" in server.ask("/services").entries


def test_messages_are_made_read_and_removed(service: sdk.Service) -> None:
    made = service.messages.create("a-message", value="something is up", severity="warn")
    assert service.messages["a-message"].value == "something is up"
    assert made.name == "a-message"
    assert not service.restart_required
    service.messages.delete("a-message")
    assert "a-message" not in service.messages


def test_restart_takes_the_wish_for_it_back(service: sdk.Service) -> None:
    service.messages.create("restart_required", value="please")
    assert service.restart_required
    service.restart(timeout=10)
    assert not service.restart_required


def test_loggers_have_levels(service: sdk.Service) -> None:
    logger = service.loggers["AuditLogger"]
    logger.update(level="WARN")
    assert logger.refresh()["level"] == "WARN"
    logger.update(level="INFO")


def test_what_is_not_there_is_a_404_in_splunks_form(server: Server) -> None:
    answer = server.ask("cluster/config", output_mode=None)
    assert answer.status == 404
    assert answer.text.startswith("<?xml")
    assert '<msg type="ERROR">Not Found: this server has no endpoint' in answer.text
    assert server.ask("/servicesNS/nobody/no_such_app/saved/searches").status == 404
    assert server.ask("/servicesNS/no_such_user/search/saved/searches").status == 404
    assert server.ask("/services/server/info", "DELETE").status == 405
    assert server.ask("/en-US/account/login").status == 404


def test_basic_proof_of_another_kind_is_refused(server: Server) -> None:
    proof = base64.b64encode(b"admin").decode()
    assert server.ask("server/info", user="", headers={"Authorization": f"Basic {proof}"}).status == 401
