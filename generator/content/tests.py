"""A detection's `tests` become `Test` records: the peers' entries as they are, and what the native dialect adds.

Without `expect`, at least one row must come (`expected_results` says how many, 0 that none may), unless a test has nothing but
benign data: then it must stay silent. The values of rows may be written as numbers or Booleans; they become the texts that
Splunk would show (`true`, `3`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.content.model import (
    AttackData,
    Cells,
    Expect,
    ExpectedNotable,
    ExpectedRisk,
    InlineEvents,
    Pointer,
    Test,
)
from generator.content.values import mapping, mappings, optional_integer, optional_mapping, optional_text, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def tests_of(value: object) -> tuple[Test, ...]:
    """Return the tests of a document's `tests`."""
    return tuple(_test(entry, ("tests", index)) for index, entry in mappings(value))


def _test(entry: Mapping[str, Any], pointer: Pointer) -> Test:
    attack = _data(entry.get("attack_data"), (*pointer, "attack_data"))
    benign = _data(entry.get("benign_data"), (*pointer, "benign_data"))
    events = tuple(_events(entry.get("events"), (*pointer, "events")))
    chain = texts(entry.get("chain"))
    only_benign = bool(benign) and not (attack or events or chain)
    return Test(
        name=text(entry.get("name")),
        type=text(entry.get("test_type"), "unit") or "unit",
        attack_data=attack,
        benign_data=benign,
        events=events,
        expect=_expect(entry, pointer, only_benign=only_benign),
        lookups={text(name): _rows(rows) for name, rows in mapping(entry.get("lookups")).items()},
        macros={text(name): text(definition) for name, definition in mapping(entry.get("macros")).items()},
        chain=chain,
        earliest=optional_text(entry.get("earliest", entry.get("earliest_time"))),
        latest=optional_text(entry.get("latest", entry.get("latest_time"))),
        description=text(entry.get("description")),
        data=entry,
        pointer=pointer,
    )


def _data(value: object, pointer: Pointer) -> tuple[AttackData, ...]:
    return tuple(
        AttackData(
            data=text(entry.get("data")),
            source=text(entry.get("source")),
            sourcetype=text(entry.get("sourcetype")),
            index=optional_text(entry.get("index", entry.get("custom_index"))),
            host=optional_text(entry.get("host")),
            pointer=(*pointer, index),
        )
        for index, entry in mappings(value)
    )


def _events(value: object, pointer: Pointer) -> Iterator[InlineEvents]:
    for index, entry in mappings(value):
        yield InlineEvents(
            raw=text(entry.get("raw")),
            sourcetype=text(entry.get("sourcetype")),
            source=text(entry.get("source")),
            index=optional_text(entry.get("index")),
            host=optional_text(entry.get("host")),
            pointer=(*pointer, index),
        )


# -- expectations ----------------------------------------------------------------------------------------------------


def _expect(entry: Mapping[str, Any], pointer: Pointer, *, only_benign: bool) -> Expect:
    value = entry.get("expect")
    at = (*pointer, "expect")
    given = optional_mapping(value)
    if given is not None:
        return _bounds(given, at)
    word = text(value)
    if word == "none":
        return Expect(at_least=0, at_most=0, pointer=at)
    if word == "some":
        return Expect(pointer=at)
    count = optional_integer(entry.get("expected_results"))
    if count is not None:
        none = 0 if count <= 0 else None
        return Expect(at_least=max(count, 0), at_most=none, pointer=(*pointer, "expected_results"))
    return Expect(at_least=0, at_most=0, pointer=pointer) if only_benign else Expect(pointer=pointer)


def _bounds(given: Mapping[str, Any], at: Pointer) -> Expect:
    exactly = optional_integer(given.get("exactly"))
    at_least = optional_integer(given.get("at_least"))
    at_most = optional_integer(given.get("at_most"))
    if exactly is not None:
        at_least = at_most = exactly
    elif at_least is None:
        # A bound above alone lets nothing through as well; everything else asks for something that must be there.
        at_least = 0 if at_most is not None else 1
    notable = optional_mapping(given.get("notable"))
    return Expect(
        at_least=max(at_least, 0),
        at_most=at_most,
        rows=_rows(given.get("rows")),
        non_empty=texts(given.get("non_empty")),
        risk=tuple(
            ExpectedRisk(
                object=text(entry.get("object")),
                type=optional_text(entry.get("type")),
                score=optional_integer(entry.get("score")),
                message=optional_text(entry.get("message")),
                pointer=(*at, "risk", index),
            )
            for index, entry in mappings(given.get("risk"))
        ),
        notable=None
        if notable is None
        else ExpectedNotable(
            title=optional_text(notable.get("title")),
            object=optional_text(notable.get("object")),
            score=optional_integer(notable.get("score")),
            pointer=(*at, "notable"),
        ),
        pointer=at,
    )


def _rows(value: object) -> tuple[Cells, ...]:
    return tuple({text(name): _cell(cell) for name, cell in entry.items()} for _, entry in mappings(value))


def _cell(value: object) -> str | tuple[str, ...]:
    return tuple(text(one) for one in value) if isinstance(value, list) else text(value)
