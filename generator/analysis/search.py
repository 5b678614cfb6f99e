"""A search text becomes a parsed search: macros expanded, tree, errors, fields followed, facts collected.

One `SearchAnalyzer` serves a whole pack. Equal texts (the same drilldown in a thousand detections) are parsed once.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import field, replace
from typing import TYPE_CHECKING

from generator.analysis.fieldflow import FlowRun
from generator.analysis.model import (
    DatamodelUse,
    LookupUse,
    MacroOrigin,
    MacroUse,
    ParsedSearch,
    Place,
    Role,
    SearchFacts,
)
from generator.base.frozen import dataclass
from generator.content.model import Macro
from generator.content.positions import locate
from generator.functions.check import check_nodes
from generator.functions.static import static_text
from generator.spl.ast import Command, Name, Pipeline, PlaceholderCommand
from generator.spl.fields import FieldState
from generator.spl.macros import MacroDefinition, MacroExpander
from generator.spl.parser import parse
from generator.spl.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from generator.analysis.environment import Environment
    from generator.base.source import Span
    from generator.content.model import Document, Pointer
    from generator.spl.ast import Node
    from generator.spl.errors import SplError
    from generator.spl.fields import FieldUse
    from generator.spl.macros import CallSite, Expansion, MacroError, Origin

FILTER_DEFINITION = "search *"
"""What a generated filter macro holds until a user edits it."""

_LOOKUP_COMMANDS = frozenset({"lookup", "inputlookup", "outputlookup"})
_MODEL_COMMANDS = frozenset({"tstats", "from", "datamodel", "pivot"})


@dataclass(frozen=True, slots=True)
class _Parsed:
    """What parsing one text gives, whoever holds it; `flow` is filled when all who hold it share that too."""

    expansion: Expansion
    tree: Pipeline
    errors: tuple[SplError, ...]
    macro_errors: tuple[MacroError, ...]
    facts: SearchFacts
    nodes: Mapping[type[Node], list[Node]]
    flow: list[tuple[FieldState, tuple[FieldUse, ...]]] = field(default_factory=list)


@dataclass(slots=True)
class SearchAnalyzer:
    """Parses searches in one environment. `asked` collects the names of all macros that were looked up since it was cleared."""

    env: Environment
    asked: set[str] = field(default_factory=set)
    _expander: MacroExpander = field(init=False)
    _drilldowns: dict[str, _Parsed] = field(default_factory=dict)

    def __post_init__(self) -> None:
        commands = self.env.commands
        self._expander = MacroExpander(self._resolve, self._arities, evaluate=lambda text: static_text(text, commands))

    def analyze(
        self, document: Document, pointer: Pointer, role: Role, text: str, *, original: FieldState | None = None
    ) -> ParsedSearch:
        """Parse one search. `original` is the state of the detection's results, for a drilldown that starts from it."""
        if role is Role.DRILLDOWN:
            parsed = self._drilldowns.get(text)
            if parsed is None:
                parsed = self._drilldowns[text] = self._parse(text)
        elif role is Role.MACRO:
            parsed = self._parse_fragment(text)
        else:
            parsed = self._parse(text)
        final, uses = self._flow(parsed, original)
        facts = parsed.facts
        if role is Role.SEARCH:
            facts = replace(
                facts,
                required_fields=_required(uses),
                result_fields=tuple(sorted(final.names)),
                results_open=final.open or bool(final.patterns),
            )
        return ParsedSearch(
            document=document,
            pointer=pointer,
            role=role,
            text=text,
            expansion=parsed.expansion,
            tree=parsed.tree,
            errors=parsed.errors,
            macro_errors=parsed.macro_errors,
            final=final,
            uses=uses,
            facts=facts,
            nodes=parsed.nodes,
        )

    def expand(self, text: str) -> str:
        """Return a text with its macros expanded, as far as they are known."""
        return self._expander.expand(text).text

    def _flow(self, parsed: _Parsed, original: FieldState | None) -> tuple[FieldState, tuple[FieldUse, ...]]:
        """Follow the fields. A drilldown that does not start from the detection's results does so once for all."""
        shared = original is not None and PlaceholderCommand not in parsed.nodes
        if shared and parsed.flow:
            return parsed.flow[0]
        run = FlowRun(self.env, original if original is not None else FieldState())
        found = run.run(parsed.tree), tuple(run.uses)
        if shared:
            parsed.flow.append(found)
        return found

    def _parse(self, text: str) -> _Parsed:
        expansion = self._expander.expand(text)
        result = parse(expansion.text, self.env.commands)
        nodes = walk(result.tree)
        commands = tuple(node for node in nodes if isinstance(node, Command))
        return _Parsed(
            expansion=expansion,
            tree=result.tree,
            errors=(*result.errors, *check_nodes(nodes)),
            macro_errors=tuple(expansion.errors),
            facts=SearchFacts(
                macros=tuple(self._macro_uses(expansion)),
                lookups=tuple(_lookups(commands)),
                datamodels=tuple(_datamodels(commands)),
                commands=tuple(dict.fromkeys(command.name for command in commands if command.name)),
                parsed=not result.errors,
            ),
            nodes=_by_type(nodes),
        )

    def _parse_fragment(self, text: str) -> _Parsed:
        """Look at a macro's definition on its own: only its calls are certain, since it may be any fragment."""
        expansion = self._expander.expand(text)
        return _Parsed(
            expansion=expansion,
            tree=Pipeline(0, 0, ()),
            errors=(),
            macro_errors=tuple(expansion.errors),
            facts=SearchFacts(macros=tuple(self._macro_uses(expansion))),
            nodes={},
        )

    def _resolve(self, name: str, arity: int) -> MacroDefinition | None:
        self.asked.add(name)
        for macro in self.env.macros.get(name, ()):
            if len(macro.arguments) == arity:
                return MacroDefinition(name, macro.definition, macro.arguments, macro.iseval, macro)
        if name in self.env.macros:
            return None
        if arity == 0 and name in self.env.filter_macros:
            return MacroDefinition(name, FILTER_DEFINITION, (), source=MacroOrigin.FILTER)
        for external in self.env.external_macros.get(name, ()):
            if len(external.arguments) == arity and external.definition is not None:
                return MacroDefinition(
                    name, external.definition, external.arguments, external.is_eval, MacroOrigin.EXTERNAL
                )
        return None

    def _arities(self, name: str) -> tuple[int, ...]:
        if name in self.env.macros:
            return tuple(len(macro.arguments) for macro in self.env.macros[name])
        if name in self.env.filter_macros:
            return (0,)
        external = self.env.external_macros.get(name, ())
        known = tuple(len(macro.arguments) for macro in external)
        # An app that is not listed whole may have the macro with other numbers of arguments.
        return known if external and all(macro.is_complete for macro in external) else ()

    def _macro_uses(self, expansion: Expansion) -> Iterator[MacroUse]:
        for use in expansion.uses:
            site = use.site
            inside = use.chain[-1].name if use.chain else None
            yield MacroUse(
                site.name, len(site.args), site.start, site.end, self.macro_origin(site.name), inside is None, inside
            )

    def macro_origin(self, name: str) -> MacroOrigin:
        """Return who defines a macro of this name, whatever its number of arguments."""
        if name in self.env.macros:
            return MacroOrigin.PACK
        if name in self.env.filter_macros:
            return MacroOrigin.FILTER
        if name in self.env.external_macros:
            return MacroOrigin.EXTERNAL
        return MacroOrigin.UNKNOWN


def _by_type(nodes: list[Node]) -> Mapping[type[Node], list[Node]]:
    found: defaultdict[type[Node], list[Node]] = defaultdict(list)
    for node in nodes:
        found[type(node)].append(node)
    return dict(found)


def place(search: ParsedSearch, start: int, end: int) -> Place:
    """Return where the range `[start, end)` of the expanded text was written.

    What comes from a macro of the pack points into the macro's file, with the calls that lead there; what comes from a
    macro that the pack does not hold points at the call.
    """
    first = search.expansion.origin(start)
    last = search.expansion.origin(max(start, end - 1))
    if first.source is last.source and len(first.chain) == len(last.chain) and first.offset <= last.offset:
        return origin_place(search, first, last.offset + (1 if end > start else 0))
    if not first.chain:
        stop = last.chain[0].end if last.chain else last.offset + 1
        return origin_place(search, first, max(stop, first.offset + 1))
    return Place(_site_span(search, first.chain[0]))


def origin_place(search: ParsedSearch, origin: Origin, stop: int) -> Place:
    """Return the place of `[origin.offset, stop)` in the text of the origin's source."""
    if not origin.chain:
        return Place(locate(search.document, search.pointer, origin.offset, stop))
    if isinstance(origin.source, Macro):
        span = locate(origin.source.document, ("definition",), origin.offset, stop)
        calls = tuple((site.name, _site_span(search, site)) for site in origin.chain)
        return Place(span, calls)
    return Place(_site_span(search, origin.chain[0]))


def site_place(search: ParsedSearch, source: object, chain: tuple[CallSite, ...], start: int, end: int) -> Place:
    """Return the place of `[start, end)` of a macro's own text, or of the search's where there is no chain."""
    if not chain:
        return Place(locate(search.document, search.pointer, start, end))
    if isinstance(source, Macro):
        span = locate(source.document, ("definition",), start, end)
        return Place(span, tuple((site.name, _site_span(search, site)) for site in chain))
    return Place(_site_span(search, chain[0]))


def _site_span(search: ParsedSearch, site: CallSite) -> Span:
    if isinstance(site.source, Macro):
        return locate(site.source.document, ("definition",), site.start, site.end)
    return locate(search.document, search.pointer, site.start, site.end)


def _lookups(commands: tuple[Command, ...]) -> Iterator[LookupUse]:
    for command in commands:
        if command.name in _LOOKUP_COMMANDS:
            table = getattr(command, "table", None)
            if isinstance(table, Name) and "$" not in table.text:
                yield LookupUse(table.text, command.name, table.start, table.end)


def _datamodels(commands: tuple[Command, ...]) -> Iterator[DatamodelUse]:
    for command in commands:
        if command.name not in _MODEL_COMMANDS:
            continue
        named = _model_node(command)
        if named is None:
            continue
        model, dataset, node = named
        yield DatamodelUse(model, dataset, command.name, node.start, node.end)


def _model_node(command: Command) -> tuple[str, str | None, Node] | None:
    """Return model, dataset and the node that names them, where the command names a data model in plain text."""
    model = getattr(command, "model", None)
    if isinstance(model, Name):
        dataset = getattr(command, "dataset", None)
        return model.text, dataset.text if isinstance(dataset, Name) else None, model
    source = getattr(command, "source", None) or getattr(command, "dataset", None)
    if isinstance(model, str) and isinstance(source, Name):
        _, dot, path = source.text.partition(".")
        return model, path if dot else None, source
    return None


def _required(uses: Iterable[FieldUse]) -> tuple[str, ...]:
    """Return the fields that a search reads from its events: those that nothing before made."""
    names: dict[str, None] = {}
    for use in uses:
        if use.name not in use.state.names and "*" not in use.name and use.state.open:
            names[use.name] = None
    return tuple(names)
