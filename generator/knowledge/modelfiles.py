"""A data model in Splunk's JSON becomes its definition in full: constraints, base searches, fields with types, calculations.

Reads the files that Splunk exports (`default/data/models/<name>.json` of an app) and those that ship with the package
(`data/<addon>/models/`), and makes from the latter the index that `generator.knowledge.datamodels` reads.
Not read: acceleration, permissions, `objectSummary`, display names.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.base.diagnostics import RepositoryError
from generator.base.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ADDONS = ("cim", "es", "uba", "splunk")
"""Folders under `data/` that hold data models."""

_DATA = Path(__file__).parent / "data"
_ROOTS = frozenset({"BaseEvent", "BaseSearch", "BaseTransaction", "BaseInterface", "BaseImpl"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDefinition:
    """One field as a model file declares it."""

    name: str
    type: str = "string"
    required: bool = False
    multivalue: bool = False
    hidden: bool = False
    expected_values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculation:
    """One calculated step: an eval expression, a regular expression on `input_field`, or a lookup.

    `lookup_inputs` and `lookup_outputs` pair (lookup column, event field).
    """

    kind: str
    outputs: tuple[FieldDefinition, ...]
    expression: str = ""
    input_field: str = ""
    lookup: str = ""
    lookup_inputs: tuple[tuple[str, str], ...] = ()
    lookup_outputs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetDefinition:
    """One dataset in full. `base_search` is the pipeline of a search dataset, empty for an event dataset."""

    name: str
    parent: str
    constraints: tuple[str, ...] = ()
    base_search: str = ""
    fields: tuple[FieldDefinition, ...] = ()
    calculations: tuple[Calculation, ...] = ()

    def field_names(self) -> tuple[str, ...]:
        """Return the names of the fields that are declared or calculated here, sorted, each once."""
        declared = [item.name for item in self.fields]
        calculated = [item.name for calculation in self.calculations for item in calculation.outputs]
        return tuple(sorted({*declared, *calculated}))


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDefinition:
    """One model file in full."""

    name: str
    datasets: tuple[DatasetDefinition, ...] = ()


@cache
def load_definition(model: str) -> ModelDefinition:
    """Return one built-in model in full.

    Raises:
        KeyError: there is no built-in model of that name, or only its name is known.
    """
    for addon in ADDONS:
        file = _DATA / addon / "models" / f"{model}.json"
        if "/" not in model and file.is_file():
            return parse_model(file.read_bytes(), f"{addon}/models/{model}.json")
    raise KeyError(model)


def app_models(folders: Iterable[Path]) -> dict[str, ModelDefinition]:
    """Return the models of app folders by name, `local` over `default`, later apps over earlier ones.

    Raises:
        RepositoryError: as `parse_model`.
    """
    found: dict[str, ModelDefinition] = {}
    for folder in folders:
        for layer in ("default", "local"):
            models = folder / layer / "data" / "models"
            for file in sorted(models.glob("*.json")) if models.is_dir() else ():
                model = parse_model(file.read_bytes(), f"{layer}/data/models/{file.name}")
                found[model.name] = model
    return found


def parse_model(data: bytes, path: str) -> ModelDefinition:
    """Read a data model in Splunk's JSON (`default/data/models/<name>.json` of an app).

    Raises:
        RepositoryError: it is not JSON, not a data model, or its tree of datasets has a cycle or a gap.
    """
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise RepositoryError(f"{path} is not a data model: {error}") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("modelName"), str):
        raise RepositoryError(f"{path} is not a data model: it has no `modelName`")
    datasets = tuple(_dataset_definition(item, path) for item in _dicts(raw, "objects", path))
    model = ModelDefinition(name=raw["modelName"], datasets=datasets)
    _check_tree(model, path)
    return model


def index_of(addons: Iterable[tuple[Mapping[str, Any], Iterable[ModelDefinition]]]) -> dict[str, Any]:
    """Return what `data/datamodels.json` holds, from each add-on's `addon.json` and its models."""
    listed = []
    for facts, models in addons:
        named: dict[str, dict[str, Any]] = {name: {} for name in facts.get("named_models", ())}
        full = {
            model.name: {dataset.name: [dataset.parent, list(dataset.field_names())] for dataset in model.datasets}
            for model in models
        }
        listed.append({"app": facts["app"], "open_models": facts["open_models"], "models": {**full, **named}})
    return {"addons": listed}


def addon_models(addon: str) -> tuple[Mapping[str, Any], tuple[ModelDefinition, ...]]:
    """Return an add-on's `addon.json` and its models in full, sorted by name."""
    folder = _DATA / addon
    facts: Mapping[str, Any] = json.loads((folder / "addon.json").read_bytes())
    models = folder / "models"
    names = sorted(file.name for file in models.iterdir() if file.name.endswith(".json")) if models.is_dir() else []
    return facts, tuple(parse_model((models / name).read_bytes(), f"{addon}/models/{name}") for name in names)


def _check_tree(model: ModelDefinition, path: str) -> None:
    parents = {dataset.name: dataset.parent for dataset in model.datasets}
    if len(parents) != len(model.datasets):
        raise RepositoryError(f"{path}: two datasets have the same name")
    for name, parent in parents.items():
        seen = {name}
        above = parent
        while above in parents:
            if above in seen:
                raise RepositoryError(f"{path}: dataset `{name}` is its own ancestor")
            seen.add(above)
            above = parents[above]
        if above not in _ROOTS:
            raise RepositoryError(f"{path}: dataset `{name}` has the parent `{above}`, which does not exist")


def _dataset_definition(raw: Mapping[str, Any], path: str) -> DatasetDefinition:
    return DatasetDefinition(
        name=_text(raw, "objectName", path),
        parent=_text(raw, "parentName", path),
        constraints=tuple(_text(item, "search", path) for item in _dicts(raw, "constraints", path)),
        base_search=_text(raw, "baseSearch", path, default=""),
        fields=tuple(_field_definition(item, path) for item in _dicts(raw, "fields", path)),
        calculations=tuple(_calculation(item, path) for item in _dicts(raw, "calculations", path)),
    )


def _field_definition(raw: Mapping[str, Any], path: str) -> FieldDefinition:
    comment = raw.get("comment")
    expected = comment.get("expected_values", ()) if isinstance(comment, dict) else ()
    return FieldDefinition(
        name=_text(raw, "fieldName", path),
        type=_text(raw, "type", path, default="string"),
        required=raw.get("required") is True,
        multivalue=raw.get("multivalue") is True,
        hidden=raw.get("hidden") is True,
        expected_values=tuple(str(value) for value in expected) if isinstance(expected, list) else (),
    )


def _calculation(raw: Mapping[str, Any], path: str) -> Calculation:
    outputs = list(_dicts(raw, "outputFields", path))
    return Calculation(
        kind=_text(raw, "calculationType", path),
        outputs=tuple(_field_definition(item, path) for item in outputs),
        expression=_text(raw, "expression", path, default=""),
        input_field=_text(raw, "inputField", path, default=""),
        lookup=_text(raw, "lookupName", path, default=""),
        lookup_inputs=tuple(
            (_text(item, "lookupField", path), _text(item, "inputField", path))
            for item in _dicts(raw, "lookupInputs", path)
        ),
        lookup_outputs=tuple(
            (item["lookupOutputFieldName"], _text(item, "fieldName", path))
            for item in outputs
            if isinstance(item.get("lookupOutputFieldName"), str)
        ),
    )


def _dicts(raw: Mapping[str, Any], key: str, path: str) -> Iterator[Mapping[str, Any]]:
    items = raw.get(key) or []
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise RepositoryError(f"{path}: `{key}` must be a list of objects")
    return iter(items)


def _text(raw: Mapping[str, Any], key: str, path: str, *, default: str | None = None) -> str:
    value = raw.get(key, default)
    if not isinstance(value, str):
        raise RepositoryError(f"{path}: `{key}` must be a text")
    return value
