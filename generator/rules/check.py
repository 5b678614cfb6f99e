"""The rules run over what was loaded: each object, the pack as a whole; findings become diagnostics, minus suppressed ones.

`generator.rules.run` reads the pack and calls this. It is a module of its own because importing it imports analysis and
all rules, which is done while other processes already read files.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from generator.analysis.model import ObjectFacts, Place, Role
from generator.analysis.objects import analyze_object, facts_of
from generator.analysis.search import SearchAnalyzer, place, site_place
from generator.base.diagnostics import Diagnostic, Note
from generator.base.frozen import dataclass
from generator.base.parallel import fork_map
from generator.content.config import Config
from generator.content.positions import locate, problem_span
from generator.knowledge.attack import write_attack
from generator.rules.base import ObjectContext, SearchContext
from generator.rules.cache import digest
from generator.rules.registry import load_rules, make_selection, rules_by_code
from generator.rules.suppress import apply, suppressions, unreasoned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from generator.analysis.environment import Environment
    from generator.analysis.model import ParsedSearch
    from generator.base.parallel import Pending
    from generator.base.source import Span
    from generator.content.model import ContentObject, Document, Pack, Pointer, Problem, ProblemKind
    from generator.rules.base import AppContext, Found, PackContext, Rule
    from generator.rules.cache import Memory
    from generator.rules.registry import Selection
    from generator.rules.suppress import CommentKind, Suppression
    from generator.spl.errors import SplError, SplErrorKind

_CYCLE = "macro-cycle"


@dataclass(frozen=True, slots=True)
class CheckedObject:
    """What checking one object gives: findings before suppression, and the facts of its searches."""

    path: str
    diagnostics: tuple[Diagnostic, ...]
    facts: ObjectFacts


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The rules that run, by what triggers them.

    `selection` is the configuration's. `asked` is the command line's: it is applied behind the suppressions, so that a
    comment about a rule that was not asked for is no unused one.
    """

    rules: tuple[Rule, ...]
    by_problem: Mapping[ProblemKind | CommentKind, Rule]
    by_spl_error: Mapping[SplErrorKind, Rule]
    selection: Selection
    asked: Selection | None = None
    _objects: dict[str, tuple[Rule, ...]] = field(default_factory=dict)
    _searches: dict[str, tuple[Rule, ...]] = field(default_factory=dict)
    _flows: dict[str, tuple[Rule, ...]] = field(default_factory=dict)

    def is_asked_for(self, diagnostic: Diagnostic) -> bool:
        """Whether the command line wants this finding."""
        if self.asked is None:
            return True
        return self.asked.severity(rules_by_code()[diagnostic.code], diagnostic.span.path) is not None

    def for_object(self, kind: str) -> tuple[Rule, ...]:
        """Return the rules that look at objects of a kind."""
        found = self._objects.get(kind)
        if found is None:
            found = tuple(r for r in self.rules if r.check_object is not None and (not r.kinds or kind in r.kinds))
            self._objects[kind] = found
        return found

    def for_search(self, kind: str) -> tuple[Rule, ...]:
        """Return the rules that look at searches of a kind of object."""
        found = self._searches.get(kind)
        if found is None:
            found = tuple(r for r in self.rules if r.check_search is not None and (not r.kinds or kind in r.kinds))
            self._searches[kind] = found
        return found

    def for_flow(self, kind: str) -> tuple[Rule, ...]:
        """Return those of `for_search` that look at the fields before and after each command."""
        found = self._flows.get(kind)
        if found is None:
            found = self._flows[kind] = tuple(rule for rule in self.for_search(kind) if rule.reads_flow)
        return found


def make_rule_book(pack: Pack, select: Sequence[str], ignore: Sequence[str]) -> RuleBook:
    """Gather the rules that run on a pack.

    Raises:
        ConfigError: a rule selection names no rule.
    """
    selection = make_selection(pack.config)
    asked = make_selection(Config(), select, ignore) if select or ignore else None
    rules = load_rules()
    by_problem = {kind: rule for rule in rules for kind in rule.problems}
    by_spl_error = {kind: rule for rule in rules for kind in rule.spl_errors}
    if asked is not None and asked.severity(by_problem["unused-suppression"], "") is None:
        rules = tuple(rule for rule in rules if asked.severity(rule, "") is not None)
    return RuleBook(rules, by_problem, by_spl_error, selection, asked)


# -- objects, from memory where nothing changed ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Subject:
    """The pack that is checked, what surrounds its objects, a digest of each of its files, and what the user selected."""

    env: Environment
    pack: Pack
    digests: Mapping[str, bytes]
    selected: tuple[str, ...]


def check_objects(
    subject: Subject,
    book: RuleBook,
    memory: Memory | None,
    *,
    jobs: int | None,
    progress: Callable[[int], None] | None,
    afterwards: Pending[Any] | None = None,
) -> list[CheckedObject]:
    """Return the result of each object, in the order of the pack. `afterwards` is begun by who has done its part."""
    env = subject.env
    items = subject.pack.objects()
    analyzer = SearchAnalyzer(env)
    clean: set[tuple[str, int]] = set()

    def check(item: ContentObject) -> CheckedObject:
        return _check_object(env, analyzer, book, item, clean)

    if memory is None:
        return fork_map(check, items, jobs=jobs, progress=progress, afterwards=afterwards)
    keys = _Keys(env, subject.digests, _base(subject, memory.fingerprint))
    results: dict[str, CheckedObject] = {}
    for item in items:
        entry = memory.store.objects.get(item.path)
        if entry is not None and entry[0] == keys.of(item.path, entry[1].facts):
            results[item.path] = entry[1]
    missing = [item for item in items if item.path not in results]
    checked = fork_map(check, missing, jobs=jobs, progress=progress, afterwards=afterwards)
    for item, result in zip(missing, checked, strict=True):
        results[item.path] = result
        entry = memory.store.new_objects[item.path] = (keys.of(item.path, result.facts), result)
        memory.store.objects[item.path] = entry
    return [results[item.path] for item in items]


@dataclass(slots=True)
class _Keys:
    """What an object's result depends on, as a digest: its file, the macros and lookups that it met, and `base`."""

    env: Environment
    digests: Mapping[str, bytes]
    base: bytes
    _macros: dict[str, bytes] = field(default_factory=dict)
    _lookups: dict[str, bytes] = field(default_factory=dict)

    def of(self, path: str, facts: ObjectFacts) -> bytes:
        macros = {use.name for search in facts.searches.values() for use in search.macros}
        lookups = {use.name for search in facts.searches.values() for use in search.lookups}
        return digest(
            self.base,
            self.digests.get(path, b""),
            *(self._macro(name) for name in sorted(macros)),
            *(self._lookup(name) for name in sorted(lookups)),
        )

    def _macro(self, name: str) -> bytes:
        found = self._macros.get(name)
        if found is None:
            parts = [self.digests.get(macro.path, b"") for macro in self.env.macros.get(name, ())]
            kind = b"filter" if name in self.env.filter_macros else b"other"
            found = self._macros[name] = digest(name.encode(errors="replace"), kind, *parts)
        return found

    def _lookup(self, name: str) -> bytes:
        found = self._lookups.get(name)
        if found is None:
            lookup = self.env.lookups.get(name)
            columns = ",".join(sorted(self.env.lookup_columns.get(name, ())))
            own = self.digests.get(lookup.path, b"") if lookup is not None else b""
            found = self._lookups[name] = digest(name.encode(errors="replace"), own, columns.encode(errors="replace"))
        return found


def _base(subject: Subject, fingerprint: bytes) -> bytes:
    """Digest what every object may ask about: the program, the configuration, the date, all names, data sources, schedules."""
    env, pack, digests = subject.env, subject.pack, subject.digests
    config = pack.config
    settings = config.document.text if config.document is not None else ""
    names = [f"{kind}\0{name}\0{path}" for kind, listed in env.names.items() for name, path in listed.items()]
    shared = [digests.get(item.path, b"") for item in (*pack.data_sources, *pack.deployments)]
    if config.attack:
        shared.append(digest(write_attack(env.attack)))
    text = "\n".join((settings, str(env.today), str(config.conf_style), *subject.selected, *sorted(names), *pack.files))
    return digest(fingerprint, text.encode(errors="surrogatepass"), *shared)


# -- one object ------------------------------------------------------------------------------------------------------


def _check_object(
    env: Environment, analyzer: SearchAnalyzer, book: RuleBook, item: ContentObject, clean: set[tuple[str, int]]
) -> CheckedObject:
    """Check one object. `clean` holds drilldowns, by kind and identity of their nodes, in which no rule found anything before.

    What a configuration does not want where one drilldown stands may be wanted where another does, so that counts as found.
    """
    searches = analyze_object(analyzer, item)
    found: list[Diagnostic] = []
    kind = item.kind.value
    for search in searches.values():
        shared = (kind, id(search.nodes)) if search.role is Role.DRILLDOWN else None
        if shared in clean:
            found.extend(_of_search(book, book.for_flow(kind), env, item, search)[0])
            continue
        broken = bool(search.errors or search.macro_errors)
        if broken:
            found.extend(_of_spl_errors(book, item, search))
        diagnostics, silent = _of_search(book, book.for_search(kind), env, item, search)
        found.extend(diagnostics)
        if shared is not None and silent and not broken:
            clean.add(shared)
    whole = ObjectContext(env, item, searches)
    for rule in book.for_object(kind):
        for finding in rule.check_object(whole):  # type: ignore[misc]  # for_object leaves out rules without one
            diagnostic = from_found(book, rule, finding, item, None)
            if diagnostic is not None:
                found.append(diagnostic)
    return CheckedObject(item.path, tuple(found), facts_of(searches))


def check_one(
    env: Environment, analyzer: SearchAnalyzer, book: RuleBook, item: ContentObject
) -> tuple[Diagnostic, ...]:
    """Return the findings about one object, before suppression: what an editor asks at each change."""
    return _check_object(env, analyzer, book, item, set()).diagnostics


def _of_search(
    book: RuleBook, rules: Iterable[Rule], env: Environment, item: ContentObject, search: ParsedSearch
) -> tuple[list[Diagnostic], bool]:
    """Return the findings that are wanted, and whether no rule found anything at all."""
    context = SearchContext(env, search)
    found: list[Diagnostic] = []
    silent = True
    for rule in rules:
        for finding in rule.check_search(context):  # type: ignore[misc]  # for_search leaves out rules without one
            silent = False
            diagnostic = from_found(book, rule, finding, item, search)
            if diagnostic is not None:
                found.append(diagnostic)
    return found, silent


def _of_spl_errors(book: RuleBook, item: ContentObject, search: ParsedSearch) -> Iterator[Diagnostic]:
    circular = any(macro.error.kind == _CYCLE for macro in search.macro_errors)
    for error in search.errors:
        where = place(search, error.start, error.end)
        # Where macros call each other in a circle, what is left of them cannot be judged.
        if not circular or not where.calls:
            yield from _spl_diagnostic(book, item, error, where)
    for macro in search.macro_errors:
        error = macro.error
        yield from _spl_diagnostic(
            book, item, error, site_place(search, macro.source, macro.chain, error.start, error.end)
        )


def _spl_diagnostic(book: RuleBook, item: ContentObject, error: SplError, where: Place) -> Iterator[Diagnostic]:
    rule = book.by_spl_error[error.kind]
    severity = book.selection.severity(rule, where.span.path)
    if severity is not None:
        yield Diagnostic(
            rule.code, rule.name, severity, error.message, where.span, error.hint, item.name or None, _call_notes(where)
        )


def _call_notes(where: Place) -> tuple[Note, ...]:
    return tuple(Note(f"in the expansion of the macro `{name}`, called here", span) for name, span in where.calls)


# -- findings to diagnostics -----------------------------------------------------------------------------------------


def of_problem(book: RuleBook, problem: Problem) -> Iterator[Diagnostic]:
    """Turn a problem of the loader into the finding of its rule, where that is wanted."""
    rule = book.by_problem[problem.kind]
    severity = book.selection.severity(rule, problem.path)
    if severity is None:
        return
    name = problem.document.data.get("name") if problem.document is not None else None
    yield Diagnostic(
        rule.code,
        rule.name,
        severity,
        problem.message,
        problem_span(problem),
        problem.hint,
        name if isinstance(name, str) else None,
    )


def from_found(
    book: RuleBook, rule: Rule, found: Found, item: ContentObject | None, search: ParsedSearch | None
) -> Diagnostic | None:
    """Add code, severity and span to a finding; None when it is not wanted where it stands."""
    where = _place_of(found, item, search)
    severity = book.selection.severity(rule, where.span.path)
    if severity is None:
        return None
    if found.severity is not None and severity is rule.severity:
        severity = found.severity
    return Diagnostic(
        rule.code,
        rule.name,
        severity,
        found.message,
        where.span,
        found.hint,
        item.name if item is not None else None,
        (*_call_notes(where), *found.notes),
        found.fix,
    )


def _place_of(found: Found, item: ContentObject | None, search: ParsedSearch | None) -> Place:
    if found.span is not None:
        return Place(found.span)
    document = found.document or (item.document if item is not None else None)
    if document is None:
        raise TypeError(f"a finding has no place: {found.message}")
    if found.pointer is not None:
        return Place(_locate(document, found.pointer, found))
    if search is not None:
        if found.start is None:
            return Place(locate(search.document, search.pointer))
        end = found.start if found.end is None else found.end
        if found.in_source:
            return Place(locate(search.document, search.pointer, found.start, end))
        return place(search, found.start, end)
    return Place(locate(document, ("name",), key=True))


def _locate(document: Document, pointer: Pointer, found: Found) -> Span:
    return locate(document, pointer, found.start, found.end, key=found.key)


# -- the pack --------------------------------------------------------------------------------------------------------


def check_app(book: RuleBook, context: AppContext) -> Iterator[Diagnostic]:
    """Run the rules about rendered apps."""
    for rule in book.rules:
        if rule.check_app is not None:
            for finding in rule.check_app(context):
                diagnostic = from_found(book, rule, finding, None, None)
                if diagnostic is not None:
                    yield diagnostic


def check_pack(book: RuleBook, context: PackContext) -> Iterator[Diagnostic]:
    """Run the rules about the pack as a whole."""
    names = {item.path: item.name for item in context.pack.objects()}
    for rule in book.rules:
        if rule.check_pack is None:
            continue
        for finding in rule.check_pack(context):
            diagnostic = from_found(book, rule, finding, None, None)
            if diagnostic is not None:
                yield replace(diagnostic, object=names.get(diagnostic.span.path) or None)


def unsuppressed(
    book: RuleBook, pack: Pack, documents: Sequence[Document], found: Iterable[Diagnostic]
) -> list[Diagnostic]:
    """Leave out what comments suppress; add what is wrong with the comments."""
    by_path: dict[str, list[Diagnostic]] = defaultdict(list)
    for diagnostic in found:
        by_path[diagnostic.span.path].append(diagnostic)
    own = (pack.config.document,) if pack.config.document is not None else ()
    for document in (*documents, *own):
        comments = suppressions(document)
        if not comments:
            continue
        kept, unused = apply(by_path[document.path], comments)
        for comment in unused:
            kept.extend(
                _about_comment(book, comment, "unused-suppression", "this comment suppresses nothing", "remove it")
            )
        for comment in unreasoned(comments):
            message = "a suppression says which rule it means and why"
            kept.extend(
                _about_comment(
                    book, comment, "unexplained-suppression", message, "`# contentpack: ignore[CODE] reason`"
                )
            )
        by_path[document.path] = kept
    return [diagnostic for listed in by_path.values() for diagnostic in listed]


def _about_comment(
    book: RuleBook, comment: Suppression, kind: CommentKind, message: str, hint: str
) -> Iterator[Diagnostic]:
    rule = book.by_problem[kind]
    severity = book.selection.severity(rule, comment.span.path)
    if severity is not None:
        yield Diagnostic(rule.code, rule.name, severity, message, comment.span, hint)


def distinct(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Leave out repetitions: an error inside a macro is met at each of its calls, but stands in one place."""
    seen: set[tuple[str, Span, str]] = set()
    for diagnostic in found:
        key = (diagnostic.code, diagnostic.span, diagnostic.message)
        if key not in seen:
            seen.add(key)
            yield diagnostic
