"""Users, roles and bearer tokens."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from generator.base.diagnostics import GeneratorError
from generator.splunkd.builtin import CAPABILITIES
from generator.splunkd.call import ApiError, is_true
from generator.splunkd.confs import SYSTEM
from generator.splunkd.entities import Kind, collection_routes
from generator.splunkd.instance import split
from generator.splunkd.listing import listed
from generator.splunkd.replies import Access, Attributes, Entry, feed_reply
from generator.splunkd.routing import Route

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.splunkd.accounts import Token, User
    from generator.splunkd.call import Call
    from generator.splunkd.confs import ConfObject
    from generator.splunkd.instance import Instance
    from generator.splunkd.replies import Reply, Value

_NAME = re.compile(r"[^\s:/\\]{1,256}")
MIN_PASSWORD = 8

# --- roles -----------------------------------------------------------------------------------------------------------

_LISTS = {
    "imported_roles": "importRoles",
    "srchIndexesAllowed": "srchIndexesAllowed",
    "srchIndexesDefault": "srchIndexesDefault",
}

_WHOLE = r"-?[0-9]{1,15}"
_NUMBERS = {
    "srchTimeWin": -1,
    "srchJobsQuota": 3,
    "srchDiskQuota": 100,
    "rtSrchJobsQuota": 6,
    "cumulativeSrchJobsQuota": 0,
    "cumulativeRTSrchJobsQuota": 0,
}
"""Settings of a role that are whole numbers, with their defaults (authorize.conf.spec)."""


def _check_role(instance: Instance, name: str, given: dict[str, str], *, new: bool) -> dict[str, str]:
    if new and (not _NAME.fullmatch(name) or ";" in name):
        raise ApiError(400, f"Invalid role name: '{name}'.")
    made: dict[str, str] = {}
    roles = {one.removeprefix("role_") for one in instance.roles()}
    for key, value in given.items():
        if key in _LISTS:
            names = split(value)
            if key == "imported_roles" and (missing := [one for one in names if one not in roles]):
                raise ApiError(400, f"Cannot import the role '{missing[0]}': there is none of this name.")
            made[_LISTS[key]] = ";".join(names)
        elif key == "capabilities":
            wanted = split(value)
            for capability in wanted:
                if capability not in CAPABILITIES:
                    raise ApiError(400, f"Invalid capability: '{capability}'.")
            made.update({capability: "enabled" if capability in wanted else "disabled" for capability in CAPABILITIES})
        elif key in _NUMBERS and not re.fullmatch(_WHOLE, value):
            raise ApiError(400, f"Invalid value '{value}' for the argument '{key}': a whole number is expected.")
        else:
            made[key] = value
    return made


def _number(instance: Instance, role: str, settings: Mapping[str, str], name: str) -> int:
    """Return a setting that is a whole number; for what a file has instead, the default, and a message of the server says so."""
    text = settings.get(name, "").strip()
    if re.fullmatch(_WHOLE, text):
        return int(text)
    if text:
        told = f"{name} = {text[:100]} of [{role}] in authorize.conf is no whole number; {_NUMBERS[name]} is taken."
        instance.messages[f"{role}:{name}"] = {"value": told, "severity": "warn", "time": str(int(instance.clock()))}
    return _NUMBERS[name]


def _shown_role(instance: Instance, found: ConfObject) -> dict[str, Value]:
    settings = found.settings
    imported = split(settings.get("importRoles", ""))
    own = sorted(name for name in CAPABILITIES if settings.get(name) == "enabled")
    stanzas = instance.roles()
    taken: set[str] = set()
    waiting, seen = list(imported), set[str]()
    while waiting:
        role = waiting.pop()
        if role in seen:
            continue
        seen.add(role)
        stanza = stanzas.get(f"role_{role}", {})
        taken |= {name for name in CAPABILITIES if stanza.get(name) == "enabled"}
        waiting += split(stanza.get("importRoles", ""))
    return {
        **dict.fromkeys(CAPABILITIES, None),
        "capabilities": list(own),
        "imported_capabilities": sorted(taken),
        "imported_roles": imported,
        "srchIndexesAllowed": split(settings.get("srchIndexesAllowed", "")),
        "srchIndexesDefault": split(settings.get("srchIndexesDefault", "")),
        "srchFilter": settings.get("srchFilter", ""),
        **{name: _number(instance, found.name, settings, name) for name in _NUMBERS},
        "defaultApp": settings.get("defaultApp", ""),
    }


ROLES = Kind(
    path="authorization/roles",
    conf="authorize",
    summary="roles",
    prefix="role_",
    home=SYSTEM,
    attributes=Attributes(
        ("name",),
        (
            "capabilities",
            "cumulativeRTSrchJobsQuota",
            "cumulativeSrchJobsQuota",
            "defaultApp",
            "imported_roles",
            "rtSrchJobsQuota",
            "srchDiskQuota",
            "srchFilter",
            "srchIndexesAllowed",
            "srchIndexesDefault",
            "srchJobsQuota",
            "srchTimeWin",
        ),
    ),
    booleans=frozenset(),
    strict=True,
    check=_check_role,
    shown=_shown_role,
    disables=False,
    folds=True,
)

# --- users -----------------------------------------------------------------------------------------------------------

_USERS = "authentication/users"
_USER_FIELDS = Attributes(
    ("name", "password"),
    (
        "createrole",
        "defaultApp",
        "email",
        "force-change-pass",
        "oldpassword",
        "realname",
        "restart_background_jobs",
        "roles",
        "tz",
    ),
)


def _user_entry(instance: Instance, user: User, *, attributes: bool = False) -> Entry:
    content: dict[str, Value] = {
        "capabilities": instance.capabilities_of(user.name),
        "defaultApp": user.default_app,
        "defaultAppIsUserOverride": False,
        "defaultAppSourceRole": "system",
        "email": user.email,
        "locked-out": False,
        "password": "********",
        "realname": user.real_name,
        "roles": list(user.roles),
        "type": "Splunk",
        "tz": user.zone,
    }
    access = Access(removable=user.name != "admin")
    links = ("list", "edit", *(("remove",) if access.removable else ()))
    return Entry(
        user.name,
        _USERS,
        content,
        access,
        links,
        replace(_USER_FIELDS, required=()) if attributes else None,
        address=f"/services/{_USERS}/{user.name}",
    )


def users(instance: Instance, call: Call) -> Reply:
    """Return all users."""
    entries = [_user_entry(instance, user) for user in instance.accounts.users.values()]
    return listed(call, entries, now=instance.clock(), links=("create",))


def _changes(instance: Instance, call: Call) -> dict[str, object]:
    given = set(call.given()) - {"name", "output_mode"}
    for name in given:
        if name not in {*_USER_FIELDS.required, *_USER_FIELDS.optional}:
            raise ApiError(400, f'Argument "{name}" is not supported by this handler.')
    changes: dict[str, object] = {}
    if call.all("roles"):
        roles = tuple(role for value in call.all("roles") for role in split(value))
        known = {one.removeprefix("role_") for one in instance.roles()}
        for role in roles:
            if role not in known:
                raise ApiError(400, f"Role does not exist: {role}")
        changes["roles"] = roles
    for name, field in (("realname", "real_name"), ("email", "email"), ("defaultApp", "default_app"), ("tz", "zone")):
        if (value := call.find(name)) is not None:
            changes[field] = value
    if changes.get("default_app"):
        instance.confs.require_app(str(changes["default_app"]))
    password = call.find("password")
    if password is not None and len(password) < MIN_PASSWORD:
        raise ApiError(400, f"Password did not meet complexity requirements: at least {MIN_PASSWORD} characters.")
    return changes


def make_user(instance: Instance, call: Call) -> Reply:
    """Make a user."""
    name = call.get("name").lower()
    missing = [one for one in ("name", "password", "roles") if not call.get(one)]
    if missing:
        raise ApiError(400, f"The following required arguments are missing: {', '.join(missing)}.")
    if not _NAME.fullmatch(name):
        raise ApiError(400, f"Invalid user name: '{name}'.")
    if name in instance.accounts.users:
        raise ApiError(400, f"User with name={name} already exists")
    user = instance.accounts.set_user(name, password=call.get("password"), **_changes(instance, call))
    return feed_reply(call, [_user_entry(instance, user)], status=201, now=instance.clock())


def user(instance: Instance, call: Call) -> Reply:
    """Return a user, change or remove it."""
    known = instance.accounts.users.get(call.names["name"]) or instance.accounts.users.get(call.names["name"].lower())
    if known is None:
        raise ApiError(404, f"Could not find object id={call.names['name']}")
    if call.method == "DELETE":
        if known.name == call.user:
            raise ApiError(400, "A user cannot remove itself.")
        instance.accounts.remove_user(known.name)
        return users(instance, call)
    if call.method == "POST":
        known = instance.accounts.set_user(known.name, password=call.find("password"), **_changes(instance, call))
    return feed_reply(call, [_user_entry(instance, known, attributes=True)], now=instance.clock())


def no_users_yet(instance: Instance, call: Call) -> Reply:
    """Return what a new user can have."""
    return feed_reply(call, [Entry("_new", _USERS, {}, attributes=_USER_FIELDS)], now=instance.clock())


# --- tokens ----------------------------------------------------------------------------------------------------------


def _token_entry(token: Token) -> Entry:
    content: dict[str, Value] = {
        "claims": {"aud": token.audience, "exp": int(token.expires), "iat": int(token.issued), "sub": token.user},
        "status": "enabled" if token.enabled else "disabled",
    }
    path = "authorization/tokens"
    return Entry(
        token.id,
        path,
        content,
        Access(removable=True),
        ("list", "edit", "remove"),
        address=f"/services/{path}/{token.id}",
    )


def tokens(instance: Instance, call: Call) -> Reply:
    """Return the bearer tokens, without the tokens themselves."""
    return listed(call, [_token_entry(token) for token in instance.accounts.tokens.values()], now=instance.clock())


async def make_token(instance: Instance, call: Call) -> Reply:
    """Make a bearer token for a user; it is shown this once."""
    name, audience, expires_on = call.get("name"), call.get("audience"), call.get("expires_on")
    if not name or not audience:
        raise ApiError(400, "The following required arguments are missing: name, audience.")
    if name not in instance.accounts.users:
        raise ApiError(400, f"User does not exist: {name}")
    expires = 0.0
    if expires_on:
        try:
            expires = await instance.searcher.time(expires_on)
        except GeneratorError as error:
            raise ApiError(400, f"Invalid value '{expires_on}' for the argument 'expires_on'.") from error
    token, text = instance.accounts.make_token(name, audience, expires)
    made = Entry("tokens", "authorization/tokens", {"id": token.id, "token": text})
    return feed_reply(call, [made], status=201, now=instance.clock())


def token(instance: Instance, call: Call) -> Reply:
    """Return a token's record, switch the token off or on, or remove it."""
    known = instance.accounts.tokens.get(call.names["name"])
    if call.method == "DELETE" and known is None:
        known = instance.accounts.tokens.get(call.get("id"))
    if known is None:
        raise ApiError(404, f"Could not find object id={call.names['name']}")
    if call.method == "DELETE":
        instance.accounts.remove_token(known)
        return tokens(instance, call)
    if call.method == "POST":
        status = call.get("status")
        if status not in {"enabled", "disabled"}:
            raise ApiError(400, "The argument 'status' must be enabled or disabled.")
        instance.accounts.change_token(known, enabled=is_true("1" if status == "enabled" else "0"))
    return feed_reply(call, [_token_entry(instance.accounts.tokens[known.id])], now=instance.clock())


def no_passwords(instance: Instance, call: Call) -> Reply:
    """Refuse: this server keeps no secrets of others."""
    del instance, call
    raise ApiError(
        501, "storage/passwords is not supported: contentpack serve is for tests and keeps no secrets of other systems."
    )


ROUTES = (
    *collection_routes(ROLES),
    Route("GET", _USERS, users, "users: all"),
    Route("POST", _USERS, make_user, "users: make one"),
    Route("GET", f"{_USERS}/_new", no_users_yet, "users: what a new one can have"),
    Route("GET POST DELETE", f"{_USERS}/{{name}}", user, "users: one"),
    Route("GET", "authorization/tokens", tokens, "bearer tokens: all, without the tokens themselves"),
    Route("POST", "authorization/tokens", make_token, "bearer tokens: make one; it is shown once"),
    Route("GET POST DELETE", "authorization/tokens/{name}", token, "bearer tokens: switch one off or on, remove it"),
    Route("GET POST", "storage/passwords", no_passwords, "refused: this server keeps no secrets of others"),
    Route("GET POST DELETE", "storage/passwords/{name}", no_passwords, "refused, as above"),
)
