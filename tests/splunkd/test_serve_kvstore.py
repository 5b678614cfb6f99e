"""The KV store: collections, documents, queries; searches see the documents as a lookup.

Truth: REST API Reference, "KV store endpoints"; splunklib.client.KVStoreCollectionData.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from running import start_server, stop_server
from splunklib.binding import HTTPError

if TYPE_CHECKING:
    from pathlib import Path

    import splunklib.client as sdk
    from running import Server


@pytest.fixture
def collection(server: Server) -> sdk.KVStoreCollection:
    service = server.sdk(owner="nobody", app="search")
    name = f"k{uuid.uuid4().hex[:8]}"
    service.kvstore.create(name, fields={"n": "number", "word": "string"})
    return service.kvstore[name]


def test_a_collection_is_described(server: Server, collection: sdk.KVStoreCollection) -> None:
    assert collection["field.n"] == "number"
    collection.update_field("more", "bool")
    collection.update_accelerated_field("by_n", {"n": -1})
    again = server.sdk(owner="nobody", app="search").kvstore[collection.name]
    assert again["field.more"] == "bool"
    assert again["accelerated_fields.by_n"] == {"n": -1}
    own = server.sdk(owner="admin", app="search")
    with pytest.raises(HTTPError):
        own.get("storage/collections/config", owner="admin", app="search")
    collection.delete()
    with pytest.raises(KeyError):
        server.sdk(owner="nobody", app="search").kvstore[collection.name]


def test_documents_are_kept_found_and_removed(collection: sdk.KVStoreCollection) -> None:
    data = collection.data
    key = data.insert({"n": 1, "word": "one"})["_key"]
    assert data.query_by_id(key)["word"] == "one"
    assert data.insert({"_key": "own", "n": 2})["_key"] == "own"
    with pytest.raises(HTTPError) as caught:
        data.insert({"_key": "own"})
    assert caught.value.status == 409
    data.update("own", json.dumps({"n": 3, "word": "three"}))
    assert data.query_by_id("own") == {"_key": "own", "_user": "nobody", "n": 3, "word": "three"}
    assert data.batch_save({"_key": "own", "n": 4}, {"_key": "new", "n": 5}) == ["own", "new"]
    assert data.query_by_id("own")["n"] == 4
    data.delete_by_id("own")
    with pytest.raises(HTTPError) as caught:
        data.query_by_id("own")
    assert caught.value.status == 404
    data.delete(query=json.dumps({"n": 5}))
    assert len(data.query()) == 1
    data.delete()
    assert data.query() == []


QUERIES: list[tuple[dict[str, Any], list[int]]] = [
    ({"n": 2}, [2]),
    ({"n": {"$gt": 3}}, [4, 5]),
    ({"n": {"$gte": 2, "$lt": 4}}, [2, 3]),
    ({"n": {"$ne": 1}}, [2, 3, 4, 5]),
    ({"n": {"$in": [1, 5]}}, [1, 5]),
    ({"n": {"$nin": [1, 5]}}, [2, 3, 4]),
    ({"$or": [{"n": 1}, {"word": "w4"}]}, [1, 4]),
    ({"$and": [{"n": {"$lte": 2}}, {"even": True}]}, [2]),
    ({"$nor": [{"even": True}, {"n": 1}]}, [3, 5]),
    ({"word": {"$regex": "^w[34]"}}, [3, 4]),
    ({"n": {"$not": {"$gt": 2}}}, [1, 2]),
    ({"only": {"$exists": True}}, [5]),
    ({"deep.x": 3}, [3]),
    ({"many": "m2"}, [1, 2]),
    ({"even": 1}, []),
    ({}, [1, 2, 3, 4, 5]),
]


def _fill(data: Any) -> None:
    for n in range(1, 6):
        document: dict[str, Any] = {
            "n": n,
            "word": f"w{n}",
            "even": n % 2 == 0,
            "deep": {"x": n},
            "many": [f"m{n}", f"m{n + 1}"],
        }
        if n == 5:
            document["only"] = "here"
        data.insert(document)


def test_texts_become_what_their_field_is(collection: sdk.KVStoreCollection) -> None:
    collection.update_field("on", "bool")
    collection.data.insert({"n": "7", "word": "8", "on": "true", "other": "9"})
    found = collection.data.query(query={"n": {"$gt": 6}}, fields="n,word,on,other,_id:0")
    assert found == [{"n": 7, "word": "8", "on": True, "other": "9"}]
    assert collection.data.insert({"n": "many"})


def test_queries(collection: sdk.KVStoreCollection) -> None:
    _fill(collection.data)
    for query, wanted in QUERIES:
        assert sorted(one["n"] for one in collection.data.query(query=query)) == wanted, query
    found = collection.data.batch_find(*({"query": query} for query, _ in QUERIES[:3]))
    assert [sorted(one["n"] for one in part) for part in found] == [wanted for _, wanted in QUERIES[:3]]


def test_order_pages_and_fields(collection: sdk.KVStoreCollection) -> None:
    data = collection.data
    _fill(data)
    assert [one["n"] for one in data.query(sort="n:-1")] == [5, 4, 3, 2, 1]
    assert [one["n"] for one in data.query(sort="even:-1,n:1")] == [2, 4, 1, 3, 5]
    assert [one["n"] for one in data.query(sort="n", skip=1, limit=2)] == [2, 3]
    assert data.query(query={"n": 1}, fields="n,_key:0") == [{"n": 1}]
    assert set(data.query(query={"n": 1}, fields="n:0")[0]) == {"_key", "_user", "word", "even", "deep", "many"}


@pytest.mark.parametrize("query", ['{"n": {"$where": "1"}}', '{"$text": "x"}', "[1]", "{bad", '{"w": {"$regex": "("}}'])
def test_queries_that_are_not_understood_are_refused(collection: sdk.KVStoreCollection, query: str) -> None:
    with pytest.raises(HTTPError) as caught:
        collection.data.query(query=query)
    assert caught.value.status == 400


def test_bad_documents_and_collections(server: Server, collection: sdk.KVStoreCollection) -> None:
    path = f"/servicesNS/nobody/search/storage/collections/data/{collection.name}"
    header = {"Content-Type": "application/json"}
    assert server.ask(path, "POST", body=b"{bad", headers=header).status == 400
    assert server.ask(path, "POST", body=b"[1]", headers=header).status == 400
    assert server.ask(path, "POST", body=b"{}", headers={"Content-Type": "text/plain"}).status == 415
    assert server.ask(f"{path}/batch_save", "POST", body=b"{}", headers=header).status == 400
    many = json.dumps([{"n": n} for n in range(1001)]).encode()
    assert server.ask(f"{path}/batch_save", "POST", body=many, headers=header).status == 400
    assert server.ask("/servicesNS/nobody/search/storage/collections/data/no_such").status == 404
    assert server.ask(path, "POST", body=json.dumps({"a": 1}).encode(), headers=header, owner=None).status == 201


def test_searches_see_documents_as_a_lookup(server: Server, collection: sdk.KVStoreCollection) -> None:
    name = collection.name
    form = {"name": f"{name}_lookup", "external_type": "kvstore", "collection": name, "fields_list": "_key,n,word"}
    assert server.ask("/servicesNS/nobody/search/configs/conf-transforms", "POST", form=form).status == 201
    collection.data.insert({"n": 7, "word": "seven"})
    assert server.rows(f"| inputlookup {name}_lookup | table n word") == [{"n": "7", "word": "seven"}]
    collection.data.insert({"n": 8, "word": "eight"})
    assert len(server.rows(f"| inputlookup {name}_lookup")) == 2


def test_what_searches_write_is_what_requests_read_and_change(
    server: Server, collection: sdk.KVStoreCollection
) -> None:
    """Truth: Knowledge Manager Manual, "Define a KV Store lookup": one store, read and written by REST and by the lookup commands."""
    name = collection.name
    lookup = f"{name}_lookup"
    form = {"name": lookup, "external_type": "kvstore", "collection": name, "fields_list": "_key,n,word"}
    assert server.ask("/servicesNS/nobody/search/configs/conf-transforms", "POST", form=form).status == 201
    data = collection.data
    first = {"_key": "rest", "n": 1, "word": "one", "deep": {"x": [1, True]}}
    data.insert(first)

    server.rows(f'| makeresults | eval n="2", word="two" | table n word | outputlookup append=t {lookup}')
    documents = {one["word"]: one for one in data.query()}
    assert documents["one"] == {**first, "_user": "nobody"}
    assert documents["two"]["n"] == 2  # the collection says that it is a number
    key = documents["two"]["_key"]
    assert key
    assert server.rows(f'| makeresults | eval word="two" | lookup {lookup} word OUTPUT n _key AS k | table n k') == [
        {"n": "2", "k": key}
    ]

    data.update(key, json.dumps({"n": 3, "word": "three"}))
    assert server.rows(f"| inputlookup {lookup} where word=three | table n") == [{"n": "3"}]

    server.rows(f'| inputlookup {lookup} | eval word=if(_key="rest", "uno", word) | outputlookup {lookup}')
    assert data.query_by_id("rest") == {**first, "word": "uno", "_user": "nobody"}
    assert data.query_by_id(key)["word"] == "three"

    server.rows(f'| makeresults | eval _key="rest", n=9 | table _key n | outputlookup key_field=_key append=t {lookup}')
    assert data.query_by_id("rest")["n"] == 9
    server.rows(f"| inputlookup {lookup} where n=3 | outputlookup {lookup}")
    assert [one["_key"] for one in data.query()] == [key]
    data.delete()
    assert server.rows(f"| inputlookup {lookup}") == []
    server.rows(f"| makeresults count=2 | eval n=5 | table n | outputlookup {lookup}")
    assert [one["n"] for one in data.query()] == [5, 5]
    server.rows(f"| inputlookup {lookup} | head 1 | outputlookup {lookup}")
    assert [one["n"] for one in data.query()] == [5]
    server.rows(f"| inputlookup {lookup} where n=0 | outputlookup {lookup}")
    assert data.query() == []


def test_what_a_user_keeps_for_itself_is_not_what_all_see(server: Server, collection: sdk.KVStoreCollection) -> None:
    name, header = collection.name, {"Content-Type": "application/json"}
    collection.data.insert({"n": 1})
    path = f"/servicesNS/admin/search/storage/collections/data/{name}"
    assert server.ask(path, "POST", body=b'{"n": 2}', headers=header).status == 201
    assert [one["n"] for one in server.ask(path).json] == [2]
    assert [one["n"] for one in collection.data.query()] == [1]
    assert server.rows(f"| inputlookup {name}.csv | table n") == [{"n": "1"}]


def test_a_shared_collection_is_the_same_from_every_app(server: Server, collection: sdk.KVStoreCollection) -> None:
    collection.data.insert({"n": 1})
    config = f"/servicesNS/nobody/search/storage/collections/config/{collection.name}"
    form = {"sharing": "global", "owner": "nobody"}
    assert server.ask(f"{config}/acl", "POST", form=form).status == 200
    found = server.ask(f"/servicesNS/nobody/launcher/storage/collections/data/{collection.name}")
    assert [one["n"] for one in found.json] == [1]


@pytest.mark.parametrize("query", [{"skip": "x"}, {"limit": -1}, {"limit": None}])
def test_pages_of_several_queries_are_whole_numbers(
    server: Server, collection: sdk.KVStoreCollection, query: dict[str, object]
) -> None:
    path = f"/servicesNS/nobody/search/storage/collections/data/{collection.name}/batch_find"
    header = {"Content-Type": "application/json"}
    assert server.ask(path, "POST", body=json.dumps([query]).encode(), headers=header).status == 400


def test_an_app_takes_its_documents_along(server: Server) -> None:
    app, header = f"a{uuid.uuid4().hex[:8]}", {"Content-Type": "application/json"}
    config = f"/servicesNS/nobody/{app}/storage/collections/config"
    data = f"/servicesNS/nobody/{app}/storage/collections/data/own"
    for _ in range(2):
        assert server.post("apps/local", name=app).status == 201
        assert server.ask(config, "POST", form={"name": "own"}).status == 201
        assert server.ask(data).json == []
        assert server.ask(data, "POST", body=b'{"n": 1}', headers=header).status == 201
        assert server.delete(f"apps/local/{app}").status == 200
    assert not (server.folder / "var" / "kvstore" / app).exists()
    server.delete("messages/restart_required")


def test_a_table_that_an_app_brings_fills_a_collection(tmp_path: Path) -> None:
    """Truth: docs/serve.md, "What differs from Splunk"; keys are the same at each start until somebody writes."""
    folder = tmp_path / "filled"
    (folder / "default").mkdir(parents=True)
    (folder / "lookups").mkdir()
    (folder / "default" / "collections.conf").write_text("[people]\nfield.n = number\n")
    (folder / "default" / "transforms.conf").write_text(
        "[people_lookup]\nexternal_type = kvstore\ncollection = people\nfields_list = _key, n, who\n"
    )
    (folder / "lookups" / "people.csv").write_text("n,who\n1,ann\n2,bob\n")
    data = "/servicesNS/nobody/filled/storage/collections/data/people"
    server = start_server(tmp_path / "data", "--no-tls", "--app", str(folder))
    try:
        first = server.ask(data).json
        assert [(one["n"], one["who"]) for one in first] == [(1, "ann"), (2, "bob")]
        assert server.end() == 0
        server = start_server(tmp_path / "data", "--no-tls", "--app", str(folder))
        assert server.ask(data).json == first
        server.rows("| inputlookup people_lookup where who=bob | eval n=3 | outputlookup people_lookup append=t")
        server.rows("| inputlookup people_lookup where n>1 | outputlookup people_lookup")
        assert sorted((one["n"], one["who"]) for one in server.ask(data).json) == [(2, "bob"), (3, "bob")]
        assert (folder / "lookups" / "people.csv").read_text() == "n,who\n1,ann\n2,bob\n"
        assert server.end() == 0
        server = start_server(tmp_path / "data", "--no-tls", "--app", str(folder))
        assert len(server.ask(data).json) == 2
        assert len(server.rows("| inputlookup people_lookup")) == 2
    finally:
        stop_server(server)
