"""App folders become one set of settings: the built-in add-ons below, the given apps above, attribute by attribute.

`generator/knowledge/data/<addon>/default/*.conf` are the built-in ones, in the same formats as any app's.
"""

from __future__ import annotations

from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from generator.knowledge.conf import merge_apps, merge_layers
from generator.knowledge.eventtypes import eventtypes_of
from generator.knowledge.lookups import Lookups
from generator.knowledge.props import Props
from generator.knowledge.tags import tags_of
from generator.knowledge.transforms import Transforms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from generator.knowledge.conf import ConfStanzas
    from generator.knowledge.eventtypes import EventType

_DATA = Path(__file__).parent / "data"


@cache
def builtin_folders() -> tuple[Path, ...]:
    """Return the folders of the built-in add-ons that have settings for events, by name."""
    return tuple(sorted(folder for folder in _DATA.iterdir() if (folder / "default").is_dir()))


@cache
def _builtin(name: str) -> ConfStanzas:
    return merge_apps(builtin_folders(), name)


class Settings:
    """What apps say about events: each conf file is read on first use.

    Raises (from each property): RepositoryError when a file cannot be read.
    """

    def __init__(self, apps: Iterable[Path] = (), *, builtin: bool = True) -> None:
        self._apps = tuple(apps)
        self._with_builtin = builtin

    def stanzas(self, name: str) -> ConfStanzas:
        """Return the settings of all apps' conf files of a name, such as `props`."""
        given = merge_apps(self._apps, name)
        return merge_layers(_builtin(name), given) if self._with_builtin else given

    @cached_property
    def props(self) -> Props:
        """The stanzas of props.conf."""
        return Props(self.stanzas("props"))

    @cached_property
    def transforms(self) -> Transforms:
        """The field transforms."""
        return Transforms(self.stanzas("transforms"))

    @cached_property
    def eventtypes(self) -> tuple[EventType, ...]:
        """The event types, the highest priority first."""
        return eventtypes_of(self.stanzas("eventtypes"))

    @cached_property
    def tags(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """Field to value to tags."""
        return tags_of(self.stanzas("tags"))

    @cached_property
    def lookups(self) -> Lookups:
        """The lookups."""
        folders = (*(builtin_folders() if self._with_builtin else ()), *self._apps)
        return Lookups(folders, self.stanzas("transforms"))
