"""Where knowledge objects are read from: an app's folder here; a server has its own class with the same three methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from generator.base.diagnostics import RepositoryError
from generator.base.frozen import dataclass
from generator.knowledge.conf import app_conf_files, merge_layers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

MAX_TABLE_BYTES: Final = 256 * 1024 * 1024


class ConfSource(Protocol):
    """Something that has the conf files of one app."""

    @property
    def title(self) -> str:
        """What it is called, for messages and comments."""
        ...

    def stanzas(self, conf: str) -> Mapping[str, Mapping[str, str]]:
        """Return the stanzas of a conf file (`savedsearches`, ...) with `local` above `default`; none when it is absent.

        Raises:
            GeneratorError: it cannot be read.
        """
        ...

    def table(self, filename: str) -> bytes | None:
        """Return a lookup's file, or None when there is none that can be read."""
        ...


@dataclass(frozen=True, slots=True)
class AppFolder:
    """An app as Splunk has it on disk: `default/`, `local/`, `lookups/`. Links are not followed."""

    folder: Path

    @property
    def title(self) -> str:
        """The folder's name."""
        return self.folder.resolve().name

    def stanzas(self, conf: str) -> Mapping[str, Mapping[str, str]]:
        """Return the stanzas of a conf file. Raises RepositoryError when it cannot be read."""
        merged = merge_layers(*app_conf_files(self.folder, conf))
        return {name: {key: found.value for key, found in settings.items()} for name, settings in merged.items()}

    def table(self, filename: str) -> bytes | None:
        """Return a lookup's file."""
        if not filename or "/" in filename or "\\" in filename or filename.startswith("."):
            return None
        path = self.folder / "lookups" / filename
        try:
            if path.is_symlink() or not path.is_file() or path.stat().st_size > MAX_TABLE_BYTES:
                return None
            return path.read_bytes()
        except OSError as error:
            raise RepositoryError(f"{path}: cannot be read: {error.strerror or error}") from error


def is_app_folder(folder: Path) -> bool:
    """Say whether a folder looks like a Splunk app."""
    return any((folder / layer).is_dir() and any((folder / layer).glob("*.conf")) for layer in ("default", "local"))


@dataclass(frozen=True, slots=True)
class Imported:
    """Files of a pack by path, and what a person must know: left out, guessed. `refused` counts sources not imported."""

    files: Mapping[str, bytes]
    notes: tuple[str, ...] = ()
    refused: int = 0


class Gathering:
    """Files and notes while an import goes on; a second file of a name gets a number."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self._notes: dict[str, list[str]] = {}
        self._refused = 0

    def add(self, path: str, data: str | bytes) -> str:
        """Keep a file and return its path."""
        free = path
        number = 2
        while free in self.files:
            stem, dot, suffix = path.rpartition(".")
            free = f"{stem}_{number}{dot}{suffix}"
            number += 1
        self.files[free] = data.encode("utf-8", "replace") if isinstance(data, str) else data
        return free

    def note(self, what: str, about: str) -> None:
        """Keep a note; the same of many objects becomes one line."""
        self._notes.setdefault(what, []).append(about)

    def refuse(self, why: str, about: str) -> None:
        """Keep a note of something that was to be imported and is not."""
        self._refused += 1
        self.note(why, about)

    def imported(self) -> Imported:
        """Return what was gathered."""
        return Imported(self.files, tuple(self._lines()), self._refused)

    def _lines(self) -> Iterator[str]:
        """Yield the notes, each with how many it is about and the first of them."""
        for what, names in self._notes.items():
            shown = ", ".join(f"`{name}`" for name in dict.fromkeys(names[:3]))
            more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
            yield f"{what}: {shown}{more}"


Values = dict[str, Any]
