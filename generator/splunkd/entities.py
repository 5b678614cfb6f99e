"""Collections of objects that are stanzas of a conf file, and the requests that all of them answer in the same way."""

from __future__ import annotations

import re
from dataclasses import field, replace
from typing import TYPE_CHECKING, Protocol

from generator.base.frozen import dataclass
from generator.splunkd.call import ApiError, boolean, is_true
from generator.splunkd.confs import NOBODY
from generator.splunkd.listing import listed
from generator.splunkd.replies import Access, Attributes, Entry, feed_reply
from generator.splunkd.routing import Route

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from generator.splunkd.call import Call
    from generator.splunkd.confs import ConfObject
    from generator.splunkd.instance import Instance
    from generator.splunkd.replies import Reply, Value


class Check(Protocol):
    """Refuses or changes what is to be stored; `new` says whether the object is being made."""

    def __call__(self, instance: Instance, name: str, given: dict[str, str], *, new: bool) -> dict[str, str]:
        """Return the settings to store.

        Raises:
            ApiError: they are refused.
        """


_NOT_SETTINGS = frozenset(
    {"name", "output_mode", "owner", "app", "sharing", "count", "offset", "f", "createFromTemplate"}
)
_BOOLEANS = frozenset({"disabled"})


@dataclass(frozen=True, slots=True)
class Kind:
    """A collection: `conf` is its file (`{conf}` = the one that the path names), `prefix` begins its stanzas' names.

    `home` is the app where all its objects live ("" = that of the request). `defaults` are shown where nothing is set;
    `booleans` are settings shown as such. `check` may refuse or change what is to be stored, given the object's name and whether it is
    new. `shown` adds to what is shown. `strict` refuses parameters that `attributes` do not name; `folds` makes names lower-case;
    `public` ones belong to nobody.
    """

    path: str
    conf: str
    summary: str
    prefix: str = ""
    home: str = ""
    attributes: Attributes = Attributes()
    defaults: Mapping[str, str] = field(default_factory=dict)
    booleans: frozenset[str] = _BOOLEANS
    strict: bool = False
    check: Check | None = None
    shown: Callable[[Instance, ConfObject], Mapping[str, Value]] | None = None
    selects: Callable[[ConfObject], bool] | None = None
    links: tuple[str, ...] = ()
    disables: bool = True
    folds: bool = False
    public: bool = False

    def conf_of(self, call: Call) -> str:
        """Return the conf file that a request is about."""
        return call.names["conf"] if self.conf == "{conf}" else self.conf

    def path_of(self, call: Call) -> str:
        """Return the collection's path in a request."""
        return self.path.replace("{conf}", call.names.get("conf", ""))


def collection_routes(kind: Kind) -> tuple[Route, ...]:
    """Return the routes of a collection."""
    one = f"{kind.path}/{{name}}"

    def on(handler: Callable[[Kind, Instance, Call], Reply]) -> Callable[[Instance, Call], Reply]:
        return lambda instance, call: handler(kind, instance, call)

    routes = [
        Route("GET", kind.path, on(_list), f"{kind.summary}: all"),
        Route("POST", kind.path, on(_create), f"{kind.summary}: make one"),
        Route("GET", f"{kind.path}/_new", on(_new), f"{kind.summary}: what a new one can have"),
        Route("GET POST", f"{kind.path}/_reload", on(_reload), f"{kind.summary}: read the files anew"),
        Route("GET", one, on(_get), f"{kind.summary}: one"),
        Route("POST", one, on(_update), f"{kind.summary}: change one"),
        Route("DELETE", one, on(_delete), f"{kind.summary}: remove one"),
        Route("GET POST", f"{one}/acl", on(_acl), f"{kind.summary}: whose it is and who shares it"),
        Route("POST", f"{one}/move", on(_move), f"{kind.summary}: into another app"),
        Route("POST", f"{one}/_reload", on(_reload_one), f"{kind.summary}: read the files anew"),
    ]
    if kind.disables:
        routes += [
            Route("POST", f"{one}/enable", on(lambda k, i, c: _switch(k, i, c, "0")), f"{kind.summary}: switch on"),
            Route("POST", f"{one}/disable", on(lambda k, i, c: _switch(k, i, c, "1")), f"{kind.summary}: switch off"),
        ]
    return tuple(routes)


# --- finding ---------------------------------------------------------------------------------------------------------


def namespace(instance: Instance, call: Call, kind: Kind) -> tuple[str, str]:
    """Return owner and app whose objects a request sees."""
    if kind.home:
        return "-", "-"
    owner = call.user if call.owner is None else call.owner
    if kind.public and call.owner not in {None, "-", NOBODY}:
        raise ApiError(400, f"Objects of {kind.path} belong to nobody, so the owner must be nobody.")
    app = instance.app_of(call.user) if call.app is None else call.app
    return owner, app


def objects_of(kind: Kind, instance: Instance, call: Call) -> list[ConfObject]:
    """Return the objects of a collection that a request sees."""
    owner, app = namespace(instance, call, kind)
    found = instance.confs.visible(kind.conf_of(call), owner, app, call.user)
    return [
        one
        for one in found
        if one.name.startswith(kind.prefix) and one.name != kind.prefix and (kind.selects is None or kind.selects(one))
    ]


def find(kind: Kind, instance: Instance, call: Call, name: str | None = None) -> list[ConfObject]:
    """Return the objects of a name; several only where the namespace has wildcards.

    Raises:
        ApiError: 404.
    """
    name = call.names["name"] if name is None else name
    found = [one for one in objects_of(kind, instance, call) if one.name.removeprefix(kind.prefix) == name]
    if not found and kind.prefix and name.startswith(kind.prefix):
        found = [one for one in objects_of(kind, instance, call) if one.name == name]
    if not found and kind.folds:
        found = [one for one in objects_of(kind, instance, call) if one.name == kind.prefix + name.lower()]
    if not found:
        raise ApiError(404, f"Could not find object id={name}")
    return found


def only(kind: Kind, instance: Instance, call: Call) -> ConfObject:
    """Return the object that a request changes.

    Raises:
        ApiError: 404, or 400 where several have the name.
    """
    found = find(kind, instance, call)
    if len(found) > 1:
        raise ApiError(400, f"Several objects are named '{call.names['name']}'; give owner and app.")
    return found[0]


def entry(kind: Kind, instance: Instance, call: Call, found: ConfObject, *, attributes: bool = False) -> Entry:
    """Return an object as entry."""
    name = found.name.removeprefix(kind.prefix)
    values: dict[str, Value] = {**kind.defaults, **instance.confs.default(found.conf, found.place), **found.settings}
    values.setdefault("disabled", "0")
    for key in kind.booleans:
        if key in values:
            values[key] = is_true(str(values[key]))
    values["eai:appName"] = found.access.app
    values["eai:userName"] = found.access.owner
    if kind.shown is not None:
        values.update(kind.shown(instance, found))
    switch = ("enable",) if values["disabled"] is True else ("disable",)
    links = ("list", "_reload", "edit", *(("remove",) if found.access.removable else ()), "move", *kind.links)
    return Entry(
        name,
        kind.path_of(call),
        values,
        found.access,
        (*links, *(switch if kind.disables else ())),
        replace(kind.attributes, required=_without_name(kind.attributes.required)) if attributes else None,
        found.updated,
    )


def _without_name(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if name != "name")


def settings(kind: Kind, call: Call, *, new: bool) -> dict[str, str]:
    """Return the settings that a request gives.

    Raises:
        ApiError: 400: one is missing, not known, or no Boolean.
    """
    given = {
        name: values[-1] if len(values) == 1 else ",".join(values)
        for name, values in call.given().items()
        if name not in _NOT_SETTINGS and not name.startswith("eai:")
    }
    known = kind.attributes
    if new:
        missing = [name for name in known.required if name != "name" and not given.get(name)]
        if missing:
            raise ApiError(400, f"The following required arguments are missing: {', '.join(missing)}.")
    if kind.strict:
        for name in given:
            fits = name in known.optional or name in known.required or name == "disabled"
            if not fits and not any(re.fullmatch(pattern, name) for pattern in known.wildcard):
                raise ApiError(400, f'Argument "{name}" is not supported by this handler.')
    for name in kind.booleans:
        if name in given:
            given[name] = "1" if boolean(given[name], name) else "0"
    return given


# --- requests --------------------------------------------------------------------------------------------------------


def _list(kind: Kind, instance: Instance, call: Call) -> Reply:
    entries = [entry(kind, instance, call, one) for one in objects_of(kind, instance, call)]
    return listed(call, entries, now=instance.clock(), links=("create", "_reload", "_acl"))


def _create(kind: Kind, instance: Instance, call: Call) -> Reply:
    name = call.get("name")
    if not name.strip():
        raise ApiError(400, "The following required arguments are missing: name.")
    if len(name) > 500 or any(ord(char) < 32 for char in name):
        raise ApiError(400, f"Invalid name: {name[:100]!r}.")
    given = settings(kind, call, new=True)
    stored = name if name.startswith(kind.prefix) else kind.prefix + name
    if kind.folds:
        stored = stored.lower()
    if kind.check is not None:
        given = kind.check(instance, stored.removeprefix(kind.prefix), given, new=True)
    owner = NOBODY if kind.home or kind.public else call.home_owner
    app = kind.home or instance.app_of(call.user)
    namespace(instance, call, kind)
    if not kind.home and call.app not in {None, "-"}:
        app = call.home_app
    made = instance.confs.create(kind.conf_of(call), stored, given, owner, app)
    return feed_reply(call, [entry(kind, instance, call, made)], status=201, now=instance.clock())


def _new(kind: Kind, instance: Instance, call: Call) -> Reply:
    values: dict[str, Value] = {**kind.defaults}
    made = Entry("_new", kind.path_of(call), values, Access(call.user), ("alternate",), kind.attributes)
    return feed_reply(call, [made], now=instance.clock())


def _reload(kind: Kind, instance: Instance, call: Call) -> Reply:
    del kind
    instance.confs.forget()
    return feed_reply(call, [], now=instance.clock())


def _reload_one(kind: Kind, instance: Instance, call: Call) -> Reply:
    instance.confs.forget()
    return _get(kind, instance, call)


def _get(kind: Kind, instance: Instance, call: Call) -> Reply:
    found = find(kind, instance, call)
    entries = [entry(kind, instance, call, one, attributes=True) for one in found]
    return feed_reply(call, entries, now=instance.clock(), links=("create", "_reload"))


def _update(kind: Kind, instance: Instance, call: Call) -> Reply:
    found = only(kind, instance, call)
    given = settings(kind, call, new=False)
    if kind.check is not None:
        given = kind.check(instance, found.name.removeprefix(kind.prefix), given, new=False)
    made = instance.confs.update(found, given)
    return feed_reply(call, [entry(kind, instance, call, made)], now=instance.clock())


def _delete(kind: Kind, instance: Instance, call: Call) -> Reply:
    instance.confs.delete(only(kind, instance, call))
    return _list(kind, instance, replace(call, query={}, form={**_mode(call)}))


def _mode(call: Call) -> dict[str, tuple[str, ...]]:
    mode = call.find("output_mode")
    return {} if mode is None else {"output_mode": (mode,)}


def _switch(kind: Kind, instance: Instance, call: Call, disabled: str) -> Reply:
    made = instance.confs.update(only(kind, instance, call), {"disabled": disabled})
    return feed_reply(call, [entry(kind, instance, call, made)], now=instance.clock())


def _acl(kind: Kind, instance: Instance, call: Call) -> Reply:
    if call.method == "POST":
        found = only(kind, instance, call)
        found = instance.confs.share(found, _access(instance, call, found))
    else:
        found = find(kind, instance, call)[0]
    return feed_reply(call, [entry(kind, instance, call, found)], now=instance.clock())


def _access(instance: Instance, call: Call, found: ConfObject) -> Access:
    sharing = call.get("sharing")
    owner = call.get("owner")
    if sharing not in {"user", "app", "global", "system"}:
        raise ApiError(400, "The argument 'sharing' must be one of user, app, global, system.")
    if not owner:
        raise ApiError(400, "The following required arguments are missing: owner.")
    if owner != NOBODY and owner not in instance.accounts.users:
        raise ApiError(404, f"User does not exist: {owner}")
    app = call.get("app") or found.access.app
    instance.confs.require_app(app)
    read = _listed(call.find("perms.read"), found.access.read)
    write = _listed(call.find("perms.write"), found.access.write)
    return Access(owner, app, sharing, read, write, removable=True)


def _listed(text: str | None, known: tuple[str, ...]) -> tuple[str, ...]:
    return known if text is None else tuple(part.strip() for part in text.split(",") if part.strip())


def _move(kind: Kind, instance: Instance, call: Call) -> Reply:
    found = only(kind, instance, call)
    app = call.get("app")
    user = call.get("user") or found.access.owner
    if not app:
        raise ApiError(400, "The following required arguments are missing: app.")
    instance.confs.require_app(app)
    sharing = (
        "user"
        if found.access.sharing == "user" and user != NOBODY
        else "app"
        if user == NOBODY
        else found.access.sharing
    )
    moved = instance.confs.share(found, replace(found.access, app=app, owner=user, sharing=sharing))
    return feed_reply(call, [entry(kind, instance, call, moved)], now=instance.clock())
