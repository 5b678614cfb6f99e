"""The typed tree of a search. Every node knows the half-open range `[start, end)` of the text that was parsed.

When macros were expanded, that text is the expanded one; `generator.spl.macros.Expansion.origin` leads from it to the
file and place where each piece was written.

Kinds of node: pipelines and commands (one dataclass a command, in `generator/commands/<name>.py`), eval expressions,
search terms, and the values and names that both use.
"""

from __future__ import annotations

from generator.base.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    """Anything in the tree."""

    start: int
    end: int


# --- names and values ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Name(Node):
    r"""A field name, an option's value or another bare or quoted word.

    `text` is the value: quotes taken off, `\"` and `\\` resolved. `quote` is `"`, `'` or "" as written.
    """

    text: str
    quote: str = ""

    @property
    def has_wildcard(self) -> bool:
        """Whether the name holds a `*`."""
        return "*" in self.text


@dataclass(frozen=True, slots=True)
class MacroCall(Node):
    """A macro call that was left in place (`` `name(args)` ``): unknown, or not expanded on purpose.

    Stands wherever an expression, a search term, an argument or a whole command may stand. `args` are the texts between
    the commas, with their outer quotes taken off; `text` is what stands between the backticks.
    """

    name: str
    args: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Subsearch(Node):
    """`[ ... ]`: a pipeline whose result takes part in the command around it."""

    pipeline: Pipeline


Value = Name | MacroCall | Subsearch
"""What may stand where a value is asked for."""

Field = Name | MacroCall
"""What may stand where a field name is asked for."""


@dataclass(frozen=True, slots=True)
class Option(Node):
    """`name=value` of a command. `name` is lower-case; a quoted value has its quotes in `value.quote`.

    Few options take more than a value: `(expression)`, `(search terms)` as a `Group`, `eval(expression)` as a `Call`.
    """

    name: str
    value: Value | Expr | Term

    @property
    def text(self) -> str | None:
        """The value as text, or None where a macro or a subsearch gives it."""
        return self.value.text if isinstance(self.value, Name) else None


Options = tuple[Option | MacroCall, ...]
"""The options of a command as written; a macro among them may stand for any."""


# --- eval expressions ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Expr(Node):
    """An eval expression."""


@dataclass(frozen=True, slots=True)
class StringLiteral(Expr):
    r"""`"text"`; `value` with `\"`, `\\` and `\|` resolved, other backslashes kept."""

    value: str


@dataclass(frozen=True, slots=True)
class NumberLiteral(Expr):
    """A number; `text` as written."""

    value: int | float
    text: str


@dataclass(frozen=True, slots=True)
class BoolLiteral(Expr):
    """`true` or `false` without parentheses."""

    value: bool


@dataclass(frozen=True, slots=True)
class NullLiteral(Expr):
    """`null` without parentheses."""


@dataclass(frozen=True, slots=True)
class FieldRef(Expr):
    """A field's value. `quoted` when it was written in single quotes."""

    name: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Call(Expr):
    """`name(args)`; `name` as written, `name_end` is where the name ends."""

    name: str
    args: tuple[Expr, ...]
    name_end: int


@dataclass(frozen=True, slots=True)
class Unary(Expr):
    """`-x`, `+x`, `NOT x`, `!x`; `op` is `-`, `+` or `NOT`."""

    op: str
    operand: Expr


@dataclass(frozen=True, slots=True)
class Binary(Expr):
    """`left op right`; `op` is upper-case for words: `AND OR XOR LIKE`, else as written (`=` and `==` stay apart)."""

    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class InList(Expr):
    """`operand IN (values)`; also `operand NOT IN (values)`, wrapped in `Unary`."""

    operand: Expr
    values: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class TokenRef(Expr):
    """`$name$` of a dashboard, drilldown or `map`, left as it is."""

    name: str


@dataclass(frozen=True, slots=True)
class TemplateRef(Expr):
    """`<<FIELD>>`, `<<ITEM>>`, ... inside `foreach`; `text` without the angle brackets, `quoted` in single quotes.

    A longer name around the template (`'max_<<FIELD>>'`) is a `FieldRef` whose name holds it.
    """

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class MacroExpr(Expr):
    """A macro call in the place of an expression."""

    call: MacroCall


@dataclass(frozen=True, slots=True)
class SubsearchExpr(Expr):
    """A subsearch in the place of an expression."""

    subsearch: Subsearch


@dataclass(frozen=True, slots=True)
class Assignment(Node):
    """`target = value` of `eval`; a target may hold `{field}` or a template, then the name is known only at run time."""

    target: Name
    value: Expr


@dataclass(frozen=True, slots=True)
class Aggregation(Node):
    """One aggregate of `stats`, `chart`, `tstats` and their kin: `count`, `sum(bytes) AS b`, `count(eval(x=1))`.

    `name` as written, `name_end` where it ends. `text` is the call as written, which is also the name of the result
    where there is no alias. `args` are field names (wildcards allowed), expressions of `eval(...)`, or an inner
    aggregation (`sparkline(count, 1h)`).
    """

    name: str
    name_end: int
    text: str
    args: tuple[Name | MacroCall | Expr | Aggregation, ...] = ()
    alias: Name | None = None

    @property
    def output(self) -> str:
        """The name of the field that holds the result (with `*` where field and alias have wildcards)."""
        return self.alias.text if self.alias is not None else self.text


# --- search terms ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Term(Node):
    """A term of the search language (`search`, `tstats where`, `inputlookup where`, ...)."""


@dataclass(frozen=True, slots=True)
class And(Term):
    """Terms that must all hold; `implied` per gap is not kept, the formatter prints juxtaposition."""

    terms: tuple[Term, ...]
    explicit: bool = False


@dataclass(frozen=True, slots=True)
class Or(Term):
    """Terms of which one must hold."""

    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Not(Term):
    """`NOT term`."""

    term: Term


@dataclass(frozen=True, slots=True)
class Group(Term):
    """`( term )`, kept so that printing gives back the author's grouping; None for `( )`, which asks nothing (`NOT ( )` matches nothing)."""

    term: Term | None


@dataclass(frozen=True, slots=True)
class Comparison(Term):
    """`field op value`; `op` is one of `= == != < > <= >= ::`. An empty bare value is one that was left out."""

    field: Field
    op: str
    value: Value


@dataclass(frozen=True, slots=True)
class InTerm(Term):
    """`field IN (values)`; a single subsearch is `field IN [ ... ]`."""

    field: Field
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Keyword(Term):
    """A bare word or a quoted phrase that must occur in `_raw`; may hold wildcards."""

    value: Name


@dataclass(frozen=True, slots=True)
class Directive(Term):
    """`CASE(text)` or `TERM(text)`; `name` is upper-case."""

    name: str
    value: Name


@dataclass(frozen=True, slots=True)
class SubsearchTerm(Term):
    """A subsearch whose rows become terms."""

    subsearch: Subsearch


@dataclass(frozen=True, slots=True)
class MacroTerm(Term):
    """A macro call in the place of a term."""

    call: MacroCall


@dataclass(frozen=True, slots=True)
class TokenTerm(Term):
    """`$token$` in the place of a term."""

    name: str


# --- commands and pipelines ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Command(Node):
    """One stage of a pipeline. `name` is lower-case; `name_start`/`name_end` is where it is written (equal when implied)."""

    name: str
    name_start: int
    name_end: int

    def arguments(self) -> str:
        """Print the arguments (without the command's name) so that they parse to an equal node."""
        raise NotImplementedError(type(self).__name__)


@dataclass(frozen=True, slots=True)
class GenericCommand(Command):
    """A command of Splunk (or declared by an app) whose arguments are kept as text."""

    text: str

    def arguments(self) -> str:
        """Print the text as it was."""
        return self.text


@dataclass(frozen=True, slots=True)
class UnknownCommand(Command):
    """A command that nobody knows; the text of its arguments is kept, so that printing and the other checks go on."""

    text: str

    def arguments(self) -> str:
        """Print the text as it was."""
        return self.text


@dataclass(frozen=True, slots=True)
class BrokenCommand(Command):
    """A stage that did not parse; the error is in the parse result. `text` is the whole stage, `name` may be empty."""

    text: str

    def arguments(self) -> str:
        """Print the text as it was."""
        return self.text


@dataclass(frozen=True, slots=True)
class MacroCommand(Command):
    """A stage that begins with a macro call which was left in place; `text` is the whole stage."""

    call: MacroCall
    text: str

    def arguments(self) -> str:
        """Print the text as it was."""
        return self.text


@dataclass(frozen=True, slots=True)
class PlaceholderCommand(Command):
    """`%original_detection_search%`: a whole search that is put in this place later; `name` is empty."""

    text: str

    def arguments(self) -> str:
        """Print the text as it was."""
        return self.text


@dataclass(frozen=True, slots=True)
class Pipeline(Node):
    """Commands from left to right. `leading_pipe`: whether the text begins with `|`."""

    commands: tuple[Command, ...]
    leading_pipe: bool = False
