"""Who may come in: users with passwords, session keys, bearer tokens.

Passwords are kept as scrypt hashes, tokens as SHA-256 hashes (they are long and random); neither is ever written out. Sessions live
in memory and end after an hour without a request. The administrator's password is that of this start of the server, not of
an earlier one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

import orjson

from generator.base.diagnostics import BackendError
from generator.base.frozen import dataclass
from generator.splunkd.call import ApiError
from generator.splunkd.disk import write_atomic

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

SESSION_SECONDS = 3600.0
MAX_SESSIONS = 10_000
_SCRYPT = {"n": 2**14, "r": 8, "p": 1}


@dataclass(frozen=True, slots=True)
class User:
    """An account. `secret` is salt and hash of the password."""

    name: str
    secret: str
    roles: tuple[str, ...]
    real_name: str = ""
    email: str = ""
    default_app: str = "search"
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token, without the token itself. `expires` is 0 where it never does."""

    id: str
    user: str
    audience: str
    digest: str
    issued: float
    expires: float
    enabled: bool = True


class Accounts:
    """Users, sessions and tokens; `file` keeps users and tokens, None keeps them in memory."""

    def __init__(self, file: Path | None, clock: Callable[[], float]) -> None:
        self._file = file
        self._clock = clock
        self.users: dict[str, User] = {}
        self.tokens: dict[str, Token] = {}
        self._sessions: dict[str, tuple[str, float]] = {}
        self._verified: dict[bytes, str] = {}
        self._key = os.urandom(32)
        if file is not None and file.is_file():
            try:
                data = orjson.loads(file.read_bytes())
                for user in data["users"]:
                    self.users[user["name"]] = User(**{**user, "roles": tuple(user["roles"])})
                for token in data["tokens"]:
                    self.tokens[token["id"]] = Token(**token)
            except (ValueError, KeyError, TypeError) as error:
                raise BackendError(f"{file} is damaged; move it away to start without its users") from error

    def _save(self) -> None:
        if self._file is not None:
            users = [{name: getattr(user, name) for name in _USER_FIELDS} for user in self.users.values()]
            tokens = [{name: getattr(token, name) for name in _TOKEN_FIELDS} for token in self.tokens.values()]
            write_atomic(self._file, orjson.dumps({"users": users, "tokens": tokens}))

    # --- users -------------------------------------------------------------------------------------------------------

    def set_user(self, name: str, *, password: str | None = None, **changes: object) -> User:
        """Make a user or change one; `changes` are fields of `User`."""
        known = self.users.get(name)
        if known is None:
            if not password:
                raise ApiError(400, "The following required arguments are missing: password.")
            known = User(name, "", ("user",))
        if password is not None:
            changes["secret"] = _hashed(password)
            self._verified = {key: user for key, user in self._verified.items() if user != name}
            self._sessions = {key: one for key, one in self._sessions.items() if one[0] != name}
        user = replace(known, **changes)  # type: ignore[arg-type] # the callers give fields of `User`
        self.users[name] = user
        self._save()
        return user

    def remove_user(self, name: str) -> None:
        """Remove a user with sessions and tokens."""
        del self.users[name]
        self._sessions = {key: one for key, one in self._sessions.items() if one[0] != name}
        self._verified = {key: user for key, user in self._verified.items() if user != name}
        self.tokens = {key: token for key, token in self.tokens.items() if token.user != name}
        self._save()

    # --- coming in ---------------------------------------------------------------------------------------------------

    def login(self, name: str, password: str) -> str | None:
        """Return a session key, or None where name or password is wrong."""
        if not self._fits(name, password):
            return None
        if len(self._sessions) >= MAX_SESSIONS:
            oldest = min(self._sessions, key=lambda key: self._sessions[key][1])
            del self._sessions[oldest]
        key = secrets.token_urlsafe(48)
        self._sessions[key] = (self._known_name(name), self._clock())
        return key

    def logout(self, key: str) -> bool:
        """End a session; return whether there was one."""
        return self._sessions.pop(key, None) is not None

    def _known_name(self, name: str) -> str:
        return name if name in self.users else name.lower()

    def _fits(self, name: str, password: str) -> bool:
        user = self.users.get(self._known_name(name))
        digest = hmac.digest(self._key, f"{name}\0{password}".encode("utf-8", "replace"), "sha256")
        if user is not None and self._verified.get(digest) == user.name:
            return True
        # A user that does not exist takes as long as one that does.
        fits = _matches(password, user.secret if user is not None else _NOBODYS)
        if user is None or not fits:
            return False
        if len(self._verified) > MAX_SESSIONS:
            self._verified.clear()
        self._verified[digest] = user.name
        return True

    def session(self, key: str) -> str | None:
        """Return whose session a key is, and keep it alive."""
        found = self._sessions.get(key)
        now = self._clock()
        if found is None:
            return None
        if now - found[1] > SESSION_SECONDS:
            del self._sessions[key]
            return None
        self._sessions[key] = (found[0], now)
        return found[0]

    def who(self, headers: Mapping[str, str], cookie_name: str) -> tuple[str, str]:
        """Return user and session key of a request, both empty where it proves nothing.

        Splunk takes session keys and tokens alike behind `Splunk` and `Bearer`, a name with a password behind `Basic`, or the
        cookie that a login gave.
        """
        kind, _, proof = headers.get("authorization", "").partition(" ")
        proof = proof.strip()
        if kind.lower() in {"splunk", "bearer"} and proof:
            return self.session(proof) or self._token_user(proof) or "", proof
        if kind.lower() == "basic":
            try:
                name, _, password = base64.b64decode(proof, validate=True).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError):
                return "", ""
            return (self._known_name(name), "") if self._fits(name, password) else ("", "")
        for part in headers.get("cookie", "").split(";"):
            name, _, value = part.strip().partition("=")
            if name == cookie_name and (user := self.session(value.strip('"'))):
                return user, value.strip('"')
        return "", ""

    # --- tokens ------------------------------------------------------------------------------------------------------

    def make_token(self, user: str, audience: str, expires: float) -> tuple[Token, str]:
        """Return a new token's record and the token, which is known to nobody but the caller from now on."""
        text = f"{secrets.token_urlsafe(24)}.{secrets.token_urlsafe(48)}"
        token = Token(secrets.token_hex(32), user, audience, _digest(text), self._clock(), expires)
        self.tokens[token.id] = token
        self._save()
        return token, text

    def change_token(self, token: Token, *, enabled: bool) -> None:
        """Switch a token on or off."""
        self.tokens[token.id] = replace(token, enabled=enabled)
        self._save()

    def remove_token(self, token: Token) -> None:
        """Remove a token."""
        del self.tokens[token.id]
        self._save()

    def _token_user(self, text: str) -> str | None:
        digest = _digest(text)
        for token in self.tokens.values():
            if hmac.compare_digest(token.digest, digest):
                alive = token.enabled and (not token.expires or token.expires > self._clock())
                return token.user if alive and token.user in self.users else None
        return None


_USER_FIELDS = ("name", "secret", "roles", "real_name", "email", "default_app", "zone")
_TOKEN_FIELDS = ("id", "user", "audience", "digest", "issued", "expires", "enabled")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _hashed(password: str) -> str:
    salt = os.urandom(16)
    made = hashlib.scrypt(password.encode("utf-8", "replace"), salt=salt, **_SCRYPT)
    return f"{salt.hex()}${made.hex()}"


def _matches(password: str, secret: str) -> bool:
    salt, _, wanted = secret.partition("$")
    made = hashlib.scrypt(password.encode("utf-8", "replace"), salt=bytes.fromhex(salt), **_SCRYPT)
    return hmac.compare_digest(made.hex(), wanted)


_NOBODYS = f"{'00' * 16}${'00' * 64}"
