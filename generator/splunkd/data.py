"""Indexes, tokens of the event collector, and other ways in: one event, a stream, a file on the server."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from generator.base.diagnostics import DatasetError
from generator.splunkd.builtin import INDEXES
from generator.splunkd.call import ApiError, boolean, is_true
from generator.splunkd.confs import SYSTEM
from generator.splunkd.entities import Kind, collection_routes, entry, find
from generator.splunkd.listing import listed
from generator.splunkd.replies import Attributes, Entry, feed_reply, stamp
from generator.splunkd.routing import Route

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from generator.splunkd.call import Call
    from generator.splunkd.confs import ConfObject
    from generator.splunkd.instance import Instance
    from generator.splunkd.replies import Reply, Value

_INDEX_NAME = re.compile(r"[a-z0-9_][a-z0-9_-]{0,79}")
TOKEN_APP = "splunk_httpinput"  # noqa: S105 - the name of an app, no secret

# --- indexes ---------------------------------------------------------------------------------------------------------


def _check_index(instance: Instance, name: str, given: dict[str, str], *, new: bool) -> dict[str, str]:
    del instance
    if new and (not _INDEX_NAME.fullmatch(name) or name.startswith("_") or "kvstore" in name):
        raise ApiError(
            400,
            f"Invalid index name '{name}': lower-case letters, digits, underscores and hyphens are allowed, and it "
            "must not begin with an underscore or a hyphen.",
        )
    for key in ("maxTotalDataSizeMB", "frozenTimePeriodInSecs", "maxWarmDBCount"):
        if key in given and not given[key].isdecimal():
            raise ApiError(400, f"Invalid value '{given[key]}' for the argument '{key}': a whole number is expected.")
    return given


def _shown_index(instance: Instance, found: ConfObject) -> dict[str, Value]:
    name, events = found.name, instance.events
    low, high = events.times.get(name, (0.0, 0.0))
    count = events.counts[name]
    return {
        "assureUTF8": False,
        "coldPath": f"$SPLUNK_DB/{name}/colddb",
        "currentDBSizeMB": max(1, events.sizes[name] // 2**20),
        "defaultDatabase": "main",
        "homePath": f"$SPLUNK_DB/{name}/db",
        "isInternal": name.startswith("_"),
        "isReady": True,
        "isVirtual": False,
        "maxTime": stamp(high) if count else "",
        "minTime": stamp(low) if count else "",
        "sync": False,
        "thawedPath": f"$SPLUNK_DB/{name}/thaweddb",
        "totalEventCount": count,
    }


INDEXES_KIND = Kind(
    path="data/indexes",
    conf="indexes",
    summary="indexes",
    home=SYSTEM,
    attributes=Attributes(
        ("name",),
        (
            "assureUTF8",
            "blockSignSize",
            "bucketRebuildMemoryHint",
            "coldPath",
            "coldToFrozenDir",
            "coldToFrozenScript",
            "datatype",
            "enableOnlineBucketRepair",
            "frozenTimePeriodInSecs",
            "homePath",
            "maxBloomBackfillBucketAge",
            "maxConcurrentOptimizes",
            "maxDataSize",
            "maxHotBuckets",
            "maxHotIdleSecs",
            "maxHotSpanSecs",
            "maxMemMB",
            "maxMetaEntries",
            "maxTimeUnreplicatedNoAcks",
            "maxTimeUnreplicatedWithAcks",
            "maxTotalDataSizeMB",
            "maxWarmDBCount",
            "minRawFileSyncSecs",
            "minStreamGroupQueueSize",
            "partialServiceMetaPeriod",
            "processTrackerServiceInterval",
            "quarantineFutureSecs",
            "quarantinePastSecs",
            "rawChunkSizeBytes",
            "repFactor",
            "rotatePeriodInSecs",
            "serviceMetaPeriod",
            "syncMeta",
            "thawedPath",
            "throttleCheckPeriod",
            "tstatsHomePath",
            "warmToColdScript",
        ),
    ),
    strict=True,
    check=_check_index,
    shown=_shown_index,
)


async def remove_index(instance: Instance, call: Call) -> Reply:
    """Remove an index with its events."""
    found = find(INDEXES_KIND, instance, call)[0]
    if found.name in INDEXES:
        raise ApiError(400, f"Cannot remove the index '{found.name}': it is part of every server.")
    instance.confs.delete(found)
    await instance.searcher.remove_index(found.name)
    return feed_reply(call, [], now=instance.clock())


async def change_index(instance: Instance, call: Call) -> Reply:
    """Change an index; with the size and age that `Index.clean` of the SDK sets (both 1), its events go."""
    found = find(INDEXES_KIND, instance, call)[0]
    given = {key: values[-1] for key, values in call.given().items() if key not in {"output_mode", "name"}}
    for key in given:
        if key not in INDEXES_KIND.attributes.optional and key != "disabled":
            raise ApiError(400, f'Argument "{key}" is not supported by this handler.')
    found = instance.confs.update(found, _check_index(instance, found.name, given, new=False))
    if found.settings.get("frozenTimePeriodInSecs") == "1" and found.settings.get("maxTotalDataSizeMB") == "1":
        await instance.searcher.remove_index(found.name)
    return feed_reply(call, [entry(INDEXES_KIND, instance, call, found)], now=instance.clock())


def roll(instance: Instance, call: Call) -> Reply:
    """Do nothing: there are no buckets."""
    found = find(INDEXES_KIND, instance, call)[0]
    return feed_reply(call, [entry(INDEXES_KIND, instance, call, found)], now=instance.clock())


# --- tokens of the event collector -----------------------------------------------------------------------------------


def _check_token(instance: Instance, name: str, given: dict[str, str], *, new: bool) -> dict[str, str]:
    del name
    known = instance.indexes()
    listed_indexes = [one.strip() for one in given.get("indexes", "").split(",") if one.strip()]
    for index in [*listed_indexes, *([given["index"]] if given.get("index") else [])]:
        if index not in known:
            raise ApiError(400, f"The index '{index}' does not exist.")
    if new:
        given.setdefault("token", str(uuid.uuid4()))
    token = given.get("token")
    if token is not None:
        if not re.fullmatch(r"[A-Za-z0-9-]{1,128}", token):
            raise ApiError(400, "A token is made of letters, digits and hyphens.")
        others = [one for one in instance.confs.objects("inputs") if one.settings.get("token") == token]
        if others and new:
            raise ApiError(400, "The token is in use already.")
    return given


def _is_token(found: ConfObject) -> bool:
    return found.name.startswith("http://")


_TOKEN_FIELDS = (
    "allowQueryStringAuth",
    "connection_host",
    "description",
    "disabled",
    "host",
    "index",
    "indexes",
    "outputgroup",
    "queueSize",
    "source",
    "sourcetype",
    "token",
    "useACK",
)
TOKENS_KIND = Kind(
    path="data/inputs/http",
    conf="inputs",
    summary="tokens of the event collector",
    prefix="http://",
    home=TOKEN_APP,
    attributes=Attributes(("name",), _TOKEN_FIELDS),
    defaults={
        "disabled": "0",
        "host": "localhost",
        "index": "default",
        "indexes": "",
        "useACK": "0",
        "sourcetype": "",
        "source": "",
    },
    booleans=frozenset({"disabled", "useACK", "allowQueryStringAuth"}),
    strict=True,
    check=_check_token,
    selects=_is_token,
)


def settings_of_collector(instance: Instance, call: Call) -> Reply:
    """Return or change what holds for the whole event collector."""
    found = instance.confs.find("inputs", "http", "-", "-", call.user)[-1]
    if call.method == "POST":
        given = {key: values[-1] for key, values in call.given().items() if key != "output_mode"}
        for key in given:
            if key not in {
                "disabled",
                "enableSSL",
                "port",
                "dedicatedIoThreads",
                "useDeploymentServer",
                "index",
                "sourcetype",
            }:
                raise ApiError(400, f'Argument "{key}" is not supported by this handler.')
        if "disabled" in given:
            given["disabled"] = "1" if boolean(given["disabled"], "disabled") else "0"
        if "enableSSL" in given and boolean(given["enableSSL"], "enableSSL") != call.base.startswith("https"):
            raise ApiError(400, "TLS is chosen when the server starts: `contentpack serve` with or without --no-tls.")
        if given.get("port") not in {None, str(instance.addresses["hec"])}:
            raise ApiError(400, "The port is chosen when the server starts: `contentpack serve --hec-port`.")
        found = instance.confs.update(found, given)
    return _collector_reply(instance, call, found)


def switch_collector(instance: Instance, call: Call) -> Reply:
    """Switch the whole event collector on or off."""
    found = instance.confs.find("inputs", "http", "-", "-", call.user)[-1]
    found = instance.confs.update(found, {"disabled": "0" if call.path[-1] == "enable" else "1"})
    return _collector_reply(instance, call, found)


def _collector_reply(instance: Instance, call: Call, found: ConfObject) -> Reply:
    content: dict[str, Value] = {
        **found.settings,
        "port": str(instance.addresses["hec"]),
        "disabled": is_true(found.settings.get("disabled")),
        "enableSSL": call.base.startswith("https"),
    }
    return feed_reply(call, [Entry("http", "data/inputs/http", content)], now=instance.clock())


def kinds_of_inputs(instance: Instance, call: Call) -> Reply:
    """Return the kinds of inputs that there are."""
    entries = [Entry(name, "data/inputs", {}, links=("list", "create")) for name in ("http", "oneshot")]
    return listed(call, entries, now=instance.clock())


def no_inputs(instance: Instance, call: Call) -> Reply:
    """Return that there is none of a kind."""
    return listed(call, [], now=instance.clock())


# --- other ways in ---------------------------------------------------------------------------------------------------


def _index(instance: Instance, call: Call) -> str:
    index = call.get("index") or "main"
    if index not in instance.indexes():
        raise ApiError(400, f"Index '{index}' does not exist or is disabled.")
    return index


async def simple(instance: Instance, call: Call) -> Reply:
    """Index the body as one event, or as the rules of its sourcetype break it."""
    if not call.body.strip():
        raise ApiError(400, "The request has no body.")
    if instance.events.full(len(call.body)):
        raise ApiError(503, "The server holds as many events as it may.")
    index = _index(instance, call)
    sourcetype = call.get("sourcetype") or "www"
    source = call.get("source") or "www"
    host = call.get("host") or "localhost"
    await instance.searcher.index_text(call.body, sourcetype=sourcetype, source=source, host=host, index=index)
    content: dict[str, Value] = {
        "_index": index,
        "bytes": len(call.body),
        "host": host,
        "source": source,
        "sourcetype": sourcetype,
    }
    return feed_reply(call, [Entry("simple", "receivers", content)], now=instance.clock())


async def stream(instance: Instance, call: Call) -> Reply:
    """Index the body as the rules of its sourcetype break it."""
    await simple(instance, call)
    return feed_reply(call, [], status=204, now=instance.clock())


def stream_writer(instance: Instance, call: Call) -> Callable[[bytes], Awaitable[int]]:
    """Return what indexes text that comes bit by bit with the metadata of one request.

    Raises:
        ApiError: 400 for an index that there is not.
    """
    index = _index(instance, call)
    sourcetype = call.get("sourcetype") or "www"
    source = call.get("source") or "www"
    host = call.get("host") or "localhost"

    async def write(block: bytes) -> int:
        if instance.events.full(len(block)):
            raise ApiError(503, "The server holds as many events as it may.")
        return await instance.searcher.index_text(block, sourcetype=sourcetype, source=source, host=host, index=index)

    return write


def _file(instance: Instance, name: str) -> Path:
    """Return a file of the server's machine.

    Raises:
        ApiError: 400 where there is none, 503 where there is no room for it.
    """
    path = Path(name)
    if not name or not path.is_absolute():
        raise ApiError(400, "The argument 'name' must be the absolute path of a file on the server.")
    if not path.is_file():
        raise ApiError(400, f"In handler 'oneshotinput': unable to open file='{name}'.")
    if instance.events.full(path.stat().st_size):
        raise ApiError(503, "The server holds as many events as it may.")
    return path


async def oneshot(instance: Instance, call: Call) -> Reply:
    """Index a file of the server's machine; only an administrator may, since it reads what the server can read."""
    name = call.get("name")
    path = _file(instance, name)
    index = _index(instance, call)
    try:
        await instance.searcher.index_text(
            path,
            sourcetype=call.find("sourcetype"),
            source=call.find("rename-source") or call.find("source"),
            host=call.get("host") or "localhost",
            index=index,
        )
    except DatasetError as error:
        raise ApiError(400, str(error)) from error
    return feed_reply(call, [Entry(name, "data/inputs/oneshot", {"index": index})], status=201, now=instance.clock())


ROUTES = (
    *(
        route
        for route in collection_routes(INDEXES_KIND)
        if not (route.path == "data/indexes/{name}" and route.methods in {"DELETE", "POST"})
    ),
    Route("DELETE", "data/indexes/{name}", remove_index, "indexes: remove one with its events"),
    Route("POST", "data/indexes/{name}", change_index, "indexes: change one"),
    Route("POST", "data/indexes/{name}/roll-hot-buckets", roll, "indexes: nothing to do, there are no buckets"),
    *collection_routes(TOKENS_KIND),
    Route("POST", "data/inputs/http/http/enable", switch_collector, "switch the event collector on"),
    Route("POST", "data/inputs/http/http/disable", switch_collector, "switch the event collector off"),
    Route("GET POST", "data/inputs/http/http", settings_of_collector, "settings of the event collector"),
    Route("GET", "data/inputs", kinds_of_inputs, "kinds of inputs"),
    Route("GET", "data/inputs/all", no_inputs, "inputs of all other kinds: none"),
    Route("GET", "data/inputs/oneshot", no_inputs, "files being indexed: none, each is done when its request is"),
    Route("POST", "data/inputs/oneshot", oneshot, "index a file of the server's machine"),
    Route("GET", "data/modular-inputs", no_inputs, "kinds of modular inputs: none"),
    Route("POST", "receivers/simple", simple, "index the body of the request"),
    Route(
        "POST", "receivers/stream", stream, "index the body of the request, or all that comes until the client hangs up"
    ),
)
