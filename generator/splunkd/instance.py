"""Everything that the handlers of one server share."""

from __future__ import annotations

import itertools
import uuid
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.splunkd.accesslog import AccessLog
from generator.splunkd.accounts import Accounts
from generator.splunkd.builtin import BUILTIN
from generator.splunkd.call import is_true
from generator.splunkd.collector import Collector
from generator.splunkd.confs import NOBODY, Confs
from generator.splunkd.events import Events
from generator.splunkd.jobs import Jobs
from generator.splunkd.journal import Journal
from generator.splunkd.kvstore import KvStore
from generator.splunkd.searcher import Searcher
from generator.splunkd.suppression import Suppressions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from generator.splunkd.actions import Fired


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server takes on. Sizes are bytes."""

    request: int = 512 * 1024 * 1024
    events: int = 5_000_000
    event_bytes: int = 4 * 1024**3
    waiting_jobs: int = 500
    cells: int = 20_000_000
    search_seconds: float = 600.0
    inflight: int = 1024**3
    """Bytes of requests that are held at one time; more wait."""


class Instance:
    """See the module. `apps` are names and folders of apps, `root` is the server's own folder."""

    def __init__(
        self,
        apps: Iterable[tuple[str, Path | None]],
        root: Path,
        *,
        clock: Callable[[], float],
        persistent: bool,
        limits: Limits | None = None,
        now: float | None = None,
    ) -> None:
        self.clock = clock
        self.root = root
        self.limits = limits if limits is not None else Limits()
        self.started = clock()
        self.confs = Confs(apps, root, BUILTIN, clock)
        self.accounts = Accounts(root / "etc" / "accounts.json" if persistent else None, clock)
        self.events = Events(
            Journal(root / "var" / "events.journal" if persistent else None),
            self.limits.events,
            self.limits.event_bytes,
        )
        self.access = AccessLog(clock)
        self.kvstore = KvStore(root, self.confs)
        self.searcher = Searcher(self.confs, self.events, self.access, self.kvstore, now)
        self.jobs = Jobs(self.searcher, clock, self.limits.waiting_jobs, self.limits.cells)
        self.collector = Collector(clock)
        self.messages: dict[str, dict[str, str]] = {}
        self.loggers: dict[str, str] = {}
        self.fired: list[Fired] = []
        self.suppressions = Suppressions(root / "var" / "suppressed.json" if persistent else None, clock)
        self._numbers = itertools.count(1)
        self.guid = str(uuid.uuid4()).upper()
        self.addresses: dict[str, int] = {"rest": 8089, "hec": 8088}
        self.restore = self.events.restore

    async def close(self) -> None:
        """End all searches and both threads, and close the journal."""
        await self.jobs.close()
        self.searcher.close()
        self.events.close()

    def next_number(self) -> int:
        """Return a number that was not given before."""
        return next(self._numbers)

    def tell(self, name: str, value: str, severity: str) -> None:
        """Make a message of the server, which lasts until it is removed."""
        self.messages[name] = {"value": value, "severity": severity, "time": str(int(self.clock()))}

    def server_name(self) -> str:
        """Return the server's name."""
        return self.confs.system("server").get("general", {}).get("serverName", "contentpack")

    # --- who may what ------------------------------------------------------------------------------------------------

    def app_of(self, user: str) -> str:
        """Return the app in which a user works where the request names none."""
        known = self.accounts.users.get(user)
        app = known.default_app if known is not None else "search"
        return app if app in self.confs.apps else "search"

    def roles(self) -> dict[str, dict[str, str]]:
        """Return the stanzas of all roles, `role_<name>`, those of apps below those of the system."""
        merged: dict[str, dict[str, str]] = {}
        for one in reversed(self.confs.objects("authorize")):
            if one.name.startswith("role_") and one.place[0] == NOBODY:
                merged.setdefault(one.name, {}).update(one.settings)
        return merged

    def roles_of(self, user: str) -> list[str]:
        """Return a user's roles and all that they import."""
        known = self.accounts.users.get(user)
        found: list[str] = []
        waiting = list(known.roles) if known is not None else []
        stanzas = self.roles()
        while waiting:
            role = waiting.pop(0)
            if role in found or f"role_{role}" not in stanzas:
                continue
            found.append(role)
            waiting += split(stanzas[f"role_{role}"].get("importRoles", ""))
        return found

    def capabilities_of(self, user: str) -> list[str]:
        """Return what a user may do."""
        stanzas = self.roles()
        return sorted(
            {
                name
                for role in self.roles_of(user)
                for name, value in stanzas[f"role_{role}"].items()
                if value.strip().lower() == "enabled"
            }
        )

    def default_indexes(self, user: str) -> tuple[str, ...]:
        """Return the indexes that a user's searches look into where they name none."""
        stanzas = self.roles()
        found = {
            index
            for role in self.roles_of(user)
            for index in split(stanzas[f"role_{role}"].get("srchIndexesDefault", ""))
        }
        return tuple(sorted(found)) or ("main",)

    def indexes(self) -> list[str]:
        """Return the names of all indexes that are switched on."""
        found = self.confs.visible("indexes", "-", "-", "")
        return sorted({one.name for one in found if not is_true(one.settings.get("disabled")) and ":" not in one.name})


def split(text: str) -> list[str]:
    """Return the names of a list as conf files and requests write it, parted by `;` or `,`."""
    return [name.strip() for name in text.replace(",", ";").split(";") if name.strip()]
