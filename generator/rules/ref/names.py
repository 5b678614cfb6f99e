"""The names of other content that an object writes down, and which of them lead nowhere.

Names are taken from the document as written (`tags.analytic_story` of the older dialects, `analytic_story` of the native
one), so that each has its place. Macros and lookups in searches are left out: they are found by parsing SPL.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity, did_you_mean
from generator.base.frozen import dataclass
from generator.content.model import Dialect, Kind
from generator.rules.base import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.analysis.environment import Environment
    from generator.content.model import ContentObject, Pointer
    from generator.rules.base import ObjectContext

# contentctl splits at any "AND"; only with blanks around it can a name such as "BRAND X" be told from two names.
_AND = re.compile(r"\s+AND\s+")

_NOUNS = {
    Kind.STORY: "story",
    Kind.DATA_SOURCE: "data source",
    Kind.DETECTION: "detection",
    Kind.BASELINE: "baseline",
    Kind.DEPLOYMENT: "schedule",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """A name that stands for an object of `kind`. `start`/`end` are offsets in the text at `pointer`, None for all of it."""

    kind: Kind
    name: str
    pointer: Pointer
    start: int | None = None
    end: int | None = None


def noun(kind: Kind) -> str:
    """Return what people call content of this kind."""
    return _NOUNS.get(kind, kind.value.replace("_", " "))


def split_sources(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the names in `A AND B` with their offsets."""
    start = 0
    if "AND" not in text:
        yield text, 0, len(text)
        return
    for match in _AND.finditer(text):
        yield text[start : match.start()], start, match.start()
        start = match.end()
    yield text[start:], start, len(text)


def listed(item: ContentObject, *keys: str) -> Iterator[tuple[str, Pointer]]:
    """Yield each text of the lists under these keys, at the top or in `tags`, with its place."""
    data = item.document.data
    for holder, prefix in ((data, ()), (data.get("tags"), ("tags",))):
        if not isinstance(holder, Mapping):
            continue
        for key in keys:
            values = holder.get(key)
            if isinstance(values, list):
                for index, value in enumerate(values):
                    if isinstance(value, str):
                        yield value, (*prefix, key, index)


def references(item: ContentObject, kind: Kind) -> Iterator[Reference]:
    """Yield the names by which an object refers to objects of `kind`."""
    if kind is Kind.STORY:
        if item.kind in {Kind.DETECTION, Kind.BASELINE, Kind.INVESTIGATION, Kind.PLAYBOOK}:
            for name, pointer in listed(item, "analytic_story"):
                yield Reference(kind, name, pointer)
    elif kind is Kind.DETECTION:
        if item.kind in {Kind.BASELINE, Kind.PLAYBOOK}:
            for name, pointer in listed(item, "detections"):
                yield Reference(kind, name, pointer)
    elif kind is Kind.DATA_SOURCE:
        # v3 packs name data sources that no file defines: there were no such files yet.
        if item.kind in {Kind.DETECTION, Kind.BASELINE} and item.document.dialect is not Dialect.V3:
            for text, pointer in listed(item, "data_source", "data_sources"):
                for name, start, end in split_sources(text):
                    yield Reference(kind, name, pointer, start, end)
    elif kind is Kind.BASELINE:
        if item.kind is Kind.DETECTION and item.document.dialect is Dialect.NATIVE:
            for name, pointer in listed(item, "baselines"):
                yield Reference(kind, name, pointer)
    elif kind is Kind.DEPLOYMENT and item.kind in {Kind.DETECTION, Kind.BASELINE}:
        schedule = item.document.data.get("schedule")
        if isinstance(schedule, str) and item.document.dialect is Dialect.NATIVE:
            yield Reference(kind, schedule, ("schedule",))


def unresolved(ctx: ObjectContext, kind: Kind) -> Iterator[Reference]:
    """Yield the references to objects of `kind` whose name no object of that kind has."""
    known = ctx.env.names.get(kind, {})
    for reference in references(ctx.item, kind):
        if reference.name not in known:
            yield reference


def other_kind(env: Environment, reference: Reference) -> Kind | None:
    """Return the kind of the object that has the name although the reference needs another kind, or None."""
    for kind, names in env.names.items():
        if kind not in {reference.kind, Kind.REMOVED} and reference.name in names:
            return kind
    return None


def unknown(ctx: ObjectContext, kind: Kind, severity: Severity | None = None) -> Iterator[Found]:
    """Yield a finding for each reference to an object of `kind` whose name nothing has."""
    for reference in unresolved(ctx, kind):
        if other_kind(ctx.env, reference) is not None:
            continue
        removed = ctx.env.names.get(Kind.REMOVED, {}).get(reference.name)
        yield Found(
            message=f"unknown {noun(kind)} `{reference.name}`",
            hint=f"it was removed: see `{removed}`"
            if removed
            else did_you_mean(reference.name, ctx.env.names.get(kind, {})),
            pointer=reference.pointer,
            start=reference.start,
            end=reference.end,
            severity=severity,
        )
