"""Apps: listed, made, installed from a package, packaged.

A package is a gzip-compressed tar archive of one folder. It comes as a file of the server's machine (`name` a path, `filename=1`, as
splunkd takes it), as body of the request, or as part `appfile` of a form. What an archive may hold: plain files and folders
below one folder, within limits; links, devices and paths that lead elsewhere are refused, and nothing is installed by halves.
"""

from __future__ import annotations

import email.parser
import email.policy
import io
import os
import shutil
import tarfile
import tempfile
import zlib
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from generator.splunkd.call import ApiError, boolean, is_true
from generator.splunkd.confs import NOBODY
from generator.splunkd.disk import write_atomic
from generator.splunkd.listing import listed
from generator.splunkd.replies import Access, Attributes, Entry, feed_reply
from generator.splunkd.routing import Route

if TYPE_CHECKING:
    from generator.splunkd.call import Call
    from generator.splunkd.confs import App
    from generator.splunkd.instance import Instance
    from generator.splunkd.replies import Reply, Value

_PATH = "apps/local"
MAX_FILES = 20_000
MAX_UNPACKED = 1024**3
_FIELDS = Attributes(
    ("name",),
    (
        "author",
        "auth",
        "configured",
        "description",
        "filename",
        "label",
        "session",
        "template",
        "update",
        "version",
        "visible",
        "check_for_updates",
        "disabled",
    ),
)
_LAUNCHER = ("author", "description", "version")


def _entry(instance: Instance, app: App, *, attributes: bool = False) -> Entry:
    stanzas = instance.confs.stanzas("app", app.name)
    launcher, ui, install = (stanzas.get(name, {}) for name in ("launcher", "ui", "install"))
    disabled = install.get("state", "enabled").strip().lower() == "disabled"
    content: dict[str, Value] = {
        "author": launcher.get("author", ""),
        "check_for_updates": is_true(stanzas.get("package", {}).get("check_for_updates", "1")),
        "configured": is_true(install.get("is_configured", "1")),
        "core": app.given is not None,
        "description": launcher.get("description", ""),
        "disabled": disabled,
        "label": ui.get("label") or app.name,
        "managed_by_deployment_client": False,
        "show_in_nav": True,
        "state_change_requires_restart": False,
        "version": launcher.get("version") or stanzas.get("id", {}).get("version", ""),
        "visible": is_true(ui.get("is_visible", "1")),
    }
    access = Access("nobody", "system", "app", removable=app.given is None and app.name != "search")
    links = (
        "list",
        "_reload",
        "edit",
        *(("remove",) if access.removable else ()),
        "enable" if disabled else "disable",
        "package",
    )
    return Entry(
        app.name, _PATH, content, access, links, replace(_FIELDS, required=()) if attributes else None, instance.started
    )


def apps(instance: Instance, call: Call) -> Reply:
    """Return all apps."""
    entries = [_entry(instance, app) for app in instance.confs.apps.values()]
    return listed(call, entries, now=instance.clock(), links=("create", "_reload"))


def new(instance: Instance, call: Call) -> Reply:
    """Return what a new app can have."""
    return feed_reply(call, [Entry("_new", _PATH, {}, attributes=_FIELDS)], now=instance.clock())


def _app(instance: Instance, call: Call) -> App:
    found = instance.confs.apps.get(call.names["name"])
    if found is None:
        raise ApiError(404, f"Could not find object id={call.names['name']}")
    return found


def app(instance: Instance, call: Call) -> Reply:
    """Return an app, or change what its `app.conf` says."""
    found = _app(instance, call)
    if call.method == "POST":
        _describe(instance, _described(call), found.name)
    return feed_reply(call, [_entry(instance, found, attributes=True)], now=instance.clock())


def _described(call: Call) -> dict[str, dict[str, str]]:
    """Return what a request says of an app, as stanzas of `app.conf`.

    Raises:
        ApiError: 400 for an argument that is not known, or no Boolean.
    """
    given = {key: values[-1] for key, values in call.given().items()}
    for key in given:
        if key not in {*_FIELDS.optional, "name", "output_mode", "explicit_appname"}:
            raise ApiError(400, f'Argument "{key}" is not supported by this handler.')
    launcher = {key: given[key] for key in _LAUNCHER if key in given}
    ui = {"label": given["label"]} if "label" in given else {}
    install: dict[str, str] = {}
    package: dict[str, str] = {}
    switches = (
        ("visible", ui, "is_visible"),
        ("configured", install, "is_configured"),
        ("check_for_updates", package, "check_for_updates"),
    )
    for key, settings, conf in switches:
        if key in given:
            settings[conf] = "1" if boolean(given[key], key) else "0"
    if "disabled" in given:
        install["state"] = "disabled" if boolean(given["disabled"], "disabled") else "enabled"
    return {"launcher": launcher, "ui": ui, "install": install, "package": package}


def _describe(instance: Instance, described: dict[str, dict[str, str]], name: str) -> None:
    for stanza, settings in described.items():
        if settings:
            instance.confs.put("app", stanza, settings, NOBODY, name)


def create(instance: Instance, call: Call) -> Reply:
    """Make an app, or install a package."""
    kind = call.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        return _installed(instance, call, *_uploaded(call, kind))
    if kind.startswith(("application/gzip", "application/x-gzip", "application/x-tar", "application/octet-stream")):
        return _installed(instance, call, call.body, call.flag("update"))
    name = call.get("name")
    if not name:
        raise ApiError(400, "The following required arguments are missing: name.")
    if call.flag("filename"):
        return _installed(instance, call, _local(instance, name), call.flag("update"))
    described = _described(call)
    made = instance.confs.add_app(name)
    (made.folder / "local").mkdir(parents=True, exist_ok=True)
    instance.confs.put("app", "ui", {"is_visible": "1", "label": call.get("label") or name}, NOBODY, name)
    _describe(instance, described, name)
    return feed_reply(call, [_entry(instance, made)], status=201, now=instance.clock())


def _local(instance: Instance, name: str) -> bytes:
    """Return a package that is a file of the server's machine.

    Raises:
        ApiError: 400 where there is none, 413 where it is too large.
    """
    file = Path(name)
    if not file.is_absolute() or not file.is_file():
        raise ApiError(400, f"The package '{name}' is not a file on the server; give its absolute path.")
    if file.stat().st_size > instance.limits.request:
        raise ApiError(413, f"The package is larger than {instance.limits.request} bytes.")
    return file.read_bytes()


def _uploaded(call: Call, kind: str) -> tuple[bytes, bool]:
    """Return the file of a form, and whether it may replace an app."""
    head = f"Content-Type: {kind}\r\n\r\n".encode("latin-1", "replace")
    form = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + call.body)
    package: bytes | None = None
    update = call.flag("update")
    for part in form.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        if name in {"appfile", "file"}:
            package = content
        elif name in {"update", "force"}:
            update = is_true(content.decode("utf-8", "replace"))
    if package is None:
        raise ApiError(400, "The form has no part 'appfile'.")
    return package, update


def _installed(instance: Instance, call: Call, package: bytes, update: bool) -> Reply:  # noqa: FBT001 - what a form says
    name, known = install(instance, package, update=update)
    return feed_reply(
        call, [_entry(instance, instance.confs.apps[name])], status=200 if known else 201, now=instance.clock()
    )


def install(instance: Instance, package: bytes, *, update: bool) -> tuple[str, bool]:
    """Install a package; return the app's name, and whether it was there before.

    What is in the old app's `local` and `metadata/local.meta` stays.

    Raises:
        ApiError: 400 for what is no package, 409 where the app is there and `update` is not asked for.
    """
    root = instance.root / "etc" / "apps"
    root.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".installing-", dir=root))
    try:
        name = _unpack(package, folder)
        known = instance.confs.apps.get(name)
        if known is not None and not update:
            raise ApiError(409, f'App "{name}" already exists; use the "update" argument to install it all the same.')
        if known is None:
            instance.confs.add_app(name)
        target = root / name
        for kept in ("local", "metadata/local.meta"):
            old = target / kept
            if old.is_dir():
                shutil.copytree(old, folder / name / kept, dirs_exist_ok=True)
            elif old.is_file():
                (folder / name / kept).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(old, folder / name / kept)
        before = folder / "before"
        if target.exists():
            os.replace(target, before)  # noqa: PTH105 - a folder onto a name
        os.replace(folder / name, target)  # noqa: PTH105 - as above
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    instance.confs.forget()
    return name, known is not None


def _unpack(package: bytes, folder: Path) -> str:
    names: set[str] = set()
    total = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(package), mode="r:*") as archive:
            for number, member in enumerate(archive):
                path = PurePosixPath(member.name.removeprefix("./"))
                if number >= MAX_FILES:
                    raise ApiError(400, f"The package holds more than {MAX_FILES} files.")
                if not path.parts:
                    continue
                if path.is_absolute() or ".." in path.parts or "\\" in member.name or ":" in path.parts[0]:
                    raise ApiError(400, f"The package holds a path that leads elsewhere: {member.name[:200]}")
                if not (member.isfile() or member.isdir()):
                    raise ApiError(400, f"The package holds something that is no plain file: {member.name[:200]}")
                names.add(path.parts[0])
                total += member.size
                if total > MAX_UNPACKED:
                    raise ApiError(400, f"The package holds more than {MAX_UNPACKED} bytes.")
                target = folder.joinpath(*path.parts)
                if member.isdir():
                    target.mkdir(parents=True, exist_ok=True)
                    continue
                stream = archive.extractfile(member)
                if stream is None or len(path.parts) < 2:
                    raise ApiError(400, f"The package must hold one folder; it has {member.name[:200]} beside it.")
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("wb") as file:
                    shutil.copyfileobj(stream, file)
    except (tarfile.TarError, EOFError, zlib.error, OSError, ValueError) as error:
        raise ApiError(400, f"This is no package that can be read: {error}") from error
    if len(names) != 1:
        raise ApiError(400, "A package must hold one folder, that of the app.")
    name = names.pop()
    if not (folder / name / "default").is_dir() and not (folder / name / "app.manifest").is_file():
        raise ApiError(400, f"The folder {name} of the package is no app: it has neither `default` nor `app.manifest`.")
    return name


def remove(instance: Instance, call: Call) -> Reply:
    """Remove an app with all its files and the documents of its collections; as in Splunk, a message asks for a restart afterwards."""
    name = _app(instance, call).name
    instance.confs.remove_app(name)
    instance.kvstore.drop_app(name)
    instance.tell("restart_required", f"The app {name} was removed; restart the server.", "warn")
    return apps(instance, call)


def _switch(instance: Instance, call: Call, state: str) -> Reply:
    found = _app(instance, call)
    instance.confs.put("app", "install", {"state": state}, NOBODY, found.name)
    return feed_reply(call, [_entry(instance, found)], now=instance.clock())


def enable(instance: Instance, call: Call) -> Reply:
    """Switch an app on."""
    return _switch(instance, call, "enabled")


def disable(instance: Instance, call: Call) -> Reply:
    """Switch an app off: its entry says so; its knowledge still counts."""
    return _switch(instance, call, "disabled")


def setup(instance: Instance, call: Call) -> Reply:
    """Return an app's setup page, which is always empty."""
    found = _app(instance, call)
    made = Entry(found.name, _PATH, {"eai:setup": "<SetupInfo/>"})
    return feed_reply(call, [made], now=instance.clock())


def package(instance: Instance, call: Call) -> Reply:
    """Put an app into an archive below the server's folder, whole or not at all, and return where."""
    found = _app(instance, call)
    file = instance.root / "share" / "packages" / f"{found.name}.spl"
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for one in found.folders():
            archive.add(one, arcname=found.name)
    write_atomic(file, packed.getvalue())
    content: dict[str, Value] = {"name": found.name, "path": str(file), "url": file.as_uri()}
    return feed_reply(call, [Entry("package", f"{_PATH}/{found.name}", content)], now=instance.clock())


def update(instance: Instance, call: Call) -> Reply:
    """Return that no newer version is known: this server asks nobody."""
    found = _app(instance, call)
    return feed_reply(
        call, [Entry("update", f"{_PATH}/{found.name}", {"update.available": False})], now=instance.clock()
    )


def reload(instance: Instance, call: Call) -> Reply:
    """Read all files anew."""
    instance.confs.forget()
    return feed_reply(call, [], now=instance.clock())


_ONE = f"{_PATH}/{{name}}"
ROUTES = (
    Route("GET", _PATH, apps, "apps"),
    Route("POST", _PATH, create, "make an app, or install a package: `filename=1`, a body, or a form's `appfile`"),
    Route("GET", f"{_PATH}/_new", new, "what a new app can have"),
    Route("GET POST", f"{_PATH}/_reload", reload, "read all files anew"),
    Route("GET POST", _ONE, app, "an app, and what its `app.conf` says"),
    Route("DELETE", _ONE, remove, "remove an app with its files"),
    Route("POST", f"{_ONE}/enable", enable, "switch an app on"),
    Route("POST", f"{_ONE}/disable", disable, "switch an app off"),
    Route("GET", f"{_ONE}/setup", setup, "an app's setup: always empty"),
    Route("GET", f"{_ONE}/package", package, "put an app into an archive"),
    Route("GET", f"{_ONE}/update", update, "that no newer version is known"),
    Route("POST", f"{_ONE}/_reload", reload, "read all files anew"),
)
