"""Knowledge objects over REST: conf files as they are, macros, event types, lookups, transforms; `properties` by single settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.splunkd.call import ApiError
from generator.splunkd.confs import NOBODY, SYSTEM, check_conf
from generator.splunkd.entities import Kind, collection_routes
from generator.splunkd.listing import listed
from generator.splunkd.replies import Attributes, Entry, Reply, feed_reply, text_reply
from generator.splunkd.routing import Route

if TYPE_CHECKING:
    from generator.splunkd.call import Call
    from generator.splunkd.confs import ConfObject
    from generator.splunkd.instance import Instance


def _need(*names: str) -> Attributes:
    return Attributes(("name", *names), ("disabled",), (".*",))


def _is_lookup(found: ConfObject) -> bool:
    return any(key in found.settings for key in ("filename", "collection", "external_cmd", "external_type"))


def _is_extraction(found: ConfObject) -> bool:
    return any(key in found.settings for key in ("REGEX", "DELIMS"))


KINDS = (
    Kind(
        "configs/conf-{conf}",
        "{conf}",
        "stanzas of a conf file",
        attributes=_need(),
        booleans=frozenset({"disabled", "iseval"}),
    ),
    Kind(
        "admin/macros", "macros", "macros", attributes=_need("definition"), booleans=frozenset({"disabled", "iseval"})
    ),
    Kind("data/macros", "macros", "macros", attributes=_need("definition"), booleans=frozenset({"disabled", "iseval"})),
    Kind(
        "saved/eventtypes",
        "eventtypes",
        "event types",
        attributes=Attributes(("name", "search"), ("color", "description", "disabled", "priority", "tags")),
        defaults={"color": "", "description": "", "disabled": "0", "priority": "1", "tags": ""},
        strict=True,
    ),
    Kind("data/transforms/lookups", "transforms", "lookup definitions", attributes=_need(), selects=_is_lookup),
    Kind("data/transforms/extractions", "transforms", "field transforms", attributes=_need(), selects=_is_extraction),
    Kind("admin/datamodel-files", "datamodels", "settings of data models", attributes=_need()),
)


# --- properties ------------------------------------------------------------------------------------------------------


def _seen(instance: Instance, call: Call) -> dict[str, dict[str, str]]:
    owner = call.user if call.owner is None else call.owner
    app = instance.app_of(call.user) if call.app is None else call.app
    conf = call.names["conf"]
    merged: dict[str, dict[str, str]] = {}
    found = instance.confs.visible(conf, owner, app, call.user)
    for one in found:
        defaults = instance.confs.default(conf, one.place)
        merged.setdefault(one.name, {}).update({**defaults, **one.settings})
    place = (NOBODY, app if app in instance.confs.apps else SYSTEM)
    merged.setdefault("default", {}).update(instance.confs.default(conf, place))
    return merged


def _known_conf(instance: Instance, conf: str) -> None:
    check_conf(conf)
    if conf not in instance.confs.names():
        raise ApiError(404, f"{conf} does not exist")


def files(instance: Instance, call: Call) -> Reply:
    """Return the names of all conf files, or make one."""
    if call.method == "POST":
        conf = call.get("__conf")
        if not conf:
            raise ApiError(400, "The following required arguments are missing: __conf.")
        app = call.home_app if call.app is not None else instance.app_of(call.user)
        made = instance.confs.create_file(conf, call.home_owner if call.owner is not None else NOBODY, app)
        location = {"location": f"{call.base}/services/properties/{conf}"}
        return Reply(201 if made else 303, headers=location)
    entries = [Entry(name, "properties", {}, address=f"/services/properties/{name}") for name in instance.confs.names()]
    return listed(call, entries, now=instance.clock())


def stanzas(instance: Instance, call: Call) -> Reply:
    """Return the names of a file's stanzas, or make one."""
    conf = call.names["conf"]
    _known_conf(instance, conf)
    if call.method == "POST":
        name = call.get("__stanza")
        if not name:
            raise ApiError(400, "The following required arguments are missing: __stanza.")
        if name in _seen(instance, call):
            return Reply(303, headers={"location": f"{call.base}/services/properties/{conf}/{name}"})
        _store(instance, call, name, {})
        return Reply(201, headers={"location": f"{call.base}/services/properties/{conf}/{name}"})
    entries = [
        Entry(name, f"properties/{conf}", {}, address=f"/services/properties/{conf}/{name}")
        for name in _seen(instance, call)
    ]
    return listed(call, entries, now=instance.clock())


def stanza(instance: Instance, call: Call) -> Reply:
    """Return a stanza's settings, each as an entry, or change them."""
    conf, name = call.names["conf"], call.names["stanza"]
    _known_conf(instance, conf)
    if call.method == "POST":
        given = {key: values[-1] for key, values in call.given().items() if key != "output_mode"}
        _store(instance, call, name, given)
        return feed_reply(call, [], now=instance.clock())
    known = _seen(instance, call)
    if name not in known:
        raise ApiError(404, f"{name} does not exist")
    path = f"properties/{conf}/{name}"
    entries = [
        Entry(key, path, {"value": value}, address=f"/services/{path}/{key}") for key, value in known[name].items()
    ]
    return listed(call, entries, now=instance.clock())


def setting(instance: Instance, call: Call) -> Reply:
    """Return a setting as plain text, or change it by `value`."""
    conf, name, key = call.names["conf"], call.names["stanza"], call.names["key"]
    _known_conf(instance, conf)
    if call.method == "POST":
        value = call.find("value")
        if value is None:
            raise ApiError(400, "The following required arguments are missing: value.")
        _store(instance, call, name, {key: value})
        return feed_reply(call, [], now=instance.clock())
    known = _seen(instance, call).get(name, {})
    if key not in known:
        raise ApiError(404, f"{key} does not exist")
    return text_reply(known[key])


def _store(instance: Instance, call: Call, name: str, given: dict[str, str]) -> None:
    """Change a stanza where the request's namespace has it, else make it there."""
    conf = call.names["conf"]
    owner = call.home_owner if call.owner is not None else NOBODY
    app = call.home_app if call.app is not None else SYSTEM
    found = [one for one in instance.confs.objects(conf) if one.name == name and one.place == (owner, app)]
    if found:
        instance.confs.update(found[0], given)
    else:
        instance.confs.put(conf, name, given, owner, app)


ROUTES = (
    *(route for kind in KINDS for route in collection_routes(kind)),
    Route("GET POST", "properties", files, "names of conf files; make one by `__conf`"),
    Route("GET POST", "properties/{conf}", stanzas, "names of a file's stanzas; make one by `__stanza`"),
    Route("GET POST", "properties/{conf}/{stanza}", stanza, "a stanza's settings"),
    Route("GET POST", "properties/{conf}/{stanza}/{key}", setting, "one setting as text"),
)
