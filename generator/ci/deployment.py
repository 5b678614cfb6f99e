"""A rendered app and what is installed become a plan: what would change on the server, before anything is sent.

Compared is what the package says with what the server has in force. A key that only the server has is a local change or a
default and stays; a key that differs is either older, or a local change that the package will not reach: Splunk's `local`
layer wins. Both are told as `installed -> package`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.ci.diffmodel import StanzaChange, What
from generator.ci.installed import plain_value
from generator.ci.stanzas import compare, conf_files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.base.apptree import AppTree
    from generator.ci.installed import Installed

CONFS = ("savedsearches", "macros", "transforms", "collections")
"""Conf files that a plan compares; the rest of the app comes with the package."""

_NUMBER = re.compile("[0-9]{1,18}")
_ADMINISTRATIVE = frozenset({"default"})


@dataclass(frozen=True, slots=True)
class Plan:
    """What deploying would do. `version_before` is empty where the app is not installed; `stanzas` None where nobody knows."""

    app: str
    target: str
    version_before: str
    version_after: str
    stanzas: tuple[StanzaChange, ...] | None

    @property
    def goes_back(self) -> bool:
        """Whether the package is older than what is installed."""
        return _numbers(self.version_after) < _numbers(self.version_before)


def make_plan(tree: AppTree, installed: Installed | None, target: str) -> Plan:
    """Compare an app with what is installed. Pure."""
    if installed is None:
        return Plan(tree.app_id, target, "", tree.version, None)
    if installed.stanzas is None:
        return Plan(tree.app_id, target, installed.version, tree.version, None)
    wanted = conf_files(tree)
    before: dict[str, dict[str, Mapping[str, str]]] = {}
    after: dict[str, dict[str, Mapping[str, str]]] = {}
    for conf in CONFS:
        file = f"default/{conf}.conf"
        new = {name: _plain(values) for name, values in wanted.get(file, {}).items() if name not in _ADMINISTRATIVE}
        old = {name: values for name, values in installed.stanzas.get(conf, {}).items() if name not in _ADMINISTRATIVE}
        # What the package does not say stays as it is.
        before[file] = {
            name: {key: value for key, value in values.items() if key in new.get(name, values)}
            for name, values in old.items()
        }
        after[file] = dict(new)
    changes = tuple(
        change for change in compare(before, after, ({}, {})) if change.keys or change.what is not What.CHANGED
    )
    return Plan(tree.app_id, target, installed.version, tree.version, changes)


def _plain(values: Mapping[str, str]) -> dict[str, str]:
    return {key: plain_value(value) for key, value in values.items()}


def _numbers(version: str) -> tuple[int, ...]:
    """Return what orders versions: `1.2` and `1.2.0` are the same, as are `1.2.0` and `1.2.0-beta`."""
    found = [int(number[0]) for part in version.split(".") if (number := _NUMBER.match(part)) is not None]
    while found and not found[-1]:
        found.pop()
    return tuple(found)
