"""`datamodel`: returns data models as JSON, or the events of a dataset."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from generator.base.frozen import dataclass
from generator.commands.grouping import flag, names_of
from generator.spl.ast import Command, Field, Name, Options
from generator.spl.fields import FieldState
from generator.spl.printer import join_words, print_options, print_value
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.engine.env import Env
    from generator.engine.explain import Asked
    from generator.engine.table import Table
    from generator.knowledge.modelfiles import DatasetDefinition, FieldDefinition, ModelDefinition
    from generator.spl.fields import FlowEnv
    from generator.spl.reader import ArgReader

_ALWAYS = ("_time", "_raw", "host", "source", "sourcetype", "index")
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


def run(node: Datamodel, table: Table, env: Env) -> Table:  # noqa: ARG001 - it generates: what was before is gone
    """Return models or a dataset as JSON in `_raw`, or with a mode the events of a dataset."""
    names = names_of(tuple(name for name in (node.model, node.dataset) if name is not None), env, "datamodel")
    if not names:
        return _as_json([model for name in env.knowledge.models() if (model := env.knowledge.model(name)) is not None])
    model = env.knowledge.model(names[0])
    if model is None:
        raise env.error("datamodel", f"Data model '{names[0]}' was not found", node.model)
    if len(names) == 1:
        return _as_json([model])
    dataset = next((one for one in model.datasets if one.name == names[1]), None)
    if dataset is None:
        raise env.error("datamodel", f"Data model '{names[0]}' has no dataset '{names[1]}'", node.dataset)
    if not node.mode:
        return _as_json([dataset])
    if node.mode == "acceleration_search":
        raise env.unsupported("the mode `acceleration_search` of `datamodel`", node)
    strict = flag(node.options, "strict_fields", env, "datamodel", default=True)
    return _events(node.mode, model, dataset.name, strict=strict, env=env)


def asks(node: Datamodel, table: Table, env: Env) -> Asked | None:  # noqa: ARG001 - it generates: what was before is gone
    """Return the constraints of the dataset."""
    from generator.engine.explain import dataset_asked

    names = names_of(tuple(name for name in (node.model, node.dataset) if name is not None), env, "datamodel")
    return dataset_asked(names[0], names[1], env) if len(names) > 1 and node.mode else None


def _events(mode: str, model: ModelDefinition, dataset: str, *, strict: bool, env: Env) -> Table:
    """Return the rows of a dataset. In the mode `search` its fields have its name as prefix."""
    from generator.engine.table import Table

    found = env.knowledge.dataset(model.name, dataset, env.events(), env.now)
    if found is None:
        raise env.unsupported(f"the dataset `{dataset}` of the data model `{model.name}`")
    by_name = {one.name: one for one in model.datasets}
    own: dict[str, str] = {}
    path, at = [dataset], by_name[dataset]
    while at.parent in by_name:
        at = by_name[at.parent]
        path.append(at.name)
    for depth, ancestor in enumerate(reversed(path), 1):
        prefix = ".".join(list(reversed(path))[:depth])
        for name in by_name[ancestor].field_names():
            own.setdefault(name, f"{prefix}.{name}")
    for child in model.datasets:
        if child.parent == dataset:
            own[f"is_{child.name}"] = f"{'.'.join(reversed(path))}.is_{child.name}"
    listed = dict.fromkeys((*_ALWAYS, *own)) if strict else dict.fromkeys((*found.names(), *own))
    columns = {name: column for name in listed if (column := found.find(name)) is not None and column.codes.any()}
    if mode == "flat":
        return Table(found.length, columns)
    return Table(found.length, {own.get(name, name): column for name, column in columns.items()})


def _as_json(items: Sequence[ModelDefinition | DatasetDefinition]) -> Table:
    from generator.engine.table import from_rows

    return from_rows([{"_raw": json.dumps(_plain(item))} for item in items])


def _plain(item: ModelDefinition | DatasetDefinition) -> dict[str, Any]:
    """Return a definition under the keys of Splunk's model files."""
    from generator.knowledge.modelfiles import ModelDefinition

    if isinstance(item, ModelDefinition):
        return {"modelName": item.name, "objects": [_plain(dataset) for dataset in item.datasets]}
    return {
        "objectName": item.name,
        "parentName": item.parent,
        "fields": [_plain_field(field) for field in item.fields],
        "calculations": [
            {
                "calculationType": step.kind,
                "outputFields": [_plain_field(field) for field in step.outputs],
                **({"expression": step.expression} if step.expression else {}),
                **({"inputField": step.input_field} if step.input_field else {}),
                **({"lookupName": step.lookup} if step.lookup else {}),
            }
            for step in item.calculations
        ],
        "constraints": [{"search": text} for text in item.constraints],
        **({"baseSearch": item.base_search} if item.base_search else {}),
    }


def _plain_field(field: FieldDefinition) -> dict[str, Any]:
    return {
        "fieldName": field.name,
        "type": field.type,
        "required": field.required,
        "multivalue": field.multivalue,
        "hidden": field.hidden,
    }


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
    run=run,
    asks=asks,
    source="Search Reference: datamodel",
)
