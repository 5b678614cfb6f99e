"""Our quick frozen records behave as those of the standard library do: the same classes are made by both and compared."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, is_dataclass, replace
from typing import Any

import pytest

from generator.base import frozen


def build(maker: Any) -> tuple[type[Any], ...]:
    @maker(frozen=True, slots=True)
    class Base:
        start: int
        end: int = 7

    @maker(frozen=True, slots=True)
    class Below(Base):
        names: tuple[str, ...] = ()
        found: list[int] = field(default_factory=list, compare=False, repr=False)

    @maker(frozen=True, slots=True, kw_only=True)
    class Named:
        name: str
        size: int | None = None

    @maker(frozen=True, slots=True, eq=False)
    class Single:
        data: str

    @maker(frozen=True, slots=True)
    class Empty:
        pass

    return Base, Below, Named, Single, Empty


OURS, THEIRS = build(frozen.dataclass), build(dataclass)
CALLS: list[tuple[int, tuple[Any, ...], dict[str, Any]]] = [
    (0, (1,), {}),
    (0, (1, 2), {}),
    (0, (), {"end": 1, "start": 2}),
    (1, (1, 2, ("a",)), {}),
    (1, (1,), {"found": [3]}),
    (2, (), {"name": "x"}),
    (2, (), {"name": "x", "size": 3}),
    (4, (), {}),
]


@pytest.mark.parametrize(("kind", "arguments", "named"), CALLS)
def test_objects_are_made_compared_and_shown_alike(
    kind: int, arguments: tuple[Any, ...], named: dict[str, Any]
) -> None:
    mine, other = OURS[kind](*arguments, **named), THEIRS[kind](*arguments, **named)
    assert repr(mine) == repr(other)
    assert hash(mine) == hash(other)
    assert dataclasses.asdict(mine) == dataclasses.asdict(other)
    assert mine == OURS[kind](*arguments, **named)
    assert mine != other
    assert mine != arguments


@pytest.mark.parametrize(
    ("kind", "arguments", "named"), [(0, (), {}), (0, (1, 2, 3), {}), (0, (1,), {"other": 2}), (2, ("x",), {})]
)
def test_wrong_arguments_are_refused_with_the_same_words(
    kind: int, arguments: tuple[Any, ...], named: dict[str, Any]
) -> None:
    messages = []
    for made in (OURS[kind], THEIRS[kind]):
        with pytest.raises(TypeError) as caught:
            made(*arguments, **named)
        messages.append(str(caught.value))
    assert messages[0] == messages[1]


@pytest.mark.parametrize("kind", range(len(OURS)))
def test_the_classes_look_alike(kind: int) -> None:
    mine, other = OURS[kind], THEIRS[kind]
    assert all(map(is_dataclass, (mine, other)))
    assert mine.__match_args__ == other.__match_args__
    assert mine.__slots__ == other.__slots__
    assert [entry.name for entry in fields(mine)] == [entry.name for entry in fields(other)]


def test_nothing_can_be_changed() -> None:
    record = OURS[0](1)
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'start'"):
        record.start = 2
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'start'"):
        del record.start
    assert record.start == 1


def test_a_default_that_is_made_is_made_for_each() -> None:
    assert OURS[1](1).found is not OURS[1](1).found


def test_objects_without_comparison_are_equal_to_themselves_only() -> None:
    record = OURS[3]("x")
    assert record == record  # noqa: PLR0124 - the point
    assert record != OURS[3]("x")
    assert len({record, OURS[3]("x")}) == 2


def test_replace_and_patterns_work() -> None:
    record = replace(OURS[1](1, 2, ("a",)), end=9)
    match record:
        case OURS1(start, end):
            assert (start, end) == (1, 9)
        case _:
            pytest.fail("the pattern should match")


OURS1 = OURS[1]


def test_records_of_the_model_survive_pickling_and_copying() -> None:
    from generator.content.model import Dialect, Document, Kind, Macro

    document = Document("macros/a.yml", "name: a\n", {"name": "a"}, Kind.MACRO, Dialect.NATIVE)
    macro = Macro(document=document, name="a", definition="index=main", arguments=("x",))
    again = pickle.loads(pickle.dumps(macro))  # noqa: S301 - our own bytes
    assert again.document.text == document.text
    assert replace(again, document=document) == macro
    assert copy.copy(macro) == macro
