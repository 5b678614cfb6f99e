"""Runs the field flow of a pipeline: a tree and a starting state become the fields of the results and every field read.

What a command does to the fields stands in its own file (`CommandSpec.flow`); this is the walk through the stages and the
answers to what a command may ask (`FlowEnv`). A stage that nobody understands opens the state: from there on nothing is
known to be missing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from generator.knowledge.datamodels import ALWAYS_FIELDS
from generator.spl.ast import BrokenCommand, MacroCommand, PlaceholderCommand, UnknownCommand
from generator.spl.fields import FieldState, FieldUse

if TYPE_CHECKING:
    from generator.analysis.environment import Environment
    from generator.spl.ast import Pipeline

_OPAQUE = (MacroCommand, UnknownCommand, BrokenCommand)
_START = FieldState()


@dataclass(slots=True)
class FlowRun:
    """One run through one search; implements `generator.spl.fields.FlowEnv`.

    `uses` grows by every field that a command reads. `original` is the state that `%original_detection_search%` stands
    for (that of the detection's results, in drilldowns).
    """

    env: Environment
    original: FieldState = _START
    uses: list[FieldUse] = field(default_factory=list)
    _command: str = ""

    def run(self, pipeline: Pipeline, state: FieldState = _START) -> FieldState:
        """Return the fields after the last command."""
        outer = self._command
        for command in pipeline.commands:
            if isinstance(command, PlaceholderCommand):
                state = self.original
                continue
            if isinstance(command, _OPAQUE):
                state = state.opened()
                continue
            spec = self.env.commands.get(command.name)
            if spec is None or spec.flow is None or type(command).__name__ == "GenericCommand":
                state = state.opened()
                continue
            self._command = spec.name
            state = spec.flow(command, state, self)
        self._command = outer
        return state

    def use(self, name: str, start: int, end: int, state: FieldState, *, optional: bool = False) -> None:
        """Record that the current command reads a field."""
        self.uses.append(FieldUse(name, start, end, self._command, state, optional))

    def subsearch(self, pipeline: Pipeline) -> FieldState:
        """Return the fields that a subsearch ends with."""
        return self.run(pipeline)

    def continue_with(self, pipeline: Pipeline, state: FieldState) -> FieldState:
        """Return the fields after running a pipeline on the rows of `state`."""
        return self.run(pipeline, state)

    def datamodel_fields(self, model: str, dataset: str | None) -> frozenset[str] | None:
        """Return the fields of a dataset without prefix, those that every event has included; None when unknown."""
        models = self.env.models
        if dataset is None:
            root = models.root_dataset(model)
            if root is None:
                return None
            dataset = root.name
        fields = models.fields(model, dataset)
        return None if fields is None else fields | ALWAYS_FIELDS

    def lookup_fields(self, name: str) -> frozenset[str] | None:
        """Return the columns of a lookup of the pack or of another app, or None when they are not known."""
        columns = self.env.lookup_columns.get(name)
        if columns is not None:
            return columns
        external = self.env.external_lookups.get(name)
        if external is not None and external.fields is not None:
            return frozenset(external.fields)
        return None
