"""The configuration of the server: conf files of apps, of the system and of users, as objects that can be read and written.

Given apps (`--app`, the rendered pack, the built-in add-ons) are never written to: what changes lands in the folder of the same
name below `etc/apps` of the data folder, which lies above. Private objects are in `etc/users/<user>/<app>`. Who owns an object and
whom it is shared with is in `metadata/local.meta`, as in Splunk. Every write is one file, whole or not at all.

Knowing difference: an object lives in one place; stanzas of the same name in several apps are not laid over each other here
(the engine, which reads the same folders, does that).
"""

from __future__ import annotations

import re
import shutil
import threading
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from generator.base.frozen import dataclass
from generator.knowledge.conf import (
    ConfFile,
    ConfValueError,
    app_conf_files,
    read_conf,
    write_stanzas,
)
from generator.splunkd.call import ApiError
from generator.splunkd.disk import write_atomic
from generator.splunkd.replies import Access

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

SYSTEM = "system"
NOBODY = "nobody"

_CONF_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")
_APP_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_LIST = re.compile(r"(read|write)\s*:\s*\[([^\]]*)\]")


@dataclass(frozen=True, slots=True)
class ConfObject:
    """One stanza in one place: `place` is (owner or `nobody`, app)."""

    conf: str
    name: str
    settings: Mapping[str, str]
    place: tuple[str, str]
    access: Access
    updated: float


class App:
    """An app: `given` is the folder that is only read, None for one that was made here; `folder` the one that is written to."""

    __slots__ = ("folder", "given", "name")

    def __init__(self, name: str, given: Path | None, folder: Path) -> None:
        self.name = name
        self.given = given
        self.folder = folder

    def folders(self) -> tuple[Path, ...]:
        """Return the folders that exist, the lower one first."""
        return tuple(folder for folder in (self.given, self.folder) if folder is not None and folder.is_dir())


class Confs:
    """All configuration. `given` are app folders, `root` is the server's own folder, `builtin` are settings below everything.

    `version` and `versions` (by conf file) grow with each change, so that others know what they read is old.
    """

    def __init__(
        self,
        given: Iterable[tuple[str, Path | None]],
        root: Path,
        builtin: Mapping[str, Mapping[str, Mapping[str, str]]],
        clock: Callable[[], float],
    ) -> None:
        self.root = root
        self._builtin = builtin
        self._clock = clock
        self._started = clock()
        self.version = 0
        self._changing = threading.Lock()
        self.versions: Counter[str] = Counter()
        self._cache: dict[tuple[str, str, str], dict[str, dict[str, str]]] = {}
        self._meta: dict[tuple[str, str], dict[str, dict[str, str]]] = {}
        self._fixed: dict[tuple[str, str, str], set[str]] = {}
        self.apps: dict[str, App] = {}
        apps = root / "etc" / "apps"
        for name, folder in given:
            self.apps[name] = App(name, folder, apps / name)
        if apps.is_dir():
            for folder in sorted(apps.iterdir()):
                if folder.is_dir() and _APP_NAME.fullmatch(folder.name) and folder.name not in self.apps:
                    self.apps[folder.name] = App(folder.name, None, folder)

    # --- places ------------------------------------------------------------------------------------------------------

    def require_app(self, app: str) -> None:
        """Raise an error where there is no such app (`system` is one).

        Raises:
            ApiError: 404.
        """
        if app != SYSTEM and app not in self.apps:
            raise ApiError(404, f"Application does not exist: {app}")

    def users(self) -> list[str]:
        """Return the users that own private objects."""
        folder = self.root / "etc" / "users"
        return sorted(unquote(one.name) for one in folder.iterdir()) if folder.is_dir() else []

    def _folder(self, place: tuple[str, str]) -> Path:
        owner, app = place
        if owner != NOBODY:
            return self.root / "etc" / "users" / quote(owner, safe="") / app
        return self.root / "etc" / SYSTEM if app == SYSTEM else self.apps[app].folder

    def _folders(self, place: tuple[str, str]) -> tuple[Path, ...]:
        owner, app = place
        if owner == NOBODY and app != SYSTEM:
            return self.apps[app].folders()
        folder = self._folder(place)
        return (folder,) if folder.is_dir() else ()

    def places(self) -> list[tuple[str, str]]:
        """Return every place that may hold objects: system, apps, users' folders."""
        found = [(NOBODY, SYSTEM), *((NOBODY, app) for app in self.apps)]
        for user in self.users():
            folder = self.root / "etc" / "users" / quote(user, safe="")
            found += [(user, app.name) for app in sorted(folder.iterdir()) if app.name in self.apps]
        return found

    def app_folders(self, user: str = "") -> list[Path]:
        """Return the folders that the engine reads, the lower ones of one name first; `user` adds those of private objects."""
        found = [folder for app in self.apps.values() for folder in app.folders()]
        system = self.root / "etc" / SYSTEM
        if system.is_dir():
            found.append(system)
        if user:
            private = self.root / "etc" / "users" / quote(user, safe="")
            if private.is_dir():
                found += [folder for folder in sorted(private.iterdir()) if folder.name in self.apps]
        return found

    def has_private(self, user: str) -> bool:
        """Whether a user owns private objects."""
        return (self.root / "etc" / "users" / quote(user, safe="")).is_dir()

    # --- reading -----------------------------------------------------------------------------------------------------

    def _stanzas(self, place: tuple[str, str], conf: str) -> dict[str, dict[str, str]]:
        key = (*place, conf)
        if key not in self._cache:
            merged: dict[str, dict[str, str]] = {}
            layers: list[ConfFile] = [file for folder in self._folders(place) for file in app_conf_files(folder, conf)]
            if place == (NOBODY, SYSTEM):
                for name, settings in self._builtin.get(conf, {}).items():
                    merged[name] = dict(settings)
            layers.sort(key=lambda file: "/local/" in file.path)
            for file in layers:
                for name, settings in file.values().items():
                    merged.setdefault(name, {}).update(settings)
            self._cache[key] = merged
        return self._cache[key]

    def _metadata(self, place: tuple[str, str]) -> dict[str, dict[str, str]]:
        if place not in self._meta:
            merged: dict[str, dict[str, str]] = {}
            for layer in ("default", "local"):
                for folder in self._folders(place):
                    file = folder / "metadata" / f"{layer}.meta"
                    if file.is_file():
                        for name, settings in read_conf(file).values().items():
                            merged.setdefault(name, {}).update(settings)
            self._meta[place] = merged
        return self._meta[place]

    def _local(self, place: tuple[str, str], conf: str) -> dict[str, dict[str, str]]:
        return _written(self._folder(place) / "local" / f"{conf}.conf")

    def _shipped(self, place: tuple[str, str], conf: str) -> set[str]:
        """Return the stanzas that are there without what was changed here: they cannot be removed."""
        own = self._folder(place)
        found = set(self._builtin.get(conf, {})) if place == (NOBODY, SYSTEM) else set()
        for folder in self._folders(place):
            for file in app_conf_files(folder, conf):
                if folder != own or "/default/" in file.path:
                    found |= {stanza.name for stanza in file.stanzas}
        return found

    def _shipped_cached(self, place: tuple[str, str], conf: str) -> set[str]:
        key = (*place, conf)
        if key not in self._fixed:
            self._fixed[key] = self._shipped(place, conf)
        return self._fixed[key]

    def _object(self, place: tuple[str, str], conf: str, name: str, settings: Mapping[str, str]) -> ConfObject:
        owner, app = place
        meta: dict[str, str] = {}
        known = self._metadata(place)
        for key in ("", conf, _meta_key(conf, name)):
            meta.update(known.get(key, {}))
        exported = meta.get("export") == SYSTEM
        sharing = "user" if owner != NOBODY else SYSTEM if app == SYSTEM else "global" if exported else "app"
        lists = {kind: _names(names) for kind, names in _LIST.findall(meta.get("access", ""))}
        access = Access(
            owner=owner if owner != NOBODY else meta.get("owner", NOBODY),
            app=app,
            sharing=sharing,
            read=lists.get("read", (owner,) if owner != NOBODY else ("*",)),
            write=lists.get("write", (owner,) if owner != NOBODY else ("admin", "power")),
            removable=name in self._stanzas(place, conf) and name not in self._shipped_cached(place, conf),
        )
        updated = float(meta.get("modtime", 0) or 0)
        return ConfObject(conf, name, settings, place, access, updated or self._started)

    def objects(self, conf: str) -> list[ConfObject]:
        """Return all objects of a conf file, `default` stanzas aside."""
        check_conf(conf)
        return [
            self._object(place, conf, name, settings)
            for place in self.places()
            for name, settings in self._stanzas(place, conf).items()
            if name != "default"
        ]

    def default(self, conf: str, place: tuple[str, str]) -> Mapping[str, str]:
        """Return the `default` stanza of a place, over that of the system."""
        system = self._stanzas((NOBODY, SYSTEM), conf).get("default", {})
        return {**system, **self._stanzas(place, conf).get("default", {})}

    def visible(self, conf: str, owner: str, app: str, user: str) -> list[ConfObject]:
        """Return the objects that a namespace sees; `-` stands for all owners or apps.

        Without wildcards a name is there once: private before the app's before what is shared with all.
        """
        if app != "-":
            self.require_app(app)
        found = [one for one in self.objects(conf) if _sees(one, owner, app, user)]
        if "-" in {owner, app}:
            return found
        best: dict[str, ConfObject] = {}
        for one in found:
            known = best.get(one.name)
            if known is None or _rank(one, app) < _rank(known, app):
                best[one.name] = one
        return list(best.values())

    def find(self, conf: str, name: str, owner: str, app: str, user: str) -> list[ConfObject]:
        """Return the objects of a name that a namespace sees."""
        return [one for one in self.visible(conf, owner, app, user) if one.name == name]

    def names(self) -> list[str]:
        """Return the names of all conf files that are there."""
        found = set(self._builtin)
        for place in self.places():
            for folder in self._folders(place):
                for layer in ("default", "local"):
                    found |= {file.stem for file in (folder / layer).glob("*.conf")}
        return sorted(name for name in found if _CONF_NAME.fullmatch(name))

    def stanzas(self, conf: str, app: str) -> dict[str, dict[str, str]]:
        """Return the stanzas of an app, `default` among them; what users keep for themselves is left out."""
        return self._stanzas((NOBODY, app), conf)

    def system(self, conf: str) -> dict[str, dict[str, str]]:
        """Return the stanzas of the system, where indexes, roles and the like are kept."""
        return self._stanzas((NOBODY, SYSTEM), conf)

    # --- writing -----------------------------------------------------------------------------------------------------

    def create_file(self, conf: str, owner: str, app: str) -> bool:
        """Make a conf file without stanzas; return False where it is already there."""
        check_conf(conf)
        if conf in self.names():
            return False
        self.require_app(app)
        self._save((owner, app), conf, {})
        return True

    def create(self, conf: str, name: str, settings: Mapping[str, str], owner: str, app: str) -> ConfObject:
        """Make an object.

        Raises:
            ApiError: 409 where one of this name is in the same place, 404 without such an app, 400 for a bad name or value.
        """
        check_conf(conf)
        self.require_app(app)
        place = (NOBODY if app == SYSTEM else owner, app)
        if name in self._stanzas(place, conf):
            raise ApiError(409, f"Unable to create the object {name}: an object with that name already exists.")
        return self._write(place, conf, name, settings, owner=owner)

    def put(self, conf: str, name: str, settings: Mapping[str, str], owner: str, app: str) -> None:
        """Change settings of a stanza, which is made where it is not there; also of `default`."""
        check_conf(conf)
        self.require_app(app)
        self._write((NOBODY if app == SYSTEM else owner, app), conf, name, settings, owner=owner)

    def update(self, found: ConfObject, settings: Mapping[str, str], *, gone: Iterable[str] = ()) -> ConfObject:
        """Change settings of an object; those in `gone` go away where they were made here."""
        return self._write(found.place, found.conf, found.name, settings, owner=None, gone=gone)

    def delete(self, found: ConfObject) -> None:
        """Remove an object.

        Raises:
            ApiError: 400 where it comes from an app's own files.
        """
        stanzas = self._local(found.place, found.conf)
        if not found.access.removable or found.name not in stanzas:
            raise ApiError(400, f"Cannot remove '{found.name}': it is part of the app {found.place[1]}.")
        del stanzas[found.name]
        self._save(found.place, found.conf, stanzas)
        meta = self._local_meta(found.place)
        if meta.pop(_meta_key(found.conf, found.name), None) is not None:
            self._save_meta(found.place, meta)

    def share(self, found: ConfObject, access: Access) -> ConfObject:
        """Give an object to another owner, app or circle; it moves to where that lives.

        Raises:
            ApiError: as `create` and `delete`.
        """
        owner = access.owner if access.sharing == "user" else NOBODY
        place = (owner, access.app)
        if place != found.place:
            local = self._local(found.place, found.conf)
            if found.name not in local:
                raise ApiError(400, f"Cannot move '{found.name}': it is part of the app {found.place[1]}.")
            self.create(found.conf, found.name, local[found.name], owner, access.app)
            self.delete(found)
        meta = self._local_meta(place)
        meta[_meta_key(found.conf, found.name)] = {
            "owner": access.owner,
            "export": SYSTEM if access.sharing in {"global", SYSTEM} else "none",
            "access": f"read : [ {', '.join(access.read)} ], write : [ {', '.join(access.write)} ]",
            "modtime": f"{self._clock():.6f}",
        }
        self._save_meta(place, meta)
        self._changed(found.conf, place)
        return self._object(place, found.conf, found.name, self._stanzas(place, found.conf)[found.name])

    def _write(
        self,
        place: tuple[str, str],
        conf: str,
        name: str,
        settings: Mapping[str, str],
        *,
        owner: str | None,
        gone: Iterable[str] = (),
    ) -> ConfObject:
        stanzas = self._local(place, conf)
        mine = {**stanzas.get(name, {}), **settings}
        for key in gone:
            mine.pop(key, None)
        stanzas[name] = mine
        self._save(place, conf, stanzas)
        key = _meta_key(conf, name)
        meta = self._local_meta(place)
        known = meta.get(key, {})
        meta[key] = {**({"owner": owner} if owner else {}), **known, "modtime": f"{self._clock():.6f}"}
        self._save_meta(place, meta)
        return self._object(place, conf, name, self._stanzas(place, conf)[name])

    def _save(self, place: tuple[str, str], conf: str, stanzas: Mapping[str, Mapping[str, str]]) -> None:
        write_atomic(self._folder(place) / "local" / f"{conf}.conf", _text(stanzas))
        self._changed(conf, place)

    def _changed(self, conf: str, place: tuple[str, str]) -> None:
        self._cache.pop((*place, conf), None)
        self.touch(conf)

    def _local_meta(self, place: tuple[str, str]) -> dict[str, dict[str, str]]:
        return _written(self._folder(place) / "metadata" / "local.meta")

    def _save_meta(self, place: tuple[str, str], meta: Mapping[str, Mapping[str, str]]) -> None:
        write_atomic(self._folder(place) / "metadata" / "local.meta", _text(meta))
        self._meta.pop(place, None)

    # --- apps --------------------------------------------------------------------------------------------------------

    def add_app(self, name: str) -> App:
        """Make an app that is only known here; its files are written by whoever asks.

        Raises:
            ApiError: 400 for a bad name, 409 where it is there.
        """
        if not _APP_NAME.fullmatch(name) or name.startswith(".") or name == SYSTEM:
            raise ApiError(
                400, f"Invalid app name: '{name}'. Letters, digits, underscores, dots and hyphens are allowed."
            )
        if name in self.apps:
            raise ApiError(409, f"Unable to create the app {name}: an app with that name already exists.")
        app = App(name, None, self.root / "etc" / "apps" / name)
        self.apps[name] = app
        self.forget()
        return app

    def remove_app(self, name: str) -> None:
        """Remove an app with all its files.

        Raises:
            ApiError: 404 without one, 400 where it was given when the server started, 500 where its files cannot be removed.
        """
        self.require_app(name)
        app = self.apps.get(name)
        if app is None or app.given is not None or name == "search":
            raise ApiError(400, f"Cannot remove the app {name}: it was given when the server was started.")
        try:
            if app.folder.is_dir():
                shutil.rmtree(app.folder)
        except OSError as error:
            raise ApiError(500, f"Cannot remove the app {name}: {error.filename}: {error.strerror}.") from error
        finally:
            self.forget()
        del self.apps[name]

    def touch(self, conf: str) -> None:
        """Note that something which belongs to a conf file has changed beside it."""
        with self._changing:  # searches run in a thread of their own, and change lookups
            self.version += 1
            self.versions[conf] += 1

    def forget(self) -> None:
        """Read everything anew from now on."""
        self._cache.clear()
        self._meta.clear()
        self._fixed.clear()
        self.touch("*")


def check_conf(conf: str) -> None:
    """Raise an error where a text is no name of a conf file.

    Raises:
        ApiError: 400.
    """
    if not _CONF_NAME.fullmatch(conf):
        raise ApiError(400, f"Invalid name of a configuration file: '{conf}'.")


def _meta_key(conf: str, name: str) -> str:
    return f"{conf}/{quote(name, safe='')}"


def _written(file: Path) -> dict[str, dict[str, str]]:
    """Return the stanzas of a file of ours, none where it is not there yet."""
    return read_conf(file).values() if file.is_file() else {}


def _text(stanzas: Mapping[str, Mapping[str, str]]) -> bytes:
    try:
        return write_stanzas(stanzas).encode()
    except ConfValueError as error:
        raise ApiError(400, f"This cannot be stored: {error}.") from error


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _sees(one: ConfObject, owner: str, app: str, user: str) -> bool:
    where, home = one.place
    if where != NOBODY:
        return (where == user if owner == "-" else where == owner) and app in {"-", home}
    if one.access.sharing in {"global", SYSTEM} or app == "-":
        return True
    return home == app


def _rank(one: ConfObject, app: str) -> tuple[int, int]:
    return (0 if one.place[0] != NOBODY else 1, 0 if one.place[1] == app else 2 if one.place[1] == SYSTEM else 1)
