"""The fields of a data model that a `tstats` names, with their places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.tstats import Tstats
from generator.knowledge.datamodels import ALWAYS_FIELDS
from generator.spl.ast import Aggregation, And, Comparison, Group, InTerm, Name, Not, Or

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.analysis.environment import Environment
    from generator.analysis.model import ParsedSearch
    from generator.knowledge.datamodels import DataModel, Dataset
    from generator.spl.ast import Term

# What `WHERE` understands beside fields: time range, place of the data, and the dataset.
_NOT_FIELDS = ALWAYS_FIELDS | {
    "earliest", "latest", "_index_earliest", "_index_latest", "starttime", "endtime", "timeformat", "nodename", "savedsearch",
    "eventtypetag", "hosttag", "timestamp", "_bkt", "_span",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldName:
    """A field of a data model as a search writes it; `dataset` is that of `FROM`, None for the whole model."""

    name: Name
    model: DataModel
    dataset: Dataset | None

    @property
    def place(self) -> str:
        """What `FROM` names."""
        return f"{self.model.name}.{self.dataset.name}" if self.dataset is not None else self.model.name


def doubtful_fields(search: ParsedSearch, env: Environment) -> Iterator[FieldName]:
    """Yield the fields that the search's `tstats` commands read of data models whose datasets are known.

    The plain case is left out: a dataset's own or inherited field behind its name, in the tree that `FROM` names.
    """
    for node in search.nodes_of(Tstats):
        source = node.source
        if not node.from_datamodel or not isinstance(source, Name) or "$" in source.text:
            continue
        name, dot, path = source.text.partition(".")
        model = env.models.models.get(name)
        if model is None or not model.datasets:
            continue
        dataset = env.models.dataset(name, path) if dot else None
        if dot and dataset is None:
            continue
        fields_of = model.all_fields
        for field in _names(node):
            text = field.text
            prefix, _, rest = text.partition(".")
            if rest in fields_of.get(prefix, ()) and (dataset is None or dataset.lineage[0] == prefix):
                continue
            if text not in _NOT_FIELDS and "*" not in text and "$" not in text and "<<" not in text:
                yield FieldName(field, model, dataset)


def _names(node: Tstats) -> Iterator[Name]:
    for aggregation in node.aggregations:
        if isinstance(aggregation, Aggregation):
            yield from (arg for place, arg in enumerate(aggregation.args) if isinstance(arg, Name) and place == 0)
    if node.where is not None:
        yield from _compared(node.where)
    yield from (field for field in node.by if isinstance(field, Name))


def _compared(term: Term) -> Iterator[Name]:
    stack: list[Term | None] = [term]
    while stack:
        node = stack.pop()
        if isinstance(node, Comparison | InTerm):
            if isinstance(node.field, Name):
                yield node.field
        elif isinstance(node, And | Or):
            stack.extend(reversed(node.terms))
        elif isinstance(node, Not | Group):
            stack.append(node.term)
