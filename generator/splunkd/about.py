"""Logging in, what server this is, its messages, settings and loggers."""

from __future__ import annotations

import asyncio
import platform
from typing import TYPE_CHECKING

from generator.splunkd.builtin import CAPABILITIES
from generator.splunkd.call import ApiError
from generator.splunkd.listing import listed
from generator.splunkd.replies import (
    BUILD,
    VERSION,
    Access,
    Attributes,
    Entry,
    Reply,
    feed_reply,
    message_reply,
    values_reply,
)
from generator.splunkd.routing import Route

if TYPE_CHECKING:
    from generator.splunkd.call import Call
    from generator.splunkd.instance import Instance
    from generator.splunkd.replies import Value

_LEVELS = ("DEBUG", "INFO", "WARN", "ERROR", "CRIT", "FATAL")
_LOGGERS = (
    "AuditLogger",
    "HttpInputDataHandler",
    "IndexProcessor",
    "LineBreakingProcessor",
    "SavedSearch",
    "SearchParser",
)
_SEVERITIES = ("info", "warn", "error")


async def login(instance: Instance, call: Call) -> Reply:
    """Return a session key for name and password."""
    name, password = call.get("username"), call.get("password")
    key = await asyncio.get_running_loop().run_in_executor(None, instance.accounts.login, name, password)
    if key is None:
        return message_reply(call.json, 401, "Login failed", "WARN")
    reply = values_reply(call, {"sessionKey": key, "message": "", "code": ""} if call.json else {"sessionKey": key})
    if call.get("cookie") not in {"1", "true", "True"}:
        return reply
    secure = "; Secure" if call.base.startswith("https") else ""
    cookie = f"{cookie_name(instance)}={key}; Path=/; HttpOnly; Max-Age=3600{secure}"
    return Reply(reply.status, reply.body, reply.kind, {"set-cookie": cookie})


def cookie_name(instance: Instance) -> str:
    """Return the name of the cookie that holds a session key."""
    return f"splunkd_{instance.addresses['rest']}"


def logout(instance: Instance, call: Call) -> Reply:
    """End a session: whoever knows its key may."""
    if not instance.accounts.logout(call.names["name"]):
        raise ApiError(404, "Could not find that session.")
    return feed_reply(call, [], now=instance.clock())


def current(instance: Instance, call: Call) -> Reply:
    """Return who asks."""
    user = instance.accounts.users[call.user]
    content: dict[str, Value] = {
        "username": user.name,
        "realname": user.real_name,
        "email": user.email,
        "roles": list(user.roles),
        "capabilities": instance.capabilities_of(user.name),
        "defaultApp": user.default_app,
        "defaultAppIsUserOverride": False,
        "type": "Splunk",
        "tz": user.zone,
    }
    return feed_reply(
        call, [Entry("context", "authentication/current-context", content, Access(user.name))], now=instance.clock()
    )


def root(instance: Instance, call: Call) -> Reply:
    """Return what there is below `/services`."""
    names = sorted(
        {"admin", "alerts", "apps", "auth", "authentication", "authorization", "collector", "configs", "data"}
    )
    names += ["messages", "properties", "receivers", "saved", "search", "server", "storage"]
    return feed_reply(call, [Entry(name, "", {}, address=f"/services/{name}") for name in names], now=instance.clock())


def info(instance: Instance, call: Call) -> Reply:
    """Return version and kind of the server."""
    content: dict[str, Value] = {
        "activeLicenseGroup": "Enterprise",
        "activeLicenseSubgroup": "Production",
        "build": BUILD,
        "cpu_arch": platform.machine(),
        "guid": instance.guid,
        "host": instance.server_name(),
        "host_fqdn": instance.server_name(),
        "isFree": False,
        "isTrial": False,
        "kvStoreStatus": "ready",
        "licenseKeys": [],
        "licenseSignature": "",
        "licenseState": "OK",
        "master_guid": instance.guid,
        "mode": "normal",
        "numberOfCores": 1,
        "os_build": platform.version(),
        "os_name": platform.system(),
        "os_version": platform.release(),
        "product_type": "enterprise",
        "server_roles": ["indexer", "search_head", "kv_store"],
        "serverName": instance.server_name(),
        "startup_time": int(instance.started),
        "version": VERSION,
        "contentpack": True,
    }
    made = Entry(
        "server-info", "server/info", content, address="/services/server/info/server-info", updated=instance.started
    )
    return feed_reply(call, [made], now=instance.clock())


def settings(instance: Instance, call: Call) -> Reply:
    """Return the server's settings, or change its name, session timeout or minimum of free space."""
    general = dict(instance.confs.system("server").get("general", {}))
    if call.method == "POST":
        known = {"serverName", "sessionTimeout", "minFreeSpace", "host"}
        given = {name: call.get(name) for name in call.given() if name != "output_mode"}
        for name in given:
            if name not in known:
                raise ApiError(400, f'Argument "{name}" is not supported by this handler.')
        found = instance.confs.find("server", "general", "-", "-", call.user)[0]
        general = dict(instance.confs.update(found, given).settings)
    content: dict[str, Value] = {
        "SPLUNK_DB": str(instance.root / "var"),
        "SPLUNK_HOME": str(instance.root),
        "enableSplunkWebSSL": False,
        "host": general.get("host", instance.server_name()),
        "httpport": None,
        "mgmtHostPort": instance.addresses["rest"],
        "minFreeSpace": int(general.get("minFreeSpace", "5000")),
        "pass4SymmKey": "",
        "serverName": general.get("serverName", "contentpack"),
        "sessionTimeout": general.get("sessionTimeout", "1h"),
        "startwebserver": False,
        "trustedIP": None,
    }
    made = Entry("settings", "server/settings", content, address="/services/server/settings/settings")
    return feed_reply(call, [made], now=instance.clock())


def health(instance: Instance, call: Call) -> Reply:
    """Return that the server is well."""
    full = instance.events.full(0)
    content: dict[str, Value] = {
        "health": "red" if full else "green",
        "events": instance.events.total,
        "event_bytes": instance.events.bytes,
    }
    return feed_reply(call, [Entry("splunkd", "server/health/splunkd", content)], now=instance.clock())


def kvstore_status(instance: Instance, call: Call) -> Reply:
    """Return that the KV store is ready."""
    content: dict[str, Value] = {
        "current": {"status": "ready", "storageEngine": "files", "replicationStatus": "KV store captain"}
    }
    return feed_reply(call, [Entry("status", "kvstore/status", content)], now=instance.clock())


def restart(instance: Instance, call: Call) -> Reply:
    """Do what a restart would be felt by: all sessions but the caller's go on, files are read anew, the wish for it is gone."""
    instance.messages.pop("restart_required", None)
    instance.confs.forget()
    return feed_reply(call, [], now=instance.clock())


def roles_of_server(instance: Instance, call: Call) -> Reply:
    """Return all capabilities."""
    made = Entry("capabilities", "authorization/capabilities", {"capabilities": list(CAPABILITIES)})
    return feed_reply(call, [made], now=instance.clock())


# --- messages --------------------------------------------------------------------------------------------------------


def _message(name: str, about: dict[str, str]) -> Entry:
    content: dict[str, Value] = {
        name: about["value"],
        "message": about["value"],
        "severity": about["severity"],
        "server": "contentpack",
    }
    content["timeCreated_epochSecs"] = about["time"]
    return Entry(name, "messages", content, Access(removable=True), ("list", "remove"))


def messages(instance: Instance, call: Call) -> Reply:
    """Return the messages of the server."""
    return listed(call, [_message(name, about) for name, about in instance.messages.items()], now=instance.clock())


def make_message(instance: Instance, call: Call) -> Reply:
    """Make a message."""
    name, value, severity = call.get("name"), call.get("value"), call.get("severity", "info")
    if not name or not value:
        raise ApiError(400, "The following required arguments are missing: name, value.")
    if severity not in _SEVERITIES:
        raise ApiError(400, f"Invalid severity '{severity}': one of {', '.join(_SEVERITIES)} is expected.")
    if len(instance.messages) >= 1000 and name not in instance.messages:
        raise ApiError(400, "There are 1000 messages already.")
    instance.tell(name, value, severity)
    return feed_reply(call, [_message(name, instance.messages[name])], status=201, now=instance.clock())


def new_message(instance: Instance, call: Call) -> Reply:
    """Return what a new message can have."""
    made = Entry("_new", "messages", {}, attributes=Attributes(("name", "value"), ("capability", "role", "severity")))
    return feed_reply(call, [made], now=instance.clock())


def message(instance: Instance, call: Call) -> Reply:
    """Return a message, or remove it."""
    name = call.names["name"]
    if name not in instance.messages:
        raise ApiError(404, f"Could not find object id={name}")
    if call.method == "DELETE":
        del instance.messages[name]
        return messages(instance, call)
    return feed_reply(call, [_message(name, instance.messages[name])], now=instance.clock())


# --- loggers ---------------------------------------------------------------------------------------------------------


def _logger(instance: Instance, name: str) -> Entry:
    return Entry(name, "server/logger", {"level": instance.loggers.get(name, "INFO")}, links=("list", "edit"))


def loggers(instance: Instance, call: Call) -> Reply:
    """Return the loggers."""
    return listed(call, [_logger(instance, name) for name in _LOGGERS], now=instance.clock())


def logger(instance: Instance, call: Call) -> Reply:
    """Return a logger, or set its level, which changes nothing else."""
    name = call.names["name"]
    if name not in _LOGGERS:
        raise ApiError(404, f"Could not find object id={name}")
    if call.method == "POST":
        level = call.get("level").upper()
        if level not in _LEVELS:
            raise ApiError(400, f"Invalid level '{level}': one of {', '.join(_LEVELS)} is expected.")
        instance.loggers[name] = level
    return feed_reply(call, [_logger(instance, name)], now=instance.clock())


ROUTES = (
    Route(
        "POST GET",
        "auth/login",
        login,
        "a session key for `username` and `password`; with `cookie=1` a cookie too",
        open=True,
    ),
    Route("DELETE", "authentication/httpauth-tokens/{name}", logout, "end the session of that key"),
    Route("GET", "authentication/current-context", current, "who asks, with roles and capabilities"),
    Route("GET", "authentication/current-context/context", current, "who asks, with roles and capabilities"),
    Route("GET", "", root, "what there is"),
    Route("GET", "server/info", info, "version and kind of the server"),
    Route("GET", "server/info/server-info", info, "version and kind of the server"),
    Route("GET POST", "server/settings", settings, "name and settings of the server"),
    Route("GET POST", "server/settings/settings", settings, "name and settings of the server"),
    Route("GET", "server/health/splunkd", health, "whether there is room for events"),
    Route("GET", "kvstore/status", kvstore_status, "that the KV store is ready"),
    Route(
        "POST",
        "server/control/restart",
        restart,
        "reads all files anew and takes back `restart_required`; the process stays",
    ),
    Route("GET", "authorization/capabilities", roles_of_server, "all capabilities"),
    Route("GET", "authorization/capabilities/capabilities", roles_of_server, "all capabilities"),
    Route("GET", "messages", messages, "messages of the server"),
    Route("GET", "messages/_new", new_message, "what a new message can have"),
    Route("POST", "messages", make_message, "make a message"),
    Route("GET DELETE", "messages/{name}", message, "a message"),
    Route("GET", "server/logger", loggers, "loggers"),
    Route("GET POST", "server/logger/{name}", logger, "a logger's level"),
)
