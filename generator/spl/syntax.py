"""What a command tells the parser, the printer, the field flow and the documentation about itself.

A command lives in one file, `generator/commands/<name>.py`, which ends with `SPEC = CommandSpec(...)`. The table of all
specs is handed to the parser; nothing is registered at import.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

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


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSpec:
    """One SPL command.

    `parse` reads the arguments and returns the typed node, or is None: then the arguments are kept as text
    (`GenericCommand`). `to_spl` prints the arguments of such a node (without the command's name). `flow` says which
    fields exist afterwards; None means unknown (the state is opened). `eval_quotes`: single quotes protect pipes and
    brackets in its arguments, as they do in eval expressions. `source` is the documentation page behind it.
    """

    name: str
    kind: CommandKind
    summary: str
    syntax: str = ""
    aliases: tuple[str, ...] = ()
    parse: Callable[[ArgReader], Command] | None = None
    to_spl: Callable[[Any], str] | None = None
    flow: Callable[[Any, FieldState, FlowEnv], FieldState] | None = None
    eval_quotes: bool = False
    source: str = ""
    app: str = ""
