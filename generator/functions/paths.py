"""JSON and XML as texts: read, written, and what stands at a path such as `a.b{}.c`, `{2}.name` or `a.b{@attribute}`.

A path is keys parted by dots. In JSON `{}` means all elements of an array and `{n}` one, from 0; in XML a key is an
element (all of that name), `{n}` one of them, from 1, and `{@name}` an attribute. An element that holds others gives
what stands inside it as XML. Sources: Search Reference, "spath", "JSON functions".
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from generator.base.frozen import dataclass
from generator.engine.values import Value, multivalue, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MAX_DEPTH = 200
"""Levels of JSON and XML that are followed."""

_PART = re.compile(r"([^.{}]*)((?:\{[^{}]*\})*)(?:\.|\Z)")
_BRACES = re.compile(r"\{([^{}]*)\}")
_TAG = re.compile(rb"""<[^\s/>]+(?:\s+[^\s=]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/?>""")


class Missing:
    """What `changed` gives a change where nothing stands, and takes from it for "nothing shall stand here"."""


MISSING = Missing()


class Written(str):
    """A number of JSON exactly as it was written."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Every:
    """`{}`: all elements."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """`{@name}`: an attribute."""

    name: str


Step = str | int | Every | Attribute


@lru_cache(maxsize=1024)
def parse_path(path: str) -> tuple[Step, ...] | None:
    """Return the steps of a path, or None where its braces are wrong. The empty path has no steps."""
    steps: list[Step] = []
    position = 0
    while position < len(path):
        match = _PART.match(path, position)
        if match is None or match.end() == position:
            return None
        if match[1]:
            steps.append(match[1])
        for inner in _BRACES.findall(match[2]):
            if not inner:
                steps.append(Every())
            elif inner.isdecimal() and len(inner) < 10:
                steps.append(int(inner))
            elif inner[0] == "@" and len(inner) > 1:
                steps.append(Attribute(inner[1:]))
            else:
                return None
        position = match.end()
    return tuple(steps)


# --- JSON ------------------------------------------------------------------------------------------------------------


def read_json(text: str, *, as_written: bool = False) -> Any:  # noqa: ANN401 - JSON
    """Return what a JSON text holds, `MISSING` where it is none. `as_written`: fractions stay as they were written.

    Whole numbers with a fraction (`1.00`) are whole numbers, as everywhere in SPL.
    """
    try:
        return json.loads(
            text,
            parse_float=Written if as_written else _number,
            parse_constant=_refuse,
            strict=not as_written,
        )
    except (ValueError, RecursionError):
        return MISSING


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _refuse(text: str) -> float:
    """`NaN` and `Infinity` are no JSON."""
    raise ValueError(text)


def write_json(value: Any) -> str:  # noqa: ANN401 - JSON
    """Return JSON as compact text.

    Raises:
        RecursionError: it is nested too deeply.
    """
    if isinstance(value, Written):
        return value
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if value is None or value is True or value is False:
        return "null" if value is None else "true" if value else "false"
    if isinstance(value, dict):
        pairs = (f"{json.dumps(key, ensure_ascii=False)}:{write_json(one)}" for key, one in value.items())
        return f"{{{','.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{','.join(map(write_json, value))}]"
    return text_of(value)


def find_json(document: Any, steps: Iterable[Step]) -> list[Any]:  # noqa: ANN401 - JSON
    """Return what stands at a path, in order; several values where a step means all elements. `{}` of no array is itself."""
    found = [document]
    for step in steps:
        if isinstance(step, str):
            found = [one[step] for one in found if isinstance(one, dict) and step in one]
        elif isinstance(step, int):
            found = [one[step] for one in found if isinstance(one, list) and step < len(one)]
        elif isinstance(step, Every):
            found = [inner for one in found for inner in (one if isinstance(one, list) else [one])]
        else:
            return []
    return found


def changed(
    node: Any,  # noqa: ANN401 - JSON
    steps: tuple[Step, ...],
    change: Callable[[Any], Any],
    *,
    create: bool,
) -> Any:  # noqa: ANN401 - JSON
    """Return JSON with what stands at a path replaced by what `change` makes of it; `MISSING` takes it out.

    `create`: keys that are missing are made, and `change` gets `MISSING`. Where path and JSON do not fit nothing changes.
    `node` itself is changed.
    """
    if not steps:
        return change(node)
    step, rest = steps[0], steps[1:]
    if isinstance(step, str):
        if node is MISSING:
            made = changed(MISSING, rest, change, create=create)
            return MISSING if made is MISSING else {step: made}
        if isinstance(node, dict) and (create or step in node):
            made = changed(node.get(step, MISSING), rest, change, create=create)
            if made is not MISSING:
                node[step] = made
            else:
                node.pop(step, None)
        return node
    if isinstance(node, list) and not isinstance(step, Attribute):
        places = range(len(node)) if isinstance(step, Every) else range(step, min(step + 1, len(node)))
        for place in places:
            made = changed(node[place], rest, change, create=create)
            if made is not MISSING:
                node[place] = made
    return node


# --- XML -------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Element:
    """An element: `inner` is what stands between its tags, its own text where it holds no others."""

    name: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    begin: int = 0
    inner: str = ""


def read_xml(text: str) -> Element | None:
    """Return an element without a name that holds those of a text; None where it is no XML or has a document type."""
    import xml.parsers.expat  # noqa: PLC0415 - checking a call does not need it

    place = text.find("<")
    if place < 0:
        return None
    data = text[place:].encode()
    top = Element("", {})
    open_ones = [top]

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(open_ones) > MAX_DEPTH:
            raise ValueError(name)
        tag = _TAG.match(data, parser.CurrentByteIndex)
        element = Element(name, attributes, begin=tag.end() if tag is not None else 0)
        open_ones[-1].children.append(element)
        open_ones.append(element)

    def end(_: str) -> None:
        element = open_ones.pop()
        if element.children:
            element.inner = data[element.begin : parser.CurrentByteIndex].decode(errors="replace").strip()
        else:
            element.inner = "".join(element.texts).strip()

    def content(part: str) -> None:
        open_ones[-1].texts.append(part)

    def refuse(*_: object) -> None:
        raise ValueError("a document type")

    parser = xml.parsers.expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = content
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat takes no keywords
    except (xml.parsers.expat.ExpatError, ValueError):
        return None
    return top


def find_xml(top: Element, steps: Iterable[Step]) -> list[str]:
    """Return the texts of elements or attributes at a path, in the order of the text."""
    found = [[top]]
    for step in steps:
        if isinstance(step, str):
            found = [[child for child in one.children if child.name == step] for same in found for one in same]
        elif isinstance(step, int):
            found = [same[step - 1 : step] if step else [] for same in found]
        elif isinstance(step, Attribute):
            return [one.attributes[step.name] for same in found for one in same if step.name in one.attributes]
    return [one.inner for same in found for one in same]


# --- either ----------------------------------------------------------------------------------------------------------


def leaf_text(value: Any) -> str:  # noqa: ANN401 - JSON
    """Return JSON as the value of a field: a text as it is, anything else as JSON (`true`, `null`, `{"a":1}`)."""
    return str(value) if isinstance(value, str) else write_json(value)


def extract(text: str, path: str) -> Value:
    """Return what stands at a path of a JSON or XML text: nothing, one value or several."""
    steps = parse_path(path)
    if not steps:
        return None
    beginning = text.lstrip()[:1]
    if beginning in {"{", "["}:
        document = read_json(text, as_written=True)
        return None if document is MISSING else multivalue(map(leaf_text, find_json(document, steps)))
    top = read_xml(text) if beginning == "<" else None
    return None if top is None else multivalue(find_xml(top, steps))
