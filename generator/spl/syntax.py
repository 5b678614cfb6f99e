"""What a command tells the parser, the field flow and the documentation about itself, and the table of all commands.

A command lives in one file, `generator/commands/<name>.py`, which ends with `SPEC = CommandSpec(...)`. The table is
handed to the parser; nothing is registered at import.
"""

from __future__ import annotations

from dataclasses import field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from generator.base.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from generator.spl.ast import Command
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


class CommandKind(StrEnum):
    """Splunk's command types (Search Reference, "Command types")."""

    STREAMING = "streaming"
    TRANSFORMING = "transforming"
    GENERATING = "generating"
    DATASET = "dataset processing"
    ORCHESTRATING = "orchestrating"


class OptionKind(StrEnum):
    """What the value of an option may be; checked where the text is certain (no macro, no `$token$`)."""

    BOOL = "bool"
    INT = "int"
    NUMBER = "num"
    TEXT = "string"
    FIELD = "field"
    SPAN = "span"
    EVAL = "(eval expression)"
    FILTER = "string | (search terms) | eval(expression)"


OptionTable = "Mapping[str, OptionKind | tuple[str, ...]]"
"""Option name (lower-case) to the kind of its value, or to the words that it may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSpec:
    """One SPL command.

    `parse` reads the arguments and returns the typed node (which prints itself: `Command.arguments`), or is None: then
    the arguments are kept as text (`GenericCommand`). `options` are the `name=value` arguments that it takes. `flow`
    says which fields exist afterwards; None means unknown (the state is opened). `eval_quotes`: single quotes protect
    pipes and brackets in its arguments, as they do in eval expressions. `generating`: it may stand first without a
    search before it. `source` is the documentation page behind it, `app` the app that brings it ("" = Splunk itself).
    `run(node, table, env)` turns rows into rows in the embedded engine (`generator.engine.contracts.Run`); None means known,
    checked and printed, but not run there. `asks(node, table, env)` says what a command wants of rows before it lets them
    through (`generator.engine.explain.Asked`), so that an empty result can be explained; None: nothing that can be named.
    """

    name: str
    kind: CommandKind
    summary: str
    syntax: str = ""
    aliases: tuple[str, ...] = ()
    options: Mapping[str, OptionKind | tuple[str, ...]] = field(default_factory=dict)
    parse: Callable[[ArgReader], Command] | None = None
    flow: Callable[[Any, FieldState, FlowEnv], FieldState] | None = None
    eval_quotes: bool = False
    source: str = ""
    app: str = ""
    run: Callable[[Any, Any, Any], Any] | None = None
    asks: Callable[[Any, Any, Any], Any] | None = None


class CommandTable:
    """All commands by name, aliases included. A command's module is loaded when the command is first met.

    `loaders` maps every name to a function that gives its spec; built by `generator.commands.load_commands`.
    """

    __slots__ = ("_loaders", "_specs")

    def __init__(self, loaders: Mapping[str, Callable[[], CommandSpec]]) -> None:
        self._loaders = dict(loaders)
        self._specs: dict[str, CommandSpec] = {}

    def get(self, name: str) -> CommandSpec | None:
        """Return the spec of a command by its lower-case name, or None when nobody knows it."""
        spec = self._specs.get(name)
        if spec is None:
            loader = self._loaders.get(name)
            if loader is None:
                return None
            spec = self._specs[name] = loader()
        return spec

    def __contains__(self, name: object) -> bool:
        return name in self._loaders

    def __iter__(self) -> Iterator[str]:
        return iter(self._loaders)

    def __len__(self) -> int:
        return len(self._loaders)

    def with_commands(self, names: Iterable[str], *, app: str = "") -> CommandTable:
        """Return a table that also knows these commands by name (of an app that the pack depends on)."""
        plain = CommandSpec(name="", kind=CommandKind.STREAMING, summary="declared by the pack", app=app)

        def loader(name: str) -> Callable[[], CommandSpec]:
            return lambda: replace(plain, name=name)

        added = {name: loader(name) for name in map(str.lower, names) if name not in self._loaders}
        return CommandTable({**self._loaders, **added})
