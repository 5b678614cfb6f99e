"""The app's files in memory: what rendering returns, packaging writes, and tests compare.

Paths are relative to the app's folder, with `/`. Nothing here touches the disk.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class AppTree:
    """The files of one Splunk app: `app_id` is the folder's name, `files` maps paths to bytes."""

    app_id: str
    version: str
    files: Mapping[str, bytes] = field(default_factory=dict)

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        """Yield path and content, sorted by path."""
        return iter(sorted(self.files.items()))

    def text(self, path: str) -> str:
        """Return a file decoded as UTF-8.

        Raises:
            KeyError: the app has no such file.
        """
        return self.files[path].decode("utf-8")
