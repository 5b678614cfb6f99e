"""`datamodel`: returns data models as JSON, or the events of a dataset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.spl.ast import Command, Field, Name, Options
from generator.spl.fields import FieldState
from generator.spl.printer import join_words, print_options, print_value
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FlowEnv
    from generator.spl.reader import ArgReader

_MODES = ("search", "flat", "acceleration_search")


@dataclass(frozen=True, slots=True)
class Datamodel(Command):
    """`mode` is `search` (fields keep the dataset's prefix), `flat` (they do not), ... or "" for the JSON of the model."""

    options: Options
    model: Field | None
    dataset: Field | None
    mode: str

    def arguments(self) -> str:
        """Print model, dataset, mode and options."""
        names = (print_value(name) if name is not None else "" for name in (self.model, self.dataset))
        return join_words(*names, self.mode, print_options(self.options))


def parse(args: ArgReader) -> Datamodel:
    """Read model, dataset, mode and options."""
    options, names = args.mixed()
    if len(names) > 3:
        raise args.error("unexpected", "`datamodel` takes a model, a dataset and a mode", names[3].start, names[-1].end)
    mode = ""
    if len(names) == 3 and isinstance(names[2], Name):
        mode = names[2].text.lower()
        if mode not in _MODES and "$" not in mode:
            allowed = ", ".join(f"`{word}`" for word in _MODES)
            args.report(
                "bad-option",
                f"`{names[2].text}` is no mode of `datamodel`",
                names[2].start,
                names[2].end,
                f"it may be {allowed}",
            )
    return Datamodel(*args.head, options, names[0] if names else None, names[1] if len(names) > 1 else None, mode)


def flow(node: Datamodel, state: FieldState, env: FlowEnv) -> FieldState:  # noqa: ARG001 - it generates: what was before is gone
    """The dataset's fields as the mode names them; a model may have been extended, so the state stays open."""
    if not isinstance(node.model, Name) or not isinstance(node.dataset, Name) or not node.mode:
        return FieldState()
    fields = env.datamodel_fields(node.model.text, node.dataset.text) or frozenset()
    if node.mode != "flat":
        fields = frozenset(f"{node.dataset.text}.{name}" for name in fields)
    return FieldState(names=fields | {"_time", "_raw", "host", "source", "sourcetype"})


SPEC = CommandSpec(
    name="datamodel",
    kind=CommandKind.GENERATING,
    summary="Returns data models as JSON, or the events of a dataset.",
    syntax="datamodel [<model>] [<dataset>] [search|flat|acceleration_search] [summariesonly=<bool>] [allow_old_summaries=<bool>] "
    "[strict_fields=<bool>]",
    options={
        "summariesonly": OptionKind.BOOL,
        "allow_old_summaries": OptionKind.BOOL,
        "strict_fields": OptionKind.BOOL,
    },
    parse=parse,
    flow=flow,
    source="Search Reference: datamodel",
)
