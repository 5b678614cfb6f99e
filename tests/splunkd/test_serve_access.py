"""Users, roles, and what each may do; secrets of others are refused.

Truth: REST API Reference, "Access endpoints"; splunklib.client.Users and Roles.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from splunklib.binding import AuthenticationError, HTTPError

if TYPE_CHECKING:
    import splunklib.client as sdk
    from running import Server


def _name() -> str:
    return f"u{uuid.uuid4().hex[:8]}"


def test_a_user_is_made_changed_and_removed(service: sdk.Service, server: Server) -> None:
    name = _name()
    user = service.users.create(name.upper(), password="first-secret", roles=["power", "user"], realname="Someone")
    assert user.name == name
    assert sorted(user.roles) == ["power", "user"]
    assert {role.name for role in user.role_entities} == {"power", "user"}
    assert name.upper() in service.users
    user.update(realname="Other", email="a@example.org", roles="user").refresh()
    assert (user["realname"], user["email"]) == ("Other", "a@example.org")
    own = server.sdk(username=name, password="first-secret")
    user.update(password="second-secret")
    with pytest.raises(AuthenticationError):
        server.sdk(username=name, password="first-secret", autologin=False)
    assert server.ask("server/info", user="", headers={"Authorization": own.token}).status == 401
    assert "second-secret" not in server.ask("authentication/users", count=0).text
    service.users.delete(name)
    assert name not in service.users


def test_wrong_users_are_refused(service: sdk.Service, server: Server) -> None:
    for form in (
        {"name": _name(), "password": "long-enough"},
        {"name": _name(), "password": "short", "roles": "user"},
        {"name": _name(), "password": "long-enough", "roles": "no_such_role"},
        {"name": "admin", "password": "long-enough", "roles": "user"},
        {"name": "a b", "password": "long-enough", "roles": "user"},
        {"name": _name(), "password": "long-enough", "roles": "user", "nonsense": "1"},
        {"name": _name(), "password": "long-enough", "roles": "user", "defaultApp": "no_such_app"},
    ):
        assert server.post("authentication/users", **form).status in {400, 404}, form
    assert server.delete("authentication/users/admin").status == 400
    with pytest.raises(KeyError):
        service.users["no-such-user"]


def test_a_role_is_made_granted_and_removed(service: sdk.Service) -> None:
    name = _name()
    role = service.roles.create(name.upper(), imported_roles=["user"], srchIndexesAllowed="a;b")
    assert role.name == name
    assert role["srchIndexesAllowed"] == ["a", "b"]
    assert role["imported_roles"] == ["user"] or role["imported_roles"] == "user"
    role.grant("edit_user").refresh()
    assert "edit_user" in role.capabilities
    role.revoke("edit_user").refresh()
    assert "edit_user" not in role.capabilities
    with pytest.raises(Exception, match="no_such_capability"):
        role.grant("no_such_capability")
    with pytest.raises(HTTPError):
        service.roles.create(_name(), imported_roles=["no_such_role"])
    service.roles.delete(name)
    assert name not in service.roles


def test_built_in_roles_stay(server: Server) -> None:
    assert server.delete("authorization/roles/admin").status == 400


def test_who_is_no_administrator_changes_nothing_of_the_server(server: Server) -> None:
    name = _name()
    server.post("authentication/users", name=name, password="long-enough", roles="user")

    def ask(path: str, method: str = "GET", **form: str) -> int:
        return server.ask(path, method, form=form or None, user=name, password="long-enough").status

    assert ask("saved/searches") == 200
    assert ask("saved/searches", "POST", name="mine", search="x") == 201
    assert ask("configs/conf-macros", "POST", name="mine", definition="x") == 201
    assert ask("/servicesNS/nobody/search/configs/conf-macros", "POST", name="ours", definition="x") == 403
    assert (
        ask("configs/conf-authorize", "POST", name="role_user", edit_user="enabled", admin_all_objects="enabled") == 201
    )
    assert ask("data/indexes", "POST", name="theirs") == 403
    assert ask("authentication/users", "POST", name="more", password="long-enough", roles="admin") == 403
    assert ask(f"authentication/users/{name}", "POST", roles="admin") == 403
    assert ask(f"authentication/users/{name}", "POST", realname="Me") == 200
    assert ask("authorization/roles/user", "POST", srchIndexesAllowed="*") == 403
    assert ask("authorization/tokens", "POST", name="admin", audience="x") == 403
    assert ask("apps/local", "POST", name="theirs") == 403
    assert ask("server/control/restart", "POST", x="1") == 403
    assert ask("/servicesNS/admin/search/saved/searches") == 403
    server.delete(f"authentication/users/{name}")


def test_storage_passwords_are_refused_clearly(server: Server) -> None:
    for method, path in (("GET", ""), ("POST", ""), ("GET", "/realm:name:"), ("DELETE", "/realm:name:")):
        answer = server.ask(
            f"storage/passwords{path}", method, form={"password": "x", "name": "y"} if method == "POST" else None
        )
        assert answer.status == 501
        assert "keeps no secrets" in answer.json["messages"][0]["text"]


def test_numbers_of_a_role_are_numbers(server: Server) -> None:
    answer = server.ask("/services/authorization/roles", "POST", form={"name": "counted", "srchTimeWin": "long"})
    assert answer.status == 400
    assert "srchTimeWin" in answer.text


def test_a_quota_of_a_file_that_is_no_number_is_told_and_its_default_shown(server: Server) -> None:
    """Truth: authorize.conf.spec gives whole numbers and their defaults; an app's file may hold anything."""
    name = f"r{uuid.uuid4().hex[:8]}"
    conf = "/servicesNS/nobody/system/configs/conf-authorize"
    form = {"name": f"role_{name}", "srchJobsQuota": "many", "srchDiskQuota": "7"}
    assert server.ask(conf, "POST", form=form).status == 201
    role = server.ask(f"authorization/roles/{name}").entries[name]
    assert (role["srchJobsQuota"], role["srchDiskQuota"]) == (3, 7)
    assert name in server.ask("authorization/roles", count=0).entries
    told = [one["message"] for one in server.ask("messages", count=0).entries.values()]
    assert f"srchJobsQuota = many of [role_{name}] in authorize.conf is no whole number; 3 is taken." in told
    assert server.delete(f"authorization/roles/{name}").status == 200
