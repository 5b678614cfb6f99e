"""Data models in Splunk's JSON become the tree of datasets, and the fields that a search may use of each.

Two views, since validation asks thousands of small questions and the engine a few large ones:

- `load_models()` reads one compact index (`data/datamodels.json`) of every model's names, tree and field names;
- `load_definition(model)` reads one model file whole: constraints, base searches, calculations, types.

The index says no more than the model files do; `index_of` makes it from them and a test holds the two together. A pack's
own models (`default/data/models/*.json`) are read with `parse_model` and added with `DataModels.with_definitions`.

A model is *open* when its fields are not known for certain (Enterprise Security's and UBA's models are not public in their
newest form): then a field that is not listed is unknown, not wrong, and `fields` answers None. Fields that a site has added
to the CIM itself can't be known either; they belong into the configuration.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

from generator.base.diagnostics import RepositoryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ALWAYS_FIELDS = frozenset({
    "_cd", "_indextime", "_raw", "_serial", "_si", "_sourcetype", "_subsecond", "_time", "date_hour", "date_mday",
    "date_minute", "date_month", "date_second", "date_wday", "date_year", "date_zone", "eventtype", "host", "index",
    "linecount", "punct", "source", "sourcetype", "splunk_server", "splunk_server_group", "tag", "timeendpos", "timestartpos",
})  # fmt: skip
"""Fields that every event has or may have, whatever the dataset: metadata, time and knowledge fields."""

ADDONS = ("cim", "es", "uba", "splunk")
"""Folders under `data/` that hold data models."""

_ROOTS = frozenset({"BaseEvent", "BaseSearch", "BaseTransaction", "BaseInterface", "BaseImpl"})

FieldType = Literal["string", "number", "boolean", "timestamp", "ipv4", "objectCount", "childCount"]
CalculationKind = Literal["Eval", "Rex", "Lookup", "GeoIP"]


@dataclass(frozen=True, slots=True)
class Dataset:
    """One dataset of a model. `lineage` runs from the root dataset to this one; `own_fields` are declared or calculated here."""

    model: str
    name: str
    parent: str | None
    base: str
    lineage: tuple[str, ...]
    children: tuple[str, ...]
    own_fields: tuple[str, ...]

    @property
    def prefix(self) -> str:
        """Return what stands before a field of this dataset in `tstats`, such as `All_Changes.Account_Management`."""
        return ".".join(self.lineage)


@dataclass(frozen=True)
class DataModel:
    """One model: its datasets in file order. `app` defines it; `is_open` says that its fields are not known for certain."""

    name: str
    app: str
    is_open: bool
    datasets: Mapping[str, Dataset]

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """Return the datasets without a parent, in file order. `datamodel=Web` alone means the first of them."""
        return tuple(name for name, dataset in self.datasets.items() if dataset.parent is None)

    @cached_property
    def all_fields(self) -> Mapping[str, frozenset[str]]:
        """Return dataset to its fields: declared, calculated and inherited, without `ALWAYS_FIELDS`."""
        found: dict[str, frozenset[str]] = {}
        for name, dataset in self.datasets.items():
            fields: set[str] = set()
            for ancestor in dataset.lineage:
                fields.update(self.datasets[ancestor].own_fields)
            found[name] = frozenset(fields)
        return found


@dataclass(frozen=True, slots=True)
class FieldPath:
    """A dotted name of a `tstats` search taken apart: `All_Changes.Instance_Changes.image_id`.

    `datasets` are the leading parts that are datasets of the model, `field` is the rest (field names may have dots), empty
    when the name ends in a dataset. `is_known` is None when the dataset's fields aren't known for certain.
    """

    datasets: tuple[str, ...]
    field: str
    is_known: bool | None


@dataclass(frozen=True)
class DataModels:
    """All known data models by name. Model and dataset names are case-sensitive, as they are in Splunk."""

    models: Mapping[str, DataModel]

    def __contains__(self, model: str) -> bool:
        return model in self.models

    def is_open(self, model: str) -> bool:
        """Say whether a model's fields, and for a model without datasets its datasets too, are not known for certain."""
        found = self.models.get(model)
        return found is not None and found.is_open

    def dataset(self, model: str, name: str) -> Dataset | None:
        """Return a dataset, by its own name or its lineage (`All_Changes.Account_Management`); None when there is none."""
        found = self.models.get(model)
        if found is None:
            return None
        dataset = found.datasets.get(name)
        if dataset is None and "." in name:
            dataset = found.datasets.get(name.rpartition(".")[2])
            if dataset is not None and dataset.prefix != name:
                return None
        return dataset

    def root_dataset(self, model: str) -> Dataset | None:
        """Return the first root dataset, which `datamodel=MODEL` alone means in `tstats`; None when there is none."""
        found = self.models.get(model)
        return found.datasets[found.roots[0]] if found is not None and found.roots else None

    def lineage(self, model: str, dataset: str) -> tuple[str, ...]:
        """Return the names from the root to a dataset, both included; empty when there is no such dataset."""
        found = self.dataset(model, dataset)
        return found.lineage if found is not None else ()

    def children(self, model: str, dataset: str) -> tuple[str, ...]:
        """Return the datasets directly under one."""
        found = self.dataset(model, dataset)
        return found.children if found is not None else ()

    def descendants(self, model: str, dataset: str) -> tuple[str, ...]:
        """Return all datasets under one, nearest first."""
        found: list[str] = list(self.children(model, dataset))
        for name in found:
            found.extend(self.children(model, name))
        return tuple(found)

    def known_fields(self, model: str, dataset: str) -> frozenset[str]:
        """Return the fields that are known of a dataset, inherited ones included, `ALWAYS_FIELDS` not."""
        found = self.dataset(model, dataset)
        return self.models[model].all_fields[found.name] if found is not None else frozenset()

    def fields(self, model: str, dataset: str) -> frozenset[str] | None:
        """Return the fields of a dataset as `known_fields`; None when they're not known for certain or there is no such dataset."""
        if self.is_open(model) or self.dataset(model, dataset) is None:
            return None
        return self.known_fields(model, dataset)

    def split_field(self, model: str, dotted: str) -> FieldPath | None:
        """Take a field name with its prefix apart; None when it doesn't begin with a dataset of the model.

        Every parent's prefix is accepted for the field of an ancestor, and each dataset's name alone for its own fields.
        """
        found = self.models.get(model)
        if found is None:
            return None
        parts = dotted.split(".")
        if parts[0] not in found.datasets:
            return None
        count = 1
        while (
            count < len(parts)
            and parts[count] in found.datasets
            and found.datasets[parts[count]].parent == parts[count - 1]
        ):
            count += 1
        owner, rest = parts[count - 1], ".".join(parts[count:])
        known: bool | None = (
            not rest or rest in found.all_fields[owner] or rest in ALWAYS_FIELDS or self._is_flag(found, rest)
        )
        if not known and found.is_open:
            known = None
        return FieldPath(tuple(parts[:count]), rest, known)

    @cached_property
    def prefixes(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """Return dataset name to the (model, dataset) pairs that have it: what may stand before a field."""
        found: dict[str, tuple[tuple[str, str], ...]] = {}
        for model in self.models.values():
            for name in model.datasets:
                found[name] = (*found.get(name, ()), (model.name, name))
        return found

    def with_definitions(self, definitions: Iterable[ModelDefinition], *, app: str) -> DataModels:
        """Return these models with others added; one of the same name is replaced."""
        added = {definition.name: _model_of(definition, app) for definition in definitions}
        return DataModels({**self.models, **added})

    @staticmethod
    def _is_flag(model: DataModel, name: str) -> bool:
        """Say whether a field is one of the `is_Child`/`is_not_Child` flags that Splunk adds for each child dataset."""
        return name.startswith("is_") and (name[3:] in model.datasets or name.removeprefix("is_not_") in model.datasets)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDefinition:
    """One model file in full."""

    name: str
    datasets: tuple[DatasetDefinition, ...] = field(default=())


@cache
def load_models() -> DataModels:
    """Return the data models that are known without any app: the CIM's, Enterprise Security's and UBA's."""
    index = json.loads(_data("datamodels.json"))
    models: dict[str, DataModel] = {}
    for addon in index["addons"]:
        for name, datasets in addon["models"].items():
            tree = {dataset: (parent, tuple(fields)) for dataset, (parent, fields) in datasets.items()}
            models[name] = DataModel(name, addon["app"], addon["open_models"], _datasets(name, tree))
    return DataModels(models)


@cache
def load_definition(model: str) -> ModelDefinition:
    """Return one built-in model in full.

    Raises:
        KeyError: there is no built-in model of that name, or only its name is known.
    """
    for addon in ADDONS:
        file = resources.files("generator.knowledge") / "data" / addon / "models" / f"{model}.json"
        if "/" not in model and file.is_file():
            return parse_model(file.read_bytes(), f"{addon}/models/{model}.json")
    raise KeyError(model)


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
            model.name: {dataset.name: [dataset.parent, list(_field_names(dataset))] for dataset in model.datasets}
            for model in models
        }
        listed.append({"app": facts["app"], "open_models": facts["open_models"], "models": {**full, **named}})
    return {"addons": listed}


def addon_models(addon: str) -> tuple[Mapping[str, Any], tuple[ModelDefinition, ...]]:
    """Return an add-on's `addon.json` and its models in full, sorted by name."""
    folder = resources.files("generator.knowledge") / "data" / addon
    facts: Mapping[str, Any] = json.loads((folder / "addon.json").read_bytes())
    models = folder / "models"
    names = sorted(file.name for file in models.iterdir() if file.name.endswith(".json")) if models.is_dir() else []
    return facts, tuple(parse_model((models / name).read_bytes(), f"{addon}/models/{name}") for name in names)


def _data(name: str) -> bytes:
    return (resources.files("generator.knowledge") / "data" / name).read_bytes()


def _model_of(definition: ModelDefinition, app: str) -> DataModel:
    tree = {dataset.name: (dataset.parent, _field_names(dataset)) for dataset in definition.datasets}
    return DataModel(definition.name, app, is_open=False, datasets=_datasets(definition.name, tree))


def _datasets(model: str, tree: Mapping[str, tuple[str, tuple[str, ...]]]) -> dict[str, Dataset]:
    """Build the datasets of a model from name to (parent, own fields). The tree was checked when the model was read."""
    children: dict[str, list[str]] = {}
    for name, (parent, _) in tree.items():
        children.setdefault(parent, []).append(name)
    found = {}
    for name, (parent, fields) in tree.items():
        lineage = [name]
        above = parent
        while above in tree:
            lineage.append(above)
            above = tree[above][0]
        under = tuple(children.get(name, ()))
        own_parent = parent if parent in tree else None
        found[name] = Dataset(model, name, own_parent, above, tuple(reversed(lineage)), under, fields)
    return found


def _field_names(dataset: DatasetDefinition) -> tuple[str, ...]:
    declared = [item.name for item in dataset.fields]
    calculated = [item.name for calculation in dataset.calculations for item in calculation.outputs]
    return tuple(sorted({*declared, *calculated}))


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
