"""What other apps define that content calls without defining it: macros and lookups, from `data/<addon>/*.conf`.

The files are in Splunk's own format. A macro stanza without `definition` says that the macro exists and what it takes, and
that what it does is not known; a lookup without `fields_list` says the same of its columns. Nothing here is a finding: the
rules decide what a use means.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.knowledge.conf import is_true, parse_conf

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DATA = Path(__file__).parent / "data"
_ARITY = re.compile(r"^(?P<name>.*)\((?P<count>\d+)\)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ExternalMacro:
    """One macro of another app. `definition` is None when it isn't known.

    `is_complete` says that `external_macros` lists every arity of this name; otherwise another count of arguments may be
    right as well.
    """

    name: str
    arguments: tuple[str, ...]
    definition: str | None
    is_eval: bool
    is_complete: bool
    app: str
    app_title: str


@dataclass(frozen=True, slots=True)
class ExternalLookup:
    """One lookup of another app. `fields` are its columns, None when they aren't known; `filename` is empty for other kinds."""

    name: str
    fields: tuple[str, ...] | None
    filename: str
    app: str
    app_title: str


@cache
def external_macros() -> Mapping[str, tuple[ExternalMacro, ...]]:
    """Return macro name, without its arity, to the macros of that name, fewest arguments first."""
    found: dict[str, list[ExternalMacro]] = {}
    for folder, facts in _addons():
        for stanza, values in _stanzas(folder, "macros.conf").items():
            name, arguments = macro_signature(stanza, values.get("args", ""))
            macro = ExternalMacro(
                name=name,
                arguments=arguments,
                definition=values.get("definition"),
                is_eval=is_true(values.get("iseval", "")),
                is_complete=not facts["open_macros"],
                app=str(facts["app"]),
                app_title=str(facts["title"]),
            )
            found.setdefault(name, []).append(macro)
    return MappingProxyType({name: tuple(sorted(macros, key=_by_arity)) for name, macros in found.items()})


@cache
def external_lookups() -> Mapping[str, ExternalLookup]:
    """Return lookup name, and CSV file name where there is one, to the lookup."""
    found: dict[str, ExternalLookup] = {}
    for folder, facts in _addons():
        for stanza, values in _stanzas(folder, "transforms.conf").items():
            columns = values.get("fields_list")
            lookup = ExternalLookup(
                name=stanza,
                fields=tuple(column.strip() for column in columns.split(",")) if columns else None,
                filename=values.get("filename", ""),
                app=str(facts["app"]),
                app_title=str(facts["title"]),
            )
            found[stanza] = lookup
            if lookup.filename:
                found[lookup.filename] = lookup
    return MappingProxyType(found)


def macro_signature(stanza: str, args: str) -> tuple[str, tuple[str, ...]]:
    """Return the name without arity and the argument names of a `macros.conf` stanza such as `[get_asset(1)]`.

    The arity of the stanza's name decides; arguments that `args` doesn't name are called `arg1`, `arg2`, ...
    """
    match = _ARITY.match(stanza)
    if match is None:
        return stanza, ()
    named = [name.strip() for name in args.split(",") if name.strip()]
    count = int(match["count"]) if len(match["count"]) < 4 else 0
    return match["name"], tuple(named[i] if i < len(named) else f"arg{i + 1}" for i in range(count))


def _by_arity(macro: ExternalMacro) -> int:
    return len(macro.arguments)


def _addons() -> Iterator[tuple[Path, dict[str, object]]]:
    """Yield each add-on's folder and what `addon.json` says of it, by name."""
    for folder in sorted(_DATA.iterdir(), key=lambda item: item.name):
        facts = folder / "addon.json"
        if facts.is_file():
            yield folder, json.loads(facts.read_bytes())


def _stanzas(folder: Path, name: str) -> dict[str, dict[str, str]]:
    file = folder / name
    return parse_conf(file.read_text(encoding="utf-8"), f"{folder.name}/{name}").values() if file.is_file() else {}
