"""The KV store over REST: collections and their documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from generator.splunkd.call import ApiError
from generator.splunkd.confs import NOBODY
from generator.splunkd.entities import Kind, collection_routes, only
from generator.splunkd.kvstore import MAX_BATCH, selected
from generator.splunkd.replies import Attributes, Reply, feed_reply, json_reply
from generator.splunkd.routing import Route

if TYPE_CHECKING:
    from generator.splunkd.call import Call
    from generator.splunkd.instance import Instance


def _check(instance: Instance, name: str, given: dict[str, str], *, new: bool) -> dict[str, str]:
    del instance
    if new and not all(char.isalnum() or char in "_-." for char in name):
        raise ApiError(400, f"Invalid collection name: '{name}'.")
    for key, value in given.items():
        if key.startswith("accelerated_fields."):
            try:
                orjson.loads(value)
            except ValueError as error:
                raise ApiError(400, f"Invalid JSON for {key}.") from error
    return given


KIND = Kind(
    path="storage/collections/config",
    conf="collections",
    summary="KV store collections",
    attributes=Attributes(
        ("name",),
        ("disabled", "enforceTypes", "profilingEnabled", "profilingThresholdMs", "replicate", "type"),
        (r"field\..*", r"accelerated_fields\..*"),
    ),
    defaults={"disabled": "0", "enforceTypes": "false", "replicate": "0", "type": "undefined"},
    check=_check,
    strict=True,
    public=True,
)


def _place(instance: Instance, call: Call) -> tuple[str, str, str]:
    """Return owner, app and name of the collection that a request is about; a shared one has the app that it lives in.

    Raises:
        ApiError: 404.
    """
    app = instance.app_of(call.user) if call.app in {None, "-"} else str(call.app)
    owner = NOBODY if call.owner in {None, "-"} else str(call.owner)
    name = call.names["collection"]
    instance.confs.require_app(app)
    known = [one for one in instance.confs.visible("collections", "-", "-", call.user) if one.name == name]
    homes = [one.access.app for one in known if one.access.app == app or one.access.sharing == "global"]
    if not homes:
        raise ApiError(404, f"Collection {name} does not exist in the app {app}.")
    return owner, app if app in homes else homes[0], name


def _json(call: Call) -> Any:  # noqa: ANN401 - JSON
    if "json" not in call.headers.get("content-type", ""):
        raise ApiError(415, "The content type must be application/json.")
    try:
        return orjson.loads(call.body)
    except ValueError as error:
        raise ApiError(400, f"JSON in the request is invalid. ( {error} )") from error


def _query(text: str) -> Any:  # noqa: ANN401 - JSON
    if not text.strip():
        return {}
    try:
        return orjson.loads(text)
    except ValueError as error:
        raise ApiError(400, f"Invalid query: {error}") from error


def find(instance: Instance, call: Call) -> Reply:
    """Return the documents that fit `query`, with `fields`, `sort`, `skip` and `limit`."""
    found = selected(
        instance.kvstore.documents(_place(instance, call)),
        _query(call.get("query")),
        sort=call.get("sort"),
        skip=max(0, call.number("skip", 0)),
        limit=max(0, call.number("limit", 0)),
        fields=call.get("fields"),
    )
    return json_reply(found)


def insert(instance: Instance, call: Call) -> Reply:
    """Keep a new document."""
    place = _place(instance, call)
    keys = instance.kvstore.save(place, instance.kvstore.typed(place, [_json(call)]), new=True)
    return json_reply({"_key": keys[0]}, 201)


def clear(instance: Instance, call: Call) -> Reply:
    """Remove the documents that fit `query`, all without one."""
    place = _place(instance, call)
    found = selected(instance.kvstore.documents(place), _query(call.get("query")), sort="", skip=0, limit=0, fields="")
    instance.kvstore.remove(place, [str(document["_key"]) for document in found])
    return Reply(200, kind="application/json; charset=UTF-8")


def one(instance: Instance, call: Call) -> Reply:
    """Return a document."""
    found = instance.kvstore.documents(_place(instance, call)).get(call.names["key"])
    if found is None:
        raise ApiError(404, "Could not find object.")
    return json_reply(found)


def replace(instance: Instance, call: Call) -> Reply:
    """Put a document in another's place."""
    place, key = _place(instance, call), call.names["key"]
    if key not in instance.kvstore.documents(place):
        raise ApiError(404, "Could not find object.")
    document = _json(call)
    if not isinstance(document, dict):
        raise ApiError(400, "JSON in the request is invalid. ( A document must be an object. )")
    instance.kvstore.save(place, instance.kvstore.typed(place, [{**document, "_key": key}]))
    return json_reply({"_key": key})


def remove(instance: Instance, call: Call) -> Reply:
    """Remove a document."""
    place, key = _place(instance, call), call.names["key"]
    if key not in instance.kvstore.documents(place):
        raise ApiError(404, "Could not find object.")
    instance.kvstore.remove(place, [key])
    return Reply(200, kind="application/json; charset=UTF-8")


def batch_save(instance: Instance, call: Call) -> Reply:
    """Keep documents, new ones and changed ones."""
    documents = _json(call)
    if not isinstance(documents, list):
        raise ApiError(400, "JSON in the request is invalid. ( An array is expected. )")
    if len(documents) > MAX_BATCH:
        raise ApiError(400, f"The number of documents of one request is limited to {MAX_BATCH}.")
    place = _place(instance, call)
    return json_reply(instance.kvstore.save(place, instance.kvstore.typed(place, documents)))


def batch_find(instance: Instance, call: Call) -> Reply:
    """Return the documents of several queries, a list for each."""
    queries = _json(call)
    if not isinstance(queries, list) or not all(isinstance(one, dict) for one in queries):
        raise ApiError(400, "JSON in the request is invalid. ( An array of objects is expected. )")
    documents = instance.kvstore.documents(_place(instance, call))
    return json_reply(
        [
            selected(
                documents,
                query.get("query", {}),
                sort=_text(query.get("sort", "")),
                skip=_whole(query, "skip"),
                limit=_whole(query, "limit"),
                fields=_text(query.get("fields", "")),
            )
            for query in queries
        ]
    )


def _whole(query: dict[str, Any], name: str) -> int:
    value = query.get(name, 0)
    if not isinstance(value, int) or value < 0:
        raise ApiError(400, f"Invalid query: {name} takes a whole number.")
    return value


def _text(value: Any) -> str:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return ",".join(f"{name}:{sign}" for name, sign in value.items())
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def drop(instance: Instance, call: Call) -> Reply:
    """Remove a collection with its documents."""
    found = only(KIND, instance, call)
    instance.confs.delete(found)
    for owner in (NOBODY, *instance.accounts.users):
        instance.kvstore.drop((owner, found.access.app, found.name))
    return feed_reply(call, [], now=instance.clock())


_DATA = "storage/collections/data/{collection}"
ROUTES = (
    *(
        route
        for route in collection_routes(KIND)
        if not (route.path == "storage/collections/config/{name}" and route.methods == "DELETE")
    ),
    Route("DELETE", "storage/collections/config/{name}", drop, "KV store collections: remove one with its documents"),
    Route("GET", _DATA, find, "documents of a collection: `query`, `fields`, `sort`, `skip`, `limit`"),
    Route("POST", _DATA, insert, "keep a new document"),
    Route("DELETE", _DATA, clear, "remove the documents that fit `query`"),
    Route("POST", f"{_DATA}/batch_save", batch_save, "keep documents, new ones and changed ones"),
    Route("POST", f"{_DATA}/batch_find", batch_find, "documents of several queries"),
    Route("GET", f"{_DATA}/{{key}}", one, "a document"),
    Route("POST PUT", f"{_DATA}/{{key}}", replace, "put a document in another's place"),
    Route("DELETE", f"{_DATA}/{{key}}", remove, "remove a document"),
)
