"""The commands of SPL, one module each: node, reading, printing, field flow, documentation.

`load_commands` gives the table that the parser and all above it are handed. A module `name.py` (or `name_.py` where the
name is a Python word) holds the command `name` in its `SPEC`; it is found by its file and imported when the command is
first met. Commands without a module are known by name from `known.KNOWN`.
"""

from __future__ import annotations

import importlib
from functools import cache, partial
from os import scandir
from typing import TYPE_CHECKING

from generator.commands.known import ALIASES, KNOWN, known_spec
from generator.spl.syntax import CommandSpec, CommandTable

if TYPE_CHECKING:
    from collections.abc import Callable

NOT_COMMANDS = frozenset({"__init__", "flow", "grouping", "known", "shapes", "uses"})
"""Modules of this package that several commands share."""


def command_modules() -> dict[str, str]:
    """Return each command that has a module of its own, with the module's name."""
    names = (entry.name for folder in __path__ for entry in scandir(folder))
    modules = (name.removesuffix(".py") for name in names if name.endswith(".py"))
    return {module.rstrip("_"): module for module in modules if module not in NOT_COMMANDS}


@cache
def load_commands() -> CommandTable:
    """Return the table of all commands that Splunk's Search Reference (and the apps in `known`) name."""
    loaders: dict[str, Callable[[], CommandSpec]] = {name: partial(known_spec, name) for name in KNOWN}
    loaders.update((name, partial(_spec, module)) for name, module in command_modules().items())
    loaders.update((alias, loaders[name]) for alias, name in ALIASES.items())
    return CommandTable(loaders)


def _spec(module: str) -> CommandSpec:
    spec = importlib.import_module(f"{__name__}.{module}").SPEC
    if not isinstance(spec, CommandSpec):
        raise TypeError(f"{__name__}.{module}.SPEC is no CommandSpec")
    return spec
