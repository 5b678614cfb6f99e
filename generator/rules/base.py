"""What a rule is: a code, a name, a severity, a documentation page, and a check that yields findings.

A rule lives in one file, `generator/rules/<group>/<code>_<slug>.py`: the module's docstring is its page, `RULE` its
record. Checks never build diagnostics: they yield `Found` values, to which the runner adds code, severity and span. A
rule may report from several sources, each a field of `Rule`:

- `problems`: kinds of `content.model.Problem` that the loader met (the check is there, the rule reports it), and what
  is wrong with suppression comments;
- `spl_errors`: kinds of `spl.errors.SplError` of the parser, the macro expander and the call checker;
- `check_search(ctx: SearchContext)`: once per search (the detection's own, drilldowns, baselines, macros, ...);
- `check_object(ctx: ObjectContext)`: once per content object, with its parsed searches;
- `check_pack(ctx: PackContext)`: once per pack, with everything's facts;
- `check_app(ctx: AppContext)`: once per rendered app (`build-app`).

The docstring's first line is `CODE name: sentence`; the sections `## What it does`, `## Why it matters`, `## Example`
and `## Use instead` follow (a test demands them). Names say what is found, never the remedy.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from generator.analysis.environment import Environment
    from generator.analysis.model import ObjectFacts, ParsedSearch, Role
    from generator.base.apptree import AppTree
    from generator.base.diagnostics import Fix, Note, Severity
    from generator.base.source import Span
    from generator.content.model import ContentObject, Document, Pack, Pointer, ProblemKind
    from generator.knowledge.conf import ConfFile
    from generator.rules.suppress import CommentKind
    from generator.spl.errors import SplErrorKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One finding of a check, at the first of these places that is set.

    Either `span`; or `pointer` into the object's document, with `start`/`end` as offsets in the text value there (or `key` for
    the key itself); or, from `check_search`, `start`/`end` alone as offsets in the *expanded* search (`in_source` when
    they are offsets in the search as written). Without any, the object's `name`.

    A check of the pack speaks about no object in particular: there, `document` is what `pointer` leads into.
    `severity` takes the place of the rule's where a dialect allows more or less; what the user configured still wins.
    """

    message: str
    hint: str | None = None
    span: Span | None = None
    pointer: Pointer | None = None
    key: bool = False
    start: int | None = None
    end: int | None = None
    in_source: bool = False
    document: Document | None = None
    severity: Severity | None = None
    notes: tuple[Note, ...] = ()
    fix: Fix | None = None


@dataclass(frozen=True, slots=True)
class SearchContext:
    """One search and what is around it.

    Not the object that holds it: many drilldowns are the same, and a rule need not look at each of them.
    """

    env: Environment
    search: ParsedSearch

    @property
    def role(self) -> Role:
        """What the search is to its object."""
        return self.search.role


@dataclass(frozen=True, slots=True)
class ObjectContext:
    """One content object with its parsed searches by pointer (`("search",)`, `("drilldown_searches", 0, "search")`, ...)."""

    env: Environment
    item: ContentObject
    searches: Mapping[Pointer, ParsedSearch] = field(default_factory=dict)

    @property
    def search(self) -> ParsedSearch | None:
        """The object's own search, or None."""
        return self.searches.get(("search",))


@dataclass(frozen=True, slots=True)
class PackContext:
    """The whole pack with the facts of every object's searches, by path.

    `read_file` gives the bytes of a data file of the pack (a lookup's CSV, a dashboard's JSON) by its path, or None.
    `previous` gives a content file as it was at the revision that is compared with (`--changed-since`), or None; it is
    None itself when nothing is compared.
    """

    env: Environment
    pack: Pack
    facts: Mapping[str, ObjectFacts]
    read_file: Callable[[str], bytes | None]
    previous: Callable[[str], Document | None] | None = None


@dataclass(frozen=True, slots=True)
class AppContext:
    """A rendered app and the pack that it came from. `confs` keeps its conf files that are parsed, by path."""

    pack: Pack
    app: AppTree
    confs: dict[str, ConfFile] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. `kinds` limits `check_object`/`check_search` to kinds of objects (empty = all).

    `reads_flow`: `check_search` looks at `uses` or `final` of the search. Of a drilldown these depend on the detection, all
    else only on its text.
    """

    code: str
    name: str
    severity: Severity
    since: str
    problems: tuple[ProblemKind | CommentKind, ...] = ()
    spl_errors: tuple[SplErrorKind, ...] = ()
    kinds: tuple[str, ...] = ()
    reads_flow: bool = False
    check_search: Callable[[SearchContext], Iterator[Found]] | None = None
    check_object: Callable[[ObjectContext], Iterator[Found]] | None = None
    check_pack: Callable[[PackContext], Iterator[Found]] | None = None
    check_app: Callable[[AppContext], Iterator[Found]] | None = None
