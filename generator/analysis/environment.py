"""What one object's analysis and checks may ask about everything around it.

An `Environment` is made once per pack. It gives names, definitions and tables, never other objects' searches: that keeps
the result of one object a function of its file and of what it asks here, which is what makes results cacheable.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from dataclasses import field
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands import load_commands
from generator.content.dialects import FOLDERS
from generator.content.model import Kind
from generator.knowledge.apps import ExternalLookup, ExternalMacro, external_lookups, external_macros
from generator.knowledge.attack import builtin_attack
from generator.knowledge.datamodels import load_models

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterator, Mapping

    from generator.content.config import Config
    from generator.content.model import DataSource, Deployment, Lookup, Macro, Pack, Story
    from generator.knowledge.attack import Attack
    from generator.knowledge.datamodels import DataModels
    from generator.spl.syntax import CommandTable


@dataclass(frozen=True, slots=True)
class Environment:
    """Names, definitions and tables of a pack and of Splunk's own knowledge.

    `names`: for each kind, object name -> path of its file. `macros`: the pack's macros by name (several with different
    numbers of arguments). `filter_macros`: names of the filter macros that rendering will generate, by detection path.
    `lookup_columns`: columns of the pack's lookups as far as they are known. `today` is the date that "in the future"
    is measured against, None to leave such checks out.
    """

    config: Config
    commands: CommandTable
    models: DataModels
    attack: Attack
    today: datetime.date | None = None
    names: Mapping[Kind, Mapping[str, str]] = field(default_factory=dict)
    macros: Mapping[str, tuple[Macro, ...]] = field(default_factory=dict)
    filter_macros: Mapping[str, str] = field(default_factory=dict)
    lookups: Mapping[str, Lookup] = field(default_factory=dict)
    lookup_columns: Mapping[str, frozenset[str]] = field(default_factory=dict)
    stories: Mapping[str, Story] = field(default_factory=dict)
    data_sources: Mapping[str, DataSource] = field(default_factory=dict)
    deployments: Mapping[str, Deployment] = field(default_factory=dict)
    deployments_by_type: Mapping[str, Deployment] = field(default_factory=dict)
    external_macros: Mapping[str, tuple[ExternalMacro, ...]] = field(default_factory=dict)
    external_lookups: Mapping[str, ExternalLookup] = field(default_factory=dict)


_HEADER_BYTES = 65536
_NAME = re.compile(r"^name:[ \t]*['\"]?([^'\"\r\n]+?)['\"]?[ \t]*\r?$", re.MULTILINE)


def make_environment(
    pack: Pack,
    *,
    today: datetime.date | None = None,
    read_head: Callable[[str, int], bytes | None],
    attack: Attack | None = None,
) -> Environment:
    """Gather what the objects of a pack may ask about.

    `read_head(path, size)` gives the first bytes of a data file (for the header of a lookup's CSV), or None. `attack` is
    the table that techniques are looked up in; None for the built-in one.
    """
    names: dict[Kind, dict[str, str]] = defaultdict(dict)
    for item in pack.objects():
        names[item.kind].setdefault(item.name, item.path)
    macros: dict[str, tuple[Macro, ...]] = {}
    for macro in pack.macros:
        macros[macro.name] = (*macros.get(macro.name, ()), macro)
    external = dict(external_macros())
    foreign_lookups = dict(external_lookups())
    models = load_models()
    for app in pack.config.external_apps:
        for name in app.macros:
            external.setdefault(name, (_declared_macro(name, app.app_name),))
        for name in app.lookups:
            foreign_lookups.setdefault(name, _declared_lookup(name, app.app_name))
        models = models.with_open_models(app.data_models, app=app.app_name).with_fields(app.data_model_fields)
    # A file that could not be read has a finding of its own; what it would define is there for all others.
    for kind, name, path in _unread(pack):
        names[kind].setdefault(name, path)
        if kind is Kind.MACRO:
            external.setdefault(name, (_declared_macro(name, path),))
        elif kind is Kind.LOOKUP:
            foreign_lookups.setdefault(name, _declared_lookup(name, path))
    lookups = {lookup.name: lookup for lookup in pack.lookups}
    columns = {}
    for lookup in pack.lookups:
        known = _columns(lookup, read_head)
        if known is not None:
            columns[lookup.name] = known
    return Environment(
        config=pack.config,
        commands=commands_of(pack.config),
        models=models,
        attack=attack or builtin_attack(),
        today=today,
        names=names,
        macros=macros,
        filter_macros={detection.filter_macro: detection.path for detection in pack.detections},
        lookups=lookups,
        lookup_columns=columns,
        stories={story.name: story for story in pack.stories},
        data_sources={source.name: source for source in pack.data_sources},
        deployments={deployment.name: deployment for deployment in pack.deployments},
        deployments_by_type={d.type: d for d in pack.deployments if d.type and not d.inline},
        external_macros=external,
        external_lookups=foreign_lookups,
    )


def commands_of(config: Config) -> CommandTable:
    """Return all commands that a pack may use: Splunk's, and those that its configuration says other apps bring."""
    commands = load_commands()
    for app in config.external_apps:
        if app.commands:
            commands = commands.with_commands(app.commands, app=app.app_name)
    return commands


def _unread(pack: Pack) -> Iterator[tuple[Kind, str, str]]:
    """Yield kind, name and path of the content files that gave no document, as far as their text still tells."""
    for problem in pack.problems:
        kind = FOLDERS.get(problem.path.partition("/")[0])
        found = _NAME.search(problem.text) if problem.document is None and kind is not None else None
        if kind is not None and found is not None:
            yield kind, found[1], problem.path


def _columns(lookup: Lookup, read_head: Callable[[str, int], bytes | None]) -> frozenset[str] | None:
    """Return a lookup's columns, or None where its file gives none that are certain."""
    if lookup.type == "kvstore":
        return frozenset(lookup.fields) | {"_key"} if lookup.fields else None
    if lookup.type != "csv" or lookup.data_path is None:
        return None
    head = read_head(lookup.data_path, _HEADER_BYTES)
    return frozenset(table_header(head)) or None if head else None


def table_header(data: bytes) -> tuple[str, ...]:
    """Return the columns that a CSV table's first line names, none where it cannot be read."""
    line = data[:_HEADER_BYTES].decode("utf-8-sig", errors="replace").split("\n", 1)[0].rstrip("\r")
    try:
        header = next(csv.reader([line]), [])
    except csv.Error:
        return ()  # a broken header is a finding of the lookup rules; its columns stay unknown here
    return tuple(name.strip() for name in header)


def _declared_macro(name: str, app: str) -> ExternalMacro:
    return ExternalMacro(
        name=name, arguments=(), definition=None, is_eval=False, is_complete=False, app=app, app_title=app
    )


def _declared_lookup(name: str, app: str) -> ExternalLookup:
    return ExternalLookup(name=name, fields=None, filename="", app=app, app_title=app)
