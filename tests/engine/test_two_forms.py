"""A Windows event is found by the same searches whether it is XML or JSON, as an evaluation by rows finds it.

What rule converters write (pySigma's Splunk backend): values in quotes with `\\` and `"` escaped, wildcards at the ends, lists with
IN, NOT, OR in parentheses. XML entities stay as they are in the XML form, so values without `&`, `<` and `>` are compared.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import Engine

if TYPE_CHECKING:
    from collections.abc import Callable

    Fits = Callable[[dict[str, str]], bool]

NOW = 1_700_000_000
FIELDS = ("CommandLine", "Image", "ParentImage", "TargetObject")
CHARS = "abAB01 \\/\"'=.,;:|()[]{}%$#@!?+-_^~`äß日"
TEXTS = st.text(CHARS, min_size=1, max_size=12)
EVENTS = st.lists(st.dictionaries(st.sampled_from(FIELDS), TEXTS, max_size=4), min_size=1, max_size=8)


def xml_of(events: list[dict[str, str]]) -> bytes:
    made = []
    for number, event in enumerate(events):
        data = "".join(f"<Data Name='{name}'>{value}</Data>" for name, value in event.items())
        made.append(
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='P'/><EventID>1</EventID>"
            f"<TimeCreated SystemTime='2024-05-01T10:20:30.000000000Z'/><EventRecordID>{number}</EventRecordID>"
            f"<Channel>Example/Operational</Channel><Computer>h</Computer></System><EventData>{data}</EventData></Event>"
        )
    return "\n".join(made).encode()


def json_of(events: list[dict[str, str]]) -> bytes:
    made = [
        {"Event": {"System": {"EventID": 1, "EventRecordID": n}, "EventData": event}} for n, event in enumerate(events)
    ]
    return "\n".join(json.dumps(one, ensure_ascii=False) for one in made).encode()


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@st.composite
def leaves(draw: st.DrawFn) -> tuple[Callable[[str], str], Fits]:
    field, how = (
        draw(st.sampled_from(FIELDS)),
        draw(st.sampled_from(("equals", "contains", "starts", "ends", "in", "any"))),
    )
    texts = draw(st.lists(TEXTS, min_size=1, max_size=3))
    text = texts[0].lower()
    if how == "any":
        return lambda prefix: f"{prefix}{field}=*", lambda event: field in event
    if how == "in":
        listed = ", ".join(map(quoted, texts))
        return (
            lambda prefix: f"{prefix}{field} IN ({listed})",
            lambda event: event.get(field, "").lower() in [one.lower() for one in texts] and field in event,
        )
    before, after = {"equals": ("", ""), "contains": ("*", "*"), "starts": ("", "*"), "ends": ("*", "")}[how]
    written = quoted(f"{before}{texts[0]}{after}")
    test: dict[str, Callable[[str], bool]] = {
        "equals": lambda value: value == text,
        "contains": lambda value: text in value,
        "starts": lambda value: value.startswith(text),
        "ends": lambda value: value.endswith(text),
    }
    return (
        lambda prefix: f"{prefix}{field}={written}",
        lambda event: field in event and test[how](event[field].lower()),
    )


def joined(word: str, parts: list[Any]) -> tuple[Callable[[str], str], Fits]:
    holds = all if word == " " else any
    return (
        lambda prefix: "(" + word.join(write(prefix) for write, _ in parts) + ")",
        lambda event: holds(fits(event) for _, fits in parts),
    )


def opposite(part: Any) -> tuple[Callable[[str], str], Fits]:
    write, fits = part
    return lambda prefix: f"NOT {write(prefix)}", lambda event: not fits(event)


CONDITIONS = st.recursive(
    leaves(),
    lambda inner: st.one_of(
        st.builds(joined, st.sampled_from((" ", " OR ")), st.lists(inner, min_size=1, max_size=3)),
        st.builds(opposite, inner),
    ),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(EVENTS, st.lists(CONDITIONS, min_size=1, max_size=6))
def test_xml_and_json_are_found_alike(events: list[dict[str, str]], conditions: list[Any]) -> None:
    engines = [(Engine(now=NOW), "", xml_of(events)), (Engine(now=NOW), "Event.EventData.", json_of(events))]
    for engine, prefix, data in engines:
        assert engine.load(data) == len(events)
        record = prefix.replace("EventData", "System") + "EventRecordID"
        for write, fits in conditions:
            found = engine.search(f"search {write(prefix)}").rows
            wanted = {str(number) for number, event in enumerate(events) if fits(event)}
            assert {str(row[record]) for row in found} == wanted, write(prefix)


@pytest.mark.parametrize("value", ["C:\\a b\\", '"q"', "x=1, y", "[{(", "日本", "'"])
def test_values_that_are_awkward_to_write(value: str) -> None:
    events = [{"CommandLine": value}, {"CommandLine": value + "x"}]
    for data, name in ((xml_of(events), "CommandLine"), (json_of(events), "Event.EventData.CommandLine")):
        engine = Engine(now=NOW)
        engine.load(data)
        assert [row[name] for row in engine.search(f"search {name}={quoted(value)}").rows] == [value]
