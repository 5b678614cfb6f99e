"""What the simple commands do to the fields, each a `CommandSpec.flow`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.commands.uses import read_names
from generator.spl.fields import FieldState

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.commands.shapes import FieldsCommand
    from generator.spl.ast import Command
    from generator.spl.fields import FlowEnv


def keeps(node: Command, state: FieldState, env: FlowEnv) -> FieldState:  # noqa: ARG001 - every flow has this shape
    """The fields stay as they are."""
    return state


def reads(node: FieldsCommand, state: FieldState, env: FlowEnv) -> FieldState:
    """The listed fields are read; the fields stay as they are."""
    read_names(node.fields, state, env)
    return state


def may_read(node: FieldsCommand, state: FieldState, env: FlowEnv) -> FieldState:
    """The listed fields are read, and one that is absent is no mistake; the fields stay as they are."""
    read_names(node.fields, state, env, optional=True)
    return state


def opens(node: Command, state: FieldState, env: FlowEnv) -> FieldState:  # noqa: ARG001 - every flow has this shape
    """Any field may come."""
    return state.opened()


def begins(node: Command, state: FieldState, env: FlowEnv) -> FieldState:  # noqa: ARG001 - every flow has this shape
    """Rows come whose fields are not known; those before are gone."""
    return FieldState()


def reads_and_opens(node: FieldsCommand, state: FieldState, env: FlowEnv) -> FieldState:
    """The listed fields are read; any field may come."""
    read_names(node.fields, state, env)
    return state.opened()


def reads_and_begins(node: FieldsCommand, state: FieldState, env: FlowEnv) -> FieldState:
    """The listed fields are read; rows come whose fields are not known, and those before are gone."""
    read_names(node.fields, state, env)
    return FieldState()


def adds(*names: str) -> Callable[[Command, FieldState, FlowEnv], FieldState]:
    """Return the flow of a command that adds just these fields."""

    def flow(node: Command, state: FieldState, env: FlowEnv) -> FieldState:  # noqa: ARG001 - every flow has this shape
        return state.add(names)

    return flow
