"""What tests need on a server besides the app: an index, a role that searches it, a collector token, data models that see it.

All names begin with `contentpack_`. Whatever is made or changed is noted with how to take it back, and taken back in reverse
order at the end, also after a failure; what then cannot be is named. Two facts make recorded events usable on a server (Splunk
documentation, indexes.conf and the Common Information Model): buckets older than `frozenTimePeriodInSecs` are dropped, so the
index keeps them for decades; and the CIM's data models search the indexes of its macros `cim_*_indexes`, so these are emptied,
which means the role's own.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from generator.backends.splunk.rest import RestError, named
from generator.base.diagnostics import BackendError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from generator.backends.splunk.rest import Rest

CIM = "Splunk_SA_CIM"
_DECADES = 3_000_000_000
"""Seconds that events are kept: more than ninety years."""
_DELETER = "can_delete"
"""The role that may delete events of a search; every server has it, and no user by default."""
_INPUTS = "data/inputs/http"
_COLLECTOR = "splunk_httpinput"


class Workspace:
    """The indexes, role, token and settings of one run on one server. Enter it; leaving puts everything back."""

    def __init__(self, rest: Rest) -> None:
        self.rest = rest
        self.run = uuid.uuid4().hex[:8]
        self.token = ""
        self.user = ""
        self._undo: list[tuple[str, Callable[[], object]]] = []
        self._role = ""
        self._made = 0
        self._known: set[str] = set()

    @property
    def prefix(self) -> str:
        """What all names of this run begin with."""
        return f"contentpack_{self.run}"

    def undo(self, what: str, action: Callable[[], object]) -> None:
        """Note how something is taken back; `what` names it in messages."""
        self._undo.append((what, action))

    def prepare(self) -> None:
        """Make the token, the role and the settings.

        Raises:
            BackendError: the server refuses one of them.
        """
        here = self.rest.entries("authentication/current-context")[0]["content"]
        self.user = str(here["username"])
        self._known = {str(entry["name"]) for entry in self.rest.entries("data/indexes", count=0)}
        self._open_data_models()
        self._make_role([str(role) for role in here.get("roles", [])])
        self._make_token()

    def leave(self) -> list[str]:
        """Take everything back; return what could not be, with the reason."""
        left = []
        while self._undo:
            what, action = self._undo.pop()
            try:
                action()
            except BackendError as error:
                left.append(f"{what}: {error}")
        return left

    # --- indexes -----------------------------------------------------------------------------------------------------

    def new_index(self) -> str:
        """Return a new, empty index."""
        self._made += 1
        name = f"{self.prefix}_{self._made}"
        self._make_index(name)
        return name

    def named_index(self, name: str) -> None:
        """See that an index of a name is there, for data that ask for it."""
        if name not in self._known:
            self._make_index(name)

    def drop_index(self, name: str) -> None:
        """Delete an index that this run has made."""
        what = f"index {name}"
        kept = [(told, action) for told, action in self._undo if told != what]
        if len(kept) == len(self._undo):
            return
        self.rest.delete(named("data/indexes", name))
        self._known.discard(name)
        self._undo = kept

    def known_indexes(self) -> list[str]:
        """Return the indexes of the server, those of this run among them."""
        return sorted(self._known)

    def made(self, name: str) -> bool:
        """Whether this run has made an index."""
        return any(what == f"index {name}" for what, _ in self._undo)

    def search_by_default(self, indexes: Sequence[str]) -> None:
        """Let searches that name no index look into these."""
        self.rest.post(named("authorization/roles", self._role), srchIndexesDefault=list(indexes))

    def _make_index(self, name: str) -> None:
        self.rest.post("data/indexes", name=name, datatype="event", frozenTimePeriodInSecs=_DECADES)
        self._known.add(name)
        self.undo(f"index {name}", lambda: self.rest.delete(named("data/indexes", name)))

    # --- role, token, data models ------------------------------------------------------------------------------------

    def _make_role(self, roles: list[str]) -> None:
        role = f"{self.prefix}_role"
        imported = [*roles, *({_DELETER} - set(roles))]
        self.rest.post("authorization/roles", name=role, imported_roles=imported, srchIndexesAllowed=["*", "_*"])
        self.undo(f"role {role}", lambda: self.rest.delete(named("authorization/roles", role)))
        user = named("authentication/users", self.user)
        self.rest.post(user, roles=[*roles, role])
        self.undo(f"roles of {self.user}", lambda: self.rest.post(user, roles=roles))
        self._role = role

    def _make_token(self) -> None:
        """Make a token; where acknowledgement is not to be had (Splunk Cloud), one without."""
        collector = self.rest.content(f"{_INPUTS}/http", owner="nobody", app=_COLLECTOR)
        if collector is not None and str(collector.get("disabled")).lower() in {"1", "true"}:
            self.rest.post(f"{_INPUTS}/http/enable", owner="nobody", app=_COLLECTOR)
            self.undo(
                "the event collector",
                lambda: self.rest.post(f"{_INPUTS}/http/disable", owner="nobody", app=_COLLECTOR),
            )
        name = f"{self.prefix}_token"
        try:
            self.rest.post(_INPUTS, owner="nobody", app=_COLLECTOR, name=name, useACK=1, disabled=0)
        except RestError as error:
            if error.status != 400:
                raise
            self.rest.post(_INPUTS, owner="nobody", app=_COLLECTOR, name=name, disabled=0)
        self.undo(
            f"token {name}",
            lambda: self.rest.delete(named(_INPUTS, name), owner="nobody", app=_COLLECTOR),
        )
        made = self.rest.content(named(_INPUTS, name), owner="nobody", app=_COLLECTOR)
        if made is None or not made.get("token"):
            raise BackendError(f"{self.rest.target.rest} made the collector token {name} and does not tell it")
        self.token = str(made["token"])

    def _open_data_models(self) -> None:
        """Empty the CIM's macros of indexes; nothing where the CIM is not installed."""
        if self.rest.content(f"apps/local/{CIM}") is None:
            return
        for entry in self.rest.entries("configs/conf-macros", owner="nobody", app=CIM, count=0, search="cim_*_indexes"):
            name, before = str(entry["name"]), entry["content"].get("definition", "")
            if not (name.startswith("cim_") and name.endswith("_indexes")) or before in {"", "()"}:
                continue
            path = named("configs/conf-macros", name)

            def put_back(path: str = path, before: str = before) -> None:
                self.rest.post(path, owner="nobody", app=CIM, definition=before)

            self.rest.post(path, owner="nobody", app=CIM, definition="()")
            self.undo(f"macro {name}", put_back)
