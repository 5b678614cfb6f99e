"""What the engine's searches know: macros, saved searches, lookups, data models and settings of the given apps.

The apps' folders are read in Splunk's precedence; what is built in lies below them.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from generator.base.diagnostics import UnsupportedSpl
from generator.engine.frames import Models
from generator.knowledge.apps import external_lookups, external_macros, macro_signature
from generator.knowledge.computed import COMPUTED
from generator.knowledge.conf import is_true, merge_apps
from generator.knowledge.datamodels import load_models
from generator.knowledge.modelfiles import app_models, load_definition
from generator.knowledge.places import Places
from generator.knowledge.settings import Settings
from generator.spl.macros import MacroDefinition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from generator.engine.contracts import LookupTable
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.knowledge.conf import ConfStanzas
    from generator.knowledge.eventtypes import EventType
    from generator.knowledge.modelfiles import ModelDefinition

_SCRIPTED = frozenset({"utbox"})
"""Apps whose lookups compute what they give."""


class AppKnowledge:
    """What the given apps define (`generator.engine.contracts.Knowledge`); `environment` is what data models run in."""

    def __init__(self, apps: Iterable[Path], environment: Callable[[], Env]) -> None:
        folders = tuple(apps)
        self.settings = Settings(folders)
        self.files: dict[str, Table] = {}
        self._folders = folders
        self._computed: dict[str, LookupTable] = {}
        self._frames = Models(self.model, environment, self._is_open)
        self._macros: dict[tuple[str, int], MacroDefinition] = {}
        self._saved: dict[str, str]
        for macros in external_macros().values():
            for macro in macros:
                if macro.definition is not None:
                    key = (macro.name, len(macro.arguments))
                    self._macros[key] = MacroDefinition(macro.name, macro.definition, macro.arguments, macro.is_eval)
        for stanza, settings in merge_apps(folders, "macros").items():
            disabled = "disabled" in settings and is_true(settings["disabled"].value)
            if "definition" not in settings or disabled:
                continue
            args = settings["args"].value if "args" in settings else ""
            name, arguments = macro_signature(stanza, args)
            iseval = "iseval" in settings and is_true(settings["iseval"].value)
            validation, errormsg = (
                settings[key].value if key in settings else "" for key in ("validation", "errormsg")
            )
            definition = MacroDefinition(
                name, settings["definition"].value, arguments, iseval, validation=validation, errormsg=errormsg
            )
            self._macros[name, len(arguments)] = definition
        self.read_saved_searches()

    def read_saved_searches(self) -> None:
        """Read the saved searches, also anew where their files have changed."""
        self._saved = {
            stanza: settings["search"].value
            for stanza, settings in merge_apps(self._folders, "savedsearches").items()
            if "search" in settings
        }

    def macro(self, name: str, arity: int) -> MacroDefinition | None:
        """Return the macro of a name and a number of arguments."""
        return self._macros.get((name, arity))

    def saved_search(self, name: str) -> str | None:
        """Return the text of a saved search."""
        return self._saved.get(name)

    def lookup(self, name: str) -> LookupTable | None:
        """Return a lookup by its definition's name, or its file's; an empty one where only an app that is not here has it.

        Raises:
            UnsupportedSpl: it is a script of another app.
        """
        lookups = self.settings.lookups
        found = lookups.get(name)
        if found is None and name in COMPUTED:
            return self._computed.setdefault(name, COMPUTED[name]())
        if found is None and (known := external_lookups().get(name)) is not None:
            if known.app in _SCRIPTED:
                raise UnsupportedSpl(
                    f"the lookup `{name}` is a script of {known.app_title}, which is not supported by the embedded engine"
                )
            note = f"The lookup '{name}' of {known.app_title} is empty, since the app is not here."
            return lookups.create(name, known.fields or (), note)
        return found

    def create_lookup(self, name: str, columns: tuple[str, ...]) -> LookupTable:
        """Return a new lookup without rows."""
        return self.settings.lookups.create(name, columns)

    def stanzas(self, name: str) -> ConfStanzas:
        """Return the settings of the given apps' conf files of a name."""
        return merge_apps(self._folders, name)

    @property
    def tags(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """Field to value to tags."""
        return self.settings.tags

    @property
    def eventtypes(self) -> tuple[EventType, ...]:
        """The event types, the highest priority first."""
        return self.settings.eventtypes

    @cached_property
    def places(self) -> Places | None:
        """The city database in the folder `lookups` of an app, the last one by name where there are several."""
        found = sorted(file for folder in self._folders for file in (folder / "lookups").glob("*.mmdb"))
        return Places(found[-1]) if found else None

    @cached_property
    def _own_models(self) -> dict[str, ModelDefinition]:
        return app_models(self._folders)

    def models(self) -> list[str]:
        """Return the names of all data models."""
        return sorted({*load_models().models, *self._own_models})

    def model(self, name: str) -> ModelDefinition | None:
        """Return a data model: an app's own, or the built-in one."""
        own = self._own_models.get(name)
        if own is None and name in load_models():
            try:
                return load_definition(name)
            except KeyError:
                return None
        return own

    def _is_open(self, name: str) -> bool:
        return name not in self._own_models and load_models().is_open(name)

    def dataset(self, model: str, dataset: str | None, events: Table, now: float) -> Table | None:
        """Return the frame of a data-model dataset."""
        return self._frames.plain(model, dataset, events, now)

    def addressed(self, model: str, dataset: str | None, events: Table, now: float) -> Table | None:
        """Return the frame of a data-model dataset under the names of `tstats`."""
        return self._frames.addressed(model, dataset, events, now)
