"""Going through a tree without recursion: all nodes, or those of some types, from left to right."""

from __future__ import annotations

from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

from generator.spl.ast import Node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

N = TypeVar("N", bound=Node)

_PLACES = frozenset({"start", "end", "name_start", "name_end"})
_PLAIN = frozenset({"int", "str", "bool", "float", "int | float", "str | None", "int | None", "tuple[str, ...]"})
_children: dict[type[Any], tuple[Callable[[Any], Any] | None, bool]] = {}
_VALUES: set[type[Any]] = set()
"""Types of what nodes hold beside nodes."""
_contents: dict[type[Node], tuple[str, ...]] = {}


def walk(node: Node) -> list[Node]:
    """Return the node and all nodes below it, parents first, from left to right."""
    found: list[Node] = []
    stack: list[Any] = [node]
    pop, push, add = stack.pop, stack.append, found.append
    getters = _children
    while stack:
        current = pop()
        if current is None:
            continue
        kind = type(current)
        if kind is tuple:
            stack.extend(current[::-1])
            continue
        if kind not in getters:
            getters[kind] = _child_getter(kind)
        getter, several = getters[kind]
        if getter is None:
            if kind not in _VALUES:
                add(current)
            continue
        add(current)
        if several:
            stack.extend(getter(current))
        else:
            push(getter(current))
    return found


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


def _child_getter(kind: type[Any]) -> tuple[Callable[[Any], Any] | None, bool]:
    """Return what gets the fields that may hold nodes (None without any), and whether those are several.

    They come last first, the order in which `walk` stacks them.
    """
    if not issubclass(kind, Node):
        _VALUES.add(kind)
        return None, False
    names = [field.name for field in reversed(fields(kind)) if str(field.type) not in _PLAIN]
    return (attrgetter(*names) if names else None), len(names) > 1


def _content_fields(kind: type[Node]) -> tuple[str, ...]:
    found = _contents.get(kind)
    if found is None:
        found = tuple(field.name for field in fields(kind) if field.name not in _PLACES)
        _contents[kind] = found
    return found
