"""The knowledge objects of one app on a server, as conf stanzas: what `contentpack import URL` reads.

Saved searches come from `saved/searches`, other stanzas from `configs/conf-<name>`, the rows of lookup files by a search (no
endpoint gives a table's text). Nothing is written to the server.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import quote

from generator.backends.splunk.rest import Rest, RestError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.backends.splunk.target import SplunkTarget

_META: Final = ("eai:", "embed.", "next_scheduled_time", "qualifiedSearch", "orphan")


class Calls(Protocol):
    """What is used of `Rest`."""

    def entries(self, path: str, *, owner: str | None = None, app: str | None = None, **query: Any) -> list[Any]:  # noqa: ANN401
        """Return the entries of a feed."""
        ...

    def post(self, path: str, *, owner: str | None = None, app: str | None = None, **form: Any) -> Any:  # noqa: ANN401
        """Return the answer to POST."""
        ...


class KnowledgeServer:
    """An app on a server. Trouble with the server is a `BackendError`."""

    def __init__(self, rest: Calls, app: str) -> None:
        self._rest = rest
        self._app = app

    @property
    def title(self) -> str:
        """The app's id."""
        return self._app

    def stanzas(self, conf: str) -> Mapping[str, Mapping[str, str]]:
        """Return the stanzas of a conf file, as the server merges them; those of other apps are left out.

        Raises:
            BackendError: the server cannot be asked.
        """
        path = "saved/searches" if conf == "savedsearches" else f"configs/conf-{quote(conf, safe='')}"
        try:
            entries = self._rest.entries(path, owner="nobody", app=self._app, count=0)
        except RestError as error:
            if error.missing:  # a conf file that no app has
                return {}
            raise
        found: dict[str, dict[str, str]] = {}
        for entry in entries:
            if entry.get("acl", {}).get("app") == self._app:
                found[str(entry.get("name", ""))] = {
                    key: _value(value)
                    for key, value in entry.get("content", {}).items()
                    if value is not None and not key.startswith(_META)
                }
        return found

    def table(self, filename: str) -> bytes | None:
        """Return the rows of a CSV lookup, or None when the server has none of that name.

        Raises:
            BackendError: the server cannot be asked.
        """
        if not filename.endswith(".csv") or any(character in filename for character in '"|[]`\\'):
            return None
        try:
            answer = self._rest.post(
                "search/jobs",
                owner="nobody",
                app=self._app,
                search=f'| inputlookup "{filename}"',
                exec_mode="oneshot",
                count=0,
            )
        except RestError:
            return None  # the search is refused where there is no such table; the import tells that it is missing
        rows = answer.get("results", [])
        fields = [field["name"] if isinstance(field, dict) else str(field) for field in answer.get("fields", [])]
        fields = fields or list(dict.fromkeys(key for row in rows for key in row))
        if not fields:
            return None
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(fields)
        writer.writerows([_value(row.get(field, "")) for field in fields] for row in rows)
        return out.getvalue().encode()


def _value(value: object) -> str:
    """Return a setting as the conf file has it: JSON's true and false are 1 and 0 there."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return "\n".join(str(item) for item in value) if isinstance(value, list) else str(value)


def connected(target: SplunkTarget, app: str) -> KnowledgeServer:
    """Log in and return an app of the server. Raises BackendError when the server refuses or is not there."""
    rest = Rest(target)
    rest.connect()
    return KnowledgeServer(rest, app)
