"""Conf files, macros, event types, lookups and single settings over REST, in namespaces; the engine sees each change.

Truth: REST API Reference, "Configuration endpoints", "Knowledge endpoints"; splunklib.client.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
import splunklib.client as sdk
from running import rows_of
from splunklib.binding import HTTPError

if TYPE_CHECKING:
    from running import Server


def _name() -> str:
    return f"x{uuid.uuid4().hex[:8]}"


def test_macros_are_made_changed_shared_and_used(service: sdk.Service) -> None:
    name = _name()
    macro = service.macros.create(f"{name}(2)", "eval sum=$a$+$b$", args="a,b")
    assert macro.definition == "eval sum=$a$+$b$"
    assert macro.args == "a,b"
    assert macro.access.owner == "admin"
    assert macro.access.sharing == "user"

    def run() -> str:
        return str(
            rows_of(service.jobs.oneshot(f"| makeresults | `{name}(12,34)` | table sum", output_mode="json"))[0]["sum"]
        )

    assert run() == "46"
    macro.update(definition="eval sum=$a$*$b$").refresh()
    assert run() == "408"
    macro.acl_update(sharing="app", owner="admin", app="search", **{"perms.read": "admin, power"})
    assert macro.access.sharing == "app"
    assert macro.access.perms.read == ["admin", "power"]
    assert run() == "408"
    macro.disable()
    assert macro.refresh()["disabled"] == "1"
    with pytest.raises(HTTPError):
        run()
    macro.enable()
    assert run() == "408"
    service.macros.delete(f"{name}(2)")
    with pytest.raises(HTTPError):
        run()


def test_a_macros_validation_refuses_a_search(service: sdk.Service) -> None:
    """Truth: macros.conf.spec, `validation` and `errormsg`."""
    name = _name()
    service.macros.create(f"{name}(1)", "eval n=$n$", args="n", validation="isnum($n$)", errormsg="n must be a number")
    assert rows_of(service.jobs.oneshot(f"| makeresults | `{name}(7)` | table n", output_mode="json")) == [{"n": "7"}]
    with pytest.raises(HTTPError, match="n must be a number"):
        service.jobs.create(f"| makeresults | `{name}(x)`")


def test_sharing_an_object_needs_to_know_which(service: sdk.Service, server: Server) -> None:
    name = _name()
    server.post("apps/local", name=f"{name}app")
    for app in ("search", f"{name}app"):
        service.macros.create(name, "head 1", owner="nobody", app=app, sharing="app")
    form = {"sharing": "global", "owner": "nobody"}
    answer = server.ask(f"/servicesNS/-/-/admin/macros/{name}/acl", "POST", form=form)
    assert answer.status == 400
    assert "give owner and app" in answer.text
    form["perms.read"] = "a\0b"
    answer = server.ask(f"/servicesNS/nobody/search/admin/macros/{name}/acl", "POST", form=form)
    assert answer.status == 400
    assert "cannot be stored" in answer.text


def test_a_stanza_is_read_anew(server: Server) -> None:
    name = _name()
    form = {"name": name, "definition": "head 1"}
    assert server.ask("/servicesNS/nobody/search/admin/macros", "POST", form=form).status == 201
    file = server.folder / "etc" / "apps" / "search" / "local" / "macros.conf"
    file.write_text(file.read_text().replace(f"[{name}]\ndefinition = head 1", f"[{name}]\ndefinition = head 2"))
    path = f"/servicesNS/nobody/search/admin/macros/{name}"
    assert "head 1" in server.ask(path).text
    assert "head 2" in server.ask(f"{path}/_reload", "POST").text


def test_the_same_name_for_two_owners_and_apps(service: sdk.Service, server: Server) -> None:
    name = _name()
    server.post("apps/local", name=f"{name}app")
    everywhere = server.sdk(owner="-", app="-")
    one = sdk.namespace(owner="admin", app="search", sharing="user")
    other = sdk.namespace(owner="nobody", app=f"{name}app", sharing="app")
    service.saved_searches.create(name, "search one", **one)
    service.saved_searches.create(name, "search two", **other)
    with pytest.raises(sdk.AmbiguousReferenceException):
        everywhere.saved_searches[name]
    assert everywhere.saved_searches[name, one]["search"] == "search one"
    assert everywhere.saved_searches[name, other]["search"] == "search two"
    assert service.saved_searches[name]["search"] == "search one"
    service.saved_searches.delete(name, **one)
    service.saved_searches.delete(name, **other)
    assert name not in everywhere.saved_searches


def test_event_types(service: sdk.Service, server: Server) -> None:
    name = _name()
    index = server.index()
    server.hec("/event", b'{"event":"kind=special n=1"}{"event":"kind=plain n=2"}', server.token(index))
    made = service.event_types.create(name, search=f"index={index} kind=special", description="about", priority="3")
    assert made["priority"] == "3"
    assert server.rows(f"search index={index} eventtype={name} | table n") == [{"n": "1"}]
    made.disable()
    assert made.refresh()["disabled"] == "1"
    made.enable()
    made.update(search=f"index={index} kind=plain")
    assert server.rows(f"search index={index} eventtype={name} | table n") == [{"n": "2"}]
    with pytest.raises(HTTPError):
        service.event_types.create(_name(), search="x", nonsense="y")
    service.event_types.delete(name)
    assert name not in service.event_types


def test_conf_files_and_stanzas(server: Server) -> None:
    server.post("apps/local", name="conf_app")
    service = server.sdk(owner="nobody", app="conf_app")
    name = f"c{uuid.uuid4().hex[:6]}"
    assert name not in service.confs
    conf = service.confs.create(name)
    assert name in service.confs
    assert len(conf) == 0
    stanza = conf.create("first stanza", key="value")
    assert len(stanza) >= 1
    assert stanza["key"] == "value"
    stanza.submit({"key": "changed", "other": "two\nlines"})
    stanza.refresh()
    assert stanza["key"] == "changed"
    assert stanza["other"] == "two\nlines"
    assert [one.name for one in conf.list()] == ["first stanza"]
    with pytest.raises(HTTPError) as caught:
        conf.create("first stanza")
    assert caught.value.status == 409
    conf.delete("first stanza")
    assert "first stanza" not in conf
    with pytest.raises(HTTPError) as caught:
        conf.create("bad]\nstanza")
    assert caught.value.status == 400


def test_single_settings(server: Server) -> None:
    path = "/servicesNS/nobody/Splunk_SA_CIM/properties/datamodels/Web/acceleration"
    assert server.ask(path, "POST", form={"value": "true"}).status == 200
    assert server.ask(path).text == "true"
    assert (
        server.ask("/servicesNS/nobody/Splunk_SA_CIM/configs/conf-datamodels").entries["Web"]["acceleration"] == "true"
    )
    assert server.post("properties/authorize/default/deleteIndexesAllowed", value="a;b").status == 200
    assert server.ask("properties/authorize/default/deleteIndexesAllowed").text == "a;b"
    assert server.post("properties/limits", __stanza="made_here").status == 201
    assert server.post("properties/limits/made_here", a="1", b="2").status == 200
    assert server.ask("properties/limits/made_here", count=0).entries["a"]["value"] == "1"
    assert "made_here" in server.ask("properties/limits", count=0).entries
    assert "limits" in server.ask("properties", count=0).entries
    for missing in ("no_such_file", "limits/no_such_stanza", "limits/made_here/no_such_key"):
        assert server.ask(f"properties/{missing}").status == 404
    assert server.post("properties", __conf="../etc").status == 400


def test_search_time_settings_count_at_once(server: Server) -> None:
    index = server.index()
    server.hec("/event", b'{"event":"colour is red","sourcetype":"paint"}', server.token(index))
    search = f"search index={index} | table colour shade"
    assert server.rows(search) == [{}]
    form = {"name": "paint", "EXTRACT-colour": r"colour is (?<colour>\w+)", "EVAL-shade": "upper(colour)"}
    assert server.ask("/servicesNS/nobody/search/configs/conf-props", "POST", form=form).status == 201
    assert server.rows(search) == [{"colour": "red", "shade": "RED"}]


def test_lookup_definitions_and_transforms(server: Server) -> None:
    name = _name()
    server.rows(f'| makeresults | eval k="a", v="b" | table k v | outputlookup {name}.csv')
    assert server.post("data/transforms/lookups", name=name, filename=f"{name}.csv").status == 201
    assert server.rows(f'| makeresults | eval k="a" | lookup {name} k OUTPUT v | table v') == [{"v": "b"}]
    assert name in server.ask("data/transforms/lookups", count=0).entries
    assert name not in server.ask("data/transforms/extractions", count=0).entries
    assert server.post("data/transforms/extractions", name=f"{name}x", REGEX="(a)").status == 201
    assert server.delete(f"data/transforms/lookups/{name}").status == 200
    assert server.ask(f"data/transforms/lookups/{name}").status == 404


def test_paging_sorting_and_searching_of_lists(service: sdk.Service, server: Server) -> None:
    begin = _name()
    for number, letter in enumerate("cab"):
        server.post("configs/conf-macros", name=f"{begin}{letter}", definition=str(number))
    found = service.macros.list(search=f"name={begin}*")
    assert [one.name[-1] for one in found] == ["a", "b", "c"]
    assert [one.name[-1] for one in service.macros.list(search=f"{begin}", sort_dir="desc")] == ["c", "b", "a"]
    assert [one.name[-1] for one in service.macros.list(search=begin, sort_key="definition", sort_mode="num")] == [
        "c",
        "a",
        "b",
    ]
    assert [one.name[-1] for one in service.macros.list(search=begin, count=1, offset=1)] == ["b"]
    assert [one.name[-1] for one in service.macros.iter(search=begin, pagesize=1)] == ["a", "b", "c"]
    assert [one.name[-1] for one in service.macros.list(search=f"name={begin}a OR name={begin}c")] == ["a", "c"]
    assert [one.name[-1] for one in service.macros.list(search=f"{begin} NOT name=*b")] == ["a", "c"]
    assert server.ask("configs/conf-macros", sort_mode="odd").status == 400
    paging = server.ask("configs/conf-macros", search=begin, count=2).json["paging"]
    assert paging == {"total": 3, "perPage": 2, "offset": 0}
    only = server.ask("configs/conf-macros", search=begin, f="definition").entries[f"{begin}a"]
    assert set(only) == {"definition", "eai:acl"}


def test_entries_say_what_they_take(service: sdk.Service) -> None:
    meta = service.saved_searches.itemmeta()
    assert "search" in meta.fields.required
    assert r"action\..*" in meta.fields.wildcard
    index = service.indexes["main"]
    assert "maxTotalDataSizeMB" in index.fields.optional


def test_an_object_moves_to_another_app(server: Server) -> None:
    name = _name()
    server.post("apps/local", name=f"{name}app")
    server.ask("/servicesNS/nobody/search/saved/searches", "POST", form={"name": name, "search": "x"})
    path = f"/servicesNS/nobody/search/saved/searches/{name}"
    assert server.ask(f"{path}/move", "POST", form={"app": f"{name}app", "user": "nobody"}).status == 200
    assert server.ask(path).status == 404
    assert server.ask(f"/servicesNS/nobody/{name}app/saved/searches/{name}").status == 200


def test_names_with_slashes_and_blanks(service: sdk.Service) -> None:
    for name in ("a/b c", "50% + more", "ünï ☃", "semi;colon&amp"):
        made = service.saved_searches.create(name, "search x")
        assert made.name == name
        assert service.saved_searches[name]["search"] == "search x"
        made.update(search="search y").refresh()
        assert made["search"] == "search y"
        service.saved_searches.delete(name)
        assert name not in service.saved_searches
