"""`xpath`: extracts from XML by an XPath expression."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options
from generator.commands.shapes import given
from generator.commands.uses import read_option
from generator.engine.values import Value, elements, multivalue, text_of
from generator.spl.ast import Command, MacroCall, Name, Option, Options
from generator.spl.printer import join_words, print_options, print_value
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from xml.etree.ElementTree import Element

    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Xpath(Command):
    """`path` is the XPath expression."""

    options: Options
    path: Name

    def arguments(self) -> str:
        """Print options and expression."""
        return join_words(print_options(self.options), print_value(self.path))


def parse(args: ArgReader) -> Xpath:
    """Read options and the expression, in any order."""
    options: list[Option | MacroCall] = list(args.options())
    path = args.string("an XPath expression in double quotes")
    options.extend(args.options())
    return Xpath(*args.head, tuple(options), path)


def flow(node: Xpath, state: FieldState, env: FlowEnv) -> FieldState:
    """The result is added."""
    read_option(node.options, "field", state, env)
    return state.add((given(node.options, "outfield", "xpath"),))


_LAST_STEP = re.compile(r"(.*?)/?/(?:@([\w:.-]+)|(text\(\)))", re.DOTALL)


def run(node: Xpath, table: Table, env: Env) -> Table:
    """Set the texts of the nodes that the expression finds; XML with a document type is not read.

    Raises:
        UnsupportedSpl: an expression beyond paths with `*`, `//`, attributes and predicates of equality or position.
    """
    given = given_options(node.options, env, "xpath")
    source = table.column(given.get("field", "_raw"))
    find = _finder(node, env)
    default = given.get("default")

    def found(cell: Value) -> Value:
        texts: list[str] = []
        for value in elements(cell):
            root = _read(text_of(value))
            if root is not None:
                texts.extend(find(root))
        return multivalue(texts) if texts else default

    return table.with_columns({given.get("outfield", "xpath"): source.map(found)})


def _read(text: str) -> Element | None:
    """Return an element around those of a text, or None where it is no XML."""
    from xml.etree import ElementTree

    place = text.find("<")
    body = text[place:] if place >= 0 else ""
    body = re.sub(r"\A<\?xml.*?\?>", "", body, count=1, flags=re.DOTALL)
    if not body or "<!DOCTYPE" in body or "<!ENTITY" in body:
        return None
    try:
        return ElementTree.fromstring(f"<all>{body}</all>")  # noqa: S314 - neither document type nor entities, see above
    except (ElementTree.ParseError, ValueError, RecursionError):
        return None


def _finder(node: Xpath, env: Env) -> Callable[[Element], list[str]]:
    from xml.etree import ElementTree

    path = node.path.text.strip()
    match = _LAST_STEP.fullmatch(path)
    attribute = match[2] if match is not None else None
    if match is not None:
        path = match[1] or "/"
    if not path.startswith("/"):
        path = f"//{path}"
    path = f".{path}" if path != "/" else ".//*"
    try:
        ElementTree.Element("all").findall(path)
    except (SyntaxError, KeyError, ValueError) as error:
        raise env.unsupported(f"the XPath expression `{node.path.text}` in `xpath`", node.path) from error

    def find(root: Element) -> list[str]:
        hits = root.findall(path)
        if attribute is not None:
            return [hit.attrib[attribute] for hit in hits if attribute in hit.attrib]
        if match is not None:
            return [hit.text for hit in hits if hit.text]
        return [_content(hit) for hit in hits]

    return find


def _content(element: Element) -> str:
    """Return the text of an element, or itself as XML where it holds others."""
    from xml.etree import ElementTree

    if not len(element):
        return element.text or ""
    return ElementTree.tostring(element, encoding="unicode").strip()


SPEC = CommandSpec(
    name="xpath",
    kind=CommandKind.STREAMING,
    summary="Extracts from XML by XPath.",
    syntax='xpath [outfield=<name>] "<xpath>" [field=<field>] [default=<string>]',
    options={"outfield": OptionKind.FIELD, "field": OptionKind.FIELD, "default": OptionKind.TEXT},
    parse=parse,
    flow=flow,
    run=run,
    source="Search Reference: xpath",
)
