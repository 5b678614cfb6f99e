"""Which searches a content object holds, and all of them analysed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.analysis.model import ObjectFacts, Role
from generator.content.model import Baseline, Detection, Investigation, Macro, Pointer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.analysis.model import ParsedSearch
    from generator.analysis.search import SearchAnalyzer
    from generator.content.model import ContentObject

SEARCH: Pointer = ("search",)
DEFINITION: Pointer = ("definition",)


def search_texts(item: ContentObject) -> Iterator[tuple[Pointer, Role, str]]:
    """Yield the searches of an object: pointer, what it is, text. Empty texts are left out (the schema reports them)."""
    match item:
        case Detection():
            if item.search.strip():
                yield SEARCH, Role.SEARCH, item.search
            for drilldown in item.drilldowns:
                if drilldown.search.strip():
                    yield (*drilldown.pointer, "search"), Role.DRILLDOWN, drilldown.search
        case Baseline() | Investigation():
            if item.search.strip():
                yield SEARCH, Role.SEARCH, item.search
        case Macro():
            if item.definition.strip():
                yield DEFINITION, Role.MACRO, item.definition
        case _:
            return


def analyze_object(analyzer: SearchAnalyzer, item: ContentObject) -> Mapping[Pointer, ParsedSearch]:
    """Analyse every search of an object; a drilldown's placeholder stands for the object's own search."""
    found: dict[Pointer, ParsedSearch] = {}
    for pointer, role, text in search_texts(item):
        own = found.get(SEARCH)
        original = own.final if own is not None and role is Role.DRILLDOWN else None
        found[pointer] = analyzer.analyze(item.document, pointer, role, text, original=original)
    return found


def facts_of(searches: Mapping[Pointer, ParsedSearch]) -> ObjectFacts:
    """Return what outlives the trees."""
    return ObjectFacts({pointer: search.facts for pointer, search in searches.items()})
