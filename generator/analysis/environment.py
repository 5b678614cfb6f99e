"""What one object's analysis and checks may ask about everything around it.

An `Environment` is made once per pack. It gives names, definitions and tables, never other objects' searches: that keeps
the result of one object a function of its file and of what it asks here, which is what makes results cacheable
(`Environment.asked` records macros and lookups that were looked up).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping

    from generator.content.config import Config
    from generator.content.model import DataSource, Deployment, Kind, Lookup, Macro, Story
    from generator.knowledge.apps import ExternalLookup, ExternalMacro
    from generator.knowledge.attack import Attack
    from generator.knowledge.datamodels import DataModels
    from generator.spl.table import CommandTable


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
