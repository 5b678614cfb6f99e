"""The frozen results of analysis: one parsed search, the facts that outlive its tree, and the analysed pack.

Trees live only while one object is analysed and checked; `SearchFacts` and `ObjectFacts` are small, picklable, and all
that pack-wide rules, rendering and documentation need.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from generator.spl.ast import Node

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.base.source import Span
    from generator.content.model import ContentObject, Document, Pack, Pointer
    from generator.spl.ast import Pipeline
    from generator.spl.errors import SplError
    from generator.spl.fields import FieldState, FieldUse
    from generator.spl.macros import Expansion, MacroError

N = TypeVar("N", bound=Node)


class Role(StrEnum):
    """What a search text is to the object that holds it."""

    SEARCH = "search"
    DRILLDOWN = "drilldown"
    MACRO = "macro"


class MacroOrigin(StrEnum):
    """Who defines a macro."""

    PACK = "pack"
    FILTER = "filter"
    EXTERNAL = "external"
    UNKNOWN = "unknown"


class MacroUse(NamedTuple):
    """One macro call. `start`/`end` are offsets in the search value when `direct`, else in the definition of `inside`."""

    name: str
    arity: int
    start: int
    end: int
    origin: MacroOrigin
    direct: bool = True
    inside: str | None = None


class LookupUse(NamedTuple):
    """One use of a lookup table by `command` (`lookup`, `inputlookup`, `outputlookup`, ...); offsets in the expanded text."""

    name: str
    command: str
    start: int
    end: int


class DatamodelUse(NamedTuple):
    """One use of a data model; `dataset` is None for the whole model. Offsets in the expanded text."""

    model: str
    dataset: str | None
    command: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SearchFacts:
    """What a search uses and, for an object's own search (not for drilldowns and macros), what it reads and gives.

    `result_fields` are the names known to be in the results; `results_open` says that others may be there too, so that
    only of closed results one can say that a field is missing.
    """

    macros: tuple[MacroUse, ...] = ()
    lookups: tuple[LookupUse, ...] = ()
    datamodels: tuple[DatamodelUse, ...] = ()
    commands: tuple[str, ...] = ()
    required_fields: tuple[str, ...] = ()
    result_fields: tuple[str, ...] = ()
    results_open: bool = True
    parsed: bool = True


@dataclass(frozen=True, slots=True)
class ParsedSearch:
    """One search of an object with its tree. `tree` is that of the expanded text.

    `nodes` holds all nodes of the tree by type. `errors` are those of the parser and the call checker, at offsets of the
    expanded text; `macro_errors` those of the expansion, at offsets of the text that holds the call.
    """

    document: Document
    pointer: Pointer
    role: Role
    text: str
    expansion: Expansion
    tree: Pipeline
    errors: tuple[SplError, ...]
    macro_errors: tuple[MacroError, ...]
    final: FieldState
    uses: tuple[FieldUse, ...]
    facts: SearchFacts
    nodes: Mapping[type[Node], Sequence[Node]] = field(default_factory=dict)

    def nodes_of(self, kind: type[N]) -> Sequence[N]:
        """Return the nodes of exactly this type, in written order; rules ask here so that a tree is walked once."""
        return self.nodes.get(kind, ())  # type: ignore[return-value]  # what lies under a type is of that type


@dataclass(frozen=True, slots=True)
class ObjectFacts:
    """What the searches of one object (by pointer) use and give."""

    searches: Mapping[Pointer, SearchFacts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AnalyzedPack:
    """A pack whose searches were analysed: facts by the path of the object's file."""

    pack: Pack
    facts: Mapping[str, ObjectFacts]

    def facts_of(self, item: ContentObject) -> ObjectFacts:
        """Return the facts of one object; empty for one without searches."""
        return self.facts.get(item.path, ObjectFacts())


@dataclass(frozen=True, slots=True)
class Place:
    """Where something in a search is written: the span in the file, and the macro calls that lead there (outermost first)."""

    span: Span
    calls: tuple[tuple[str, Span], ...] = ()
