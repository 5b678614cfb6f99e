"""An index of data models becomes the tree of datasets, and the fields that a search may use of each.

Validation asks thousands of small questions, so `load_models()` reads one compact file (`data/datamodels.json`) of every
model's names, tree and field names. What a model says in full (constraints, calculations, types) is read by
`generator.knowledge.modelfiles`, which also makes the index; a test holds the two together. A pack's own models
(`default/data/models/*.json`) are read there and added with `DataModels.with_definitions`.

A model is *open* when its fields are not known for certain (Enterprise Security's and UBA's models are not public in their
newest form): then a field that is not listed is unknown, not wrong, and `fields` answers None. Fields that a site has added
to the CIM itself can't be known either; they belong into the configuration.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from generator.knowledge.modelfiles import ModelDefinition

ALWAYS_FIELDS = frozenset({
    "_cd", "_indextime", "_raw", "_serial", "_si", "_sourcetype", "_subsecond", "_time", "date_hour", "date_mday",
    "date_minute", "date_month", "date_second", "date_wday", "date_year", "date_zone", "eventtype", "host", "index",
    "linecount", "punct", "source", "sourcetype", "splunk_server", "splunk_server_group", "tag", "timeendpos", "timestartpos",
})  # fmt: skip
"""Fields that every event has or may have, whatever the dataset: metadata, time and knowledge fields."""

_INDEX = Path(__file__).parent / "data" / "datamodels.json"


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

    def with_open_models(self, names: Iterable[str], *, app: str) -> DataModels:
        """Return these models with others of which only the names are known; a model that is known stays as it is."""
        added = {name: DataModel(name, app, is_open=True, datasets={}) for name in names if name not in self.models}
        return DataModels({**self.models, **added}) if added else self

    def with_fields(self, fields: Mapping[str, Iterable[str]]) -> DataModels:
        """Return these models with more fields, by `Model.Dataset`; what names no known dataset is left out."""
        if not fields:
            return self
        models = dict(self.models)
        for path, names in fields.items():
            name, _, dataset_name = path.partition(".")
            model = models.get(name)
            dataset = model.datasets.get(dataset_name) if model is not None else None
            if model is None or dataset is None:
                continue
            grown = replace(dataset, own_fields=(*dataset.own_fields, *names))
            models[name] = replace(model, datasets={**model.datasets, dataset_name: grown})
        return DataModels(models)

    @staticmethod
    def _is_flag(model: DataModel, name: str) -> bool:
        """Say whether a field is one of the `is_Child`/`is_not_Child` flags that Splunk adds for each child dataset."""
        return name.startswith("is_") and (name[3:] in model.datasets or name.removeprefix("is_not_") in model.datasets)


@cache
def load_models() -> DataModels:
    """Return the data models that are known without any app: the CIM's, Enterprise Security's and UBA's."""
    index = json.loads(_INDEX.read_bytes())
    models: dict[str, DataModel] = {}
    for addon in index["addons"]:
        for name, datasets in addon["models"].items():
            tree = {dataset: (parent, tuple(fields)) for dataset, (parent, fields) in datasets.items()}
            models[name] = DataModel(name, addon["app"], addon["open_models"], _datasets(name, tree))
    return DataModels(models)


def _model_of(definition: ModelDefinition, app: str) -> DataModel:
    tree = {dataset.name: (dataset.parent, dataset.field_names()) for dataset in definition.datasets}
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
