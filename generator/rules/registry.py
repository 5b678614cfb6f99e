"""Finds the rules by walking this package, and answers which of them apply where, and how severe they are.

A rule module is one whose file name begins with its code (`spl003_unknown_command.py`); nothing is registered or listed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from generator.base.diagnostics import ConfigError, Severity, closest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from generator.content.config import Config
    from generator.rules.base import Rule

_RULE_FILE = re.compile(r"([a-z]{3}\d{3})_[a-z0-9_]+\.py")


@cache
def load_rules() -> tuple[Rule, ...]:
    """Return every rule, sorted by code."""
    home = Path(__file__).parent
    rules: list[Rule] = [
        import_module(f"generator.rules.{file.parent.name}.{file.stem}").RULE
        for file in home.glob("*/*.py")
        if _RULE_FILE.fullmatch(file.name)
    ]
    return tuple(sorted(rules, key=lambda rule: rule.code))


@cache
def rules_by_code() -> Mapping[str, Rule]:
    """Return every rule by its code."""
    return {rule.code: rule for rule in load_rules()}


def rule_page(rule: Rule) -> str:
    """Return a rule's documentation page: the docstring of its module."""
    slug = rule.name.replace("-", "_")
    group = re.sub(r"\d", "", rule.code).lower()
    module = import_module(f"generator.rules.{group}.{rule.code.lower()}_{slug}")
    return (module.__doc__ or "").strip() + "\n"


def find_rule(word: str) -> Rule:
    """Return the rule with this code or name (any case).

    Raises:
        ConfigError: no such rule; the message names the nearest.
    """
    folded = word.lower()
    for rule in load_rules():
        if folded in {rule.code.lower(), rule.name}:
            return rule
    near = closest(folded, [name for rule in load_rules() for name in (rule.code, rule.name)])
    raise ConfigError(f"there is no rule `{word}`" + (f"; did you mean `{near[0]}`?" if near else ""))


@dataclass(frozen=True, slots=True)
class _Layer:
    paths: tuple[str, ...]
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    severity: tuple[tuple[str, Severity | None], ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rules apply to a path, and how severe each is there: the configuration's layers, then the command line's."""

    layers: tuple[_Layer, ...]

    def severity(self, rule: Rule, path: str) -> Severity | None:
        """Return the severity of a rule's findings in a file, or None when they are not wanted there."""
        severity: Severity | None = rule.severity
        wanted = True
        for layer in self.layers:
            if layer.paths and not any(fnmatchcase(path, pattern) for pattern in layer.paths):
                continue
            if layer.select:
                wanted = any(_matches(rule, word) for word in layer.select)
            if layer.ignore and any(_matches(rule, word) for word in layer.ignore):
                wanted = False
            for word, level in layer.severity:
                if _matches(rule, word):
                    severity = level
                    wanted = wanted and level is not None
        return severity if wanted else None


def make_selection(config: Config, select: Sequence[str] = (), ignore: Sequence[str] = ()) -> Selection:
    """Combine `contentpack.yml`'s rule layers with `--select` and `--ignore` (codes, groups or names).

    Raises:
        ConfigError: a word names no rule and no group, or a severity is not one of error, warning, info, off.
    """
    layers = []
    for layer in config.rules:
        severities: list[tuple[str, Severity | None]] = []
        for word, label in layer.severity.items():
            if label == "off":
                severities.append((word, None))
                continue
            try:
                severities.append((word, Severity[label.upper()]))
            except KeyError:
                raise ConfigError(f"severity `{label}` of `{word}` is not one of error, warning, info, off") from None
        layers.append(_Layer(layer.paths, layer.select, layer.ignore, tuple(severities)))
    if select or ignore:
        layers.append(_Layer((), tuple(select), tuple(ignore), ()))
    for found in layers:
        _check_words([*found.select, *found.ignore, *(word for word, _ in found.severity)])
    return Selection(tuple(layers))


def _check_words(words: Iterable[str]) -> None:
    rules = load_rules()
    for word in words:
        if not any(_matches(rule, word) for rule in rules):
            near = closest(word, [name for rule in rules for name in (rule.code, rule.name)])
            raise ConfigError(f"`{word}` names no rule and no group" + (f"; did you mean `{near[0]}`?" if near else ""))


def _matches(rule: Rule, word: str) -> bool:
    folded = word.upper()
    return folded == "ALL" or rule.code.startswith(folded) or rule.name == word.lower()
