"""`from`: reads a dataset (a data model's dataset, a lookup, a saved search)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.spl.ast import Command, MacroCall, Name
from generator.spl.fields import FieldState
from generator.spl.printer import print_value
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.explain import Asked
    from generator.engine.table import Table
    from generator.spl.fields import FlowEnv
    from generator.spl.reader import ArgReader

_KIND = re.compile(r"\s*+(datamodel|inputlookup|lookup|savedsearch)(?:\s*+:\s*+|\s++)(?=[^\s|])", re.IGNORECASE)
_EVENT_FIELDS = frozenset({"_time", "_raw", "host", "source", "sourcetype"})


@dataclass(frozen=True, slots=True)
class From(Command):
    """`kind_of` is `datamodel`, `lookup`, `inputlookup`, `savedsearch` or "" for a dataset by its bare name."""

    kind_of: str
    dataset: Name | MacroCall

    @property
    def model(self) -> str | None:
        """The data model's name, or None when it is none or a macro gives it."""
        return (
            self.dataset.text.partition(".")[0]
            if self.kind_of == "datamodel" and isinstance(self.dataset, Name)
            else None
        )

    def arguments(self) -> str:
        """Print `kind:name`."""
        return f"{self.kind_of}:{print_value(self.dataset)}" if self.kind_of else print_value(self.dataset)


def parse(args: ArgReader) -> From:
    """Read `kind:name` or `kind name`."""
    match = _KIND.match(args.text, args.pos, args.end)
    kind = ""
    if match is not None:
        kind = match.group(1).lower()
        args.pos = match.end()
    dataset = args.value()
    if not isinstance(dataset, Name | MacroCall):
        raise args.expected("a dataset such as `datamodel:Model.Dataset`")
    return From(*args.head, kind, dataset)


def flow(node: From, state: FieldState, env: FlowEnv) -> FieldState:  # noqa: ARG001 - it generates: what was before is gone
    """The dataset's fields without prefix; a data model may have been extended, so other fields may exist too."""
    if not isinstance(node.dataset, Name):
        return FieldState()
    if node.kind_of == "datamodel":
        model, _, path = node.dataset.text.partition(".")
        fields = env.datamodel_fields(model, path.rpartition(".")[2] or None)
        return FieldState(names=(fields or frozenset()) | _EVENT_FIELDS)
    if node.kind_of in {"lookup", "inputlookup"}:
        columns = env.lookup_fields(node.dataset.text)
        return FieldState() if columns is None else FieldState(columns, open=False)
    return FieldState()


def run(node: From, table: Table, env: Env) -> Table:  # noqa: ARG001 - it generates: what was before is gone
    """Return the rows of the dataset: a data model's with all fields of its events."""
    if isinstance(node.dataset, MacroCall):
        raise env.no_macro("from", node.dataset)
    name = node.dataset.text
    if node.kind_of == "datamodel":
        model, _, path = name.partition(".")
        found = env.knowledge.dataset(model, path.rpartition(".")[2] or None, env.events(), env.now)
        if found is None:
            raise env.error("from", f"The dataset '{name}' was not found", node.dataset)
        return found
    lookup = env.knowledge.lookup(name) if node.kind_of in {"lookup", "inputlookup", ""} else None
    if lookup is not None:
        from generator.engine.probe import lookup_rows

        return lookup_rows(lookup)
    search = env.knowledge.saved_search(name) if node.kind_of in {"savedsearch", ""} else None
    if search is None:
        raise env.error("from", f"The dataset '{name}' was not found", node.dataset)
    return env.run_text(search)


def asks(node: From, table: Table, env: Env) -> Asked | None:  # noqa: ARG001 - it generates: what was before is gone
    """Return the constraints of a data model's dataset."""
    from generator.engine.explain import dataset_asked

    if isinstance(node.dataset, MacroCall) or node.kind_of != "datamodel":
        return None
    model, _, path = node.dataset.text.partition(".")
    return dataset_asked(model, path.rpartition(".")[2] or None, env)


SPEC = CommandSpec(
    name="from",
    kind=CommandKind.GENERATING,
    summary="Reads a dataset.",
    syntax="from <datamodel|lookup|inputlookup|savedsearch>:<name>",
    parse=parse,
    flow=flow,
    run=run,
    asks=asks,
    source="Search Reference: from",
)
