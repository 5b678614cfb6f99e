"""`INGEST_EVAL` of transforms.conf: expressions that are computed once, when an event is indexed.

`field=expression, field:=expression`: with `=` a value joins those that the event has in the field already, with `:=` it
takes their place, and null takes the field away. `host`, `source`, `sourcetype`, `index`, `_raw`, `_time` and `queue` are the event's
own, where the last value counts. A later assignment sees the earlier ones. Source: transforms.conf.spec, "INGEST_EVAL".

Left out on purpose: values by their number (`field[1]`) and names between dollar signs; a warning says so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.engine.values import Value, elements, multivalue, number_of, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.engine.expr import Compiled
    from generator.engine.extract import Extraction

METADATA = ("sourcetype", "source", "host", "index")
"""The places of metadata in an event being indexed."""
_PART = re.compile(r'"(?:[^"\\]|\\.)*+"|\'[^\']*+\'|[(),]|[^"\'(),]++|.', re.DOTALL)
_ASSIGNMENT = re.compile(r'\s*+(?:"([^"]+)"|([\w.:-]*\w))\s*+(:?=)(?!=)(.+)', re.DOTALL)


@dataclass(slots=True)
class Indexed:
    """An event while it is indexed: `meta` is sourcetype, source, host, index and what follows; `kept`: no null queue."""

    raw: str
    time: float
    meta: list[str]
    fields: dict[str, Value]
    kept: bool = True

    def value(self, name: str) -> Value:
        """Return what an expression sees under a name."""
        if name == "_raw":
            return self.raw
        if name == "_time":
            return self.time
        if name in METADATA:
            return self.meta[METADATA.index(name)] or None
        return self.fields.get(name)

    def add(self, name: str, value: Value) -> None:
        """Add a value to those that an indexed field has."""
        self.fields[name] = multivalue((*elements(self.fields.get(name)), *elements(value)))


@dataclass(frozen=True, slots=True)
class Assignment:
    """`field=expression`, or with `replaces` `field:=expression`."""

    field: str
    replaces: bool
    compiled: Compiled

    def apply(self, event: Indexed) -> None:
        """Compute the value and put it where it belongs."""
        found = self.compiled.run(tuple(map(event.value, self.compiled.fields)))
        value: Value = str(found) if isinstance(found, bool) else found
        name = self.field
        last = elements(value)[-1] if value is not None else None
        if name == "queue":
            event.kept = last is None or shown(last).lower() != "nullqueue"
        elif name == "_raw":
            event.raw = "" if last is None else shown(last)
        elif name == "_time":
            time = number_of(last)
            event.time = event.time if time is None else time
        elif name in METADATA:
            if last is not None:
                event.meta[METADATA.index(name)] = shown(last)
        elif value is None:
            if self.replaces:
                event.fields.pop(name, None)
        elif self.replaces:
            event.fields[name] = value
        else:
            event.add(name, value)


def assignments(text: str, transform: str, extraction: Extraction) -> tuple[Assignment, ...]:
    """Compile the assignments of a transform; what is wrong becomes a warning, and that assignment does nothing."""
    found = []
    for part in _parts(text):
        match = _ASSIGNMENT.fullmatch(part)
        if match is None:
            extraction.warn(f"`{part.strip()[:80]}` in INGEST_EVAL of the transform `{transform}` is not understood")
            continue
        compiled = extraction.compiled(match[4].strip())
        if compiled is not None:
            found.append(Assignment(match[1] or match[2], match[3] == ":=", compiled))
    return tuple(found)


def _parts(text: str) -> Iterator[str]:
    """Yield what stands between the commas that are neither in quotes nor in brackets."""
    depth = 0
    part = ""
    for piece in _PART.findall(text):
        if piece == "," and depth == 0:
            yield part
            part = ""
            continue
        depth += {"(": 1, ")": -1}.get(piece, 0)
        part += piece
    if part.strip():
        yield part
