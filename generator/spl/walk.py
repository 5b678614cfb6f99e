"""Going through a tree without recursion: all nodes, or those of some types, from left to right."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, TypeVar

from generator.spl.ast import Node

if TYPE_CHECKING:
    from collections.abc import Iterator

N = TypeVar("N", bound=Node)

_PLACES = frozenset({"start", "end", "name_start", "name_end"})
_children: dict[type[Node], tuple[str, ...]] = {}
_contents: dict[type[Node], tuple[str, ...]] = {}


def walk(node: Node) -> Iterator[Node]:
    """Yield the node and all nodes below it, parents first, from left to right."""
    stack: list[object] = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, tuple):
            stack.extend(reversed(current))
            continue
        if not isinstance(current, Node):
            continue
        yield current
        for name in _child_fields(type(current)):
            child = getattr(current, name)
            if child is not None:
                stack.append(child)


def find(node: Node, *types: type[N]) -> Iterator[N]:
    """Yield the nodes of these types, parents first, from left to right."""
    for found in walk(node):
        if isinstance(found, types):
            yield found


def equal(left: Node, right: Node) -> bool:
    """Whether two trees are the same apart from where they were written."""
    stack: list[tuple[object, object]] = [(left, right)]
    while stack:
        a, b = stack.pop()
        if isinstance(a, tuple):
            if not isinstance(b, tuple) or len(a) != len(b):
                return False
            stack.extend(zip(a, b, strict=True))
        elif isinstance(a, Node):
            if type(a) is not type(b):
                return False
            stack.extend((getattr(a, name), getattr(b, name)) for name in _content_fields(type(a)))
        elif a != b or type(a) is not type(b):
            return False
    return True


def _child_fields(kind: type[Node]) -> tuple[str, ...]:
    """The fields that may hold nodes, last first (the order in which `walk` stacks them)."""
    found = _children.get(kind)
    if found is None:
        plain = {"int", "str", "bool", "float", "int | float", "str | None", "int | None", "tuple[str, ...]"}
        found = tuple(field.name for field in reversed(fields(kind)) if str(field.type) not in plain)
        _children[kind] = found
    return found


def _content_fields(kind: type[Node]) -> tuple[str, ...]:
    found = _contents.get(kind)
    if found is None:
        found = tuple(field.name for field in fields(kind) if field.name not in _PLACES)
        _contents[kind] = found
    return found
