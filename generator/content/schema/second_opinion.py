"""What `jsonschema` finds in a document that our compiled check refused, at places where that said nothing.

The compiled check speaks about one branch of a choice and words its findings for people; the library knows every
keyword. It is loaded only here, when a document is broken already. Formats are left to the compiled check, as they are
annotations for the library.
"""

from __future__ import annotations

import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from generator.content.schema import load_schema
from generator.content.schema.compiled import Violation, show_pointer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jsonschema.exceptions import ValidationError

    from generator.content.model import Pointer, ViolationKind

_KINDS: Final[Mapping[str, ViolationKind]] = {
    "required": "missing-field",
    "additionalProperties": "unknown-field",
    "enum": "unknown-value",
    "const": "unknown-value",
    "pattern": "malformed-value",
    "minimum": "out-of-range",
    "maximum": "out-of-range",
    "minLength": "wrong-length",
    "maxLength": "wrong-length",
    "minItems": "wrong-length",
    "maxItems": "wrong-length",
}
_LONGEST: Final = 200


@lru_cache(maxsize=64)
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(load_schema(name))


def missed(data: Mapping[str, Any], name: str, known: Iterable[Violation]) -> list[Violation]:
    """Return what the library finds in data that lies neither at, above nor below the place of a known violation.

    Args:
        data: what a document holds.
        name: the schema's name (see `generator.content.schema.schema_names`).
        known: what the compiled check found.
    """
    places = [violation.pointer for violation in known]
    found: list[Violation] = []
    for error in _validator(name).iter_errors(_as_json(data)):
        for violation in _violations(error):
            if not any(_related(violation.pointer, place) for place in places):
                places.append(violation.pointer)
                found.append(violation)
    return found


def _related(one: Pointer, other: Pointer) -> bool:
    size = min(len(one), len(other))
    return one[:size] == other[:size]


def _violations(error: ValidationError) -> Iterator[Violation]:
    """Yield an error's violations: of a choice, that of its best branch; of keys, one for each."""
    # `best_match` goes down into the branches of a choice; it gives None only for no error at all.
    best = best_match([error]) or error
    pointer: Pointer = tuple(best.absolute_path)
    word = str(best.validator)
    instance: Any = best.instance
    limit: Any = best.validator_value
    schema: Any = best.schema
    kind = _KINDS.get(word, "wrong-type")
    if word == "required":
        names = [key for key in limit if key not in instance and repr(key) in best.message]
    elif word == "additionalProperties":
        names = [key for key in instance if key not in schema.get("properties", {})]
    else:
        yield Violation(kind, f"`{show_pointer(pointer) or 'the file'}`: {_cut(best.message)}", None, pointer)
        return
    for key in names:
        said = f"required field `{key}` is missing" if word == "required" else f"unknown field `{key}`"
        yield Violation(kind, said, None, (*pointer, key), at_key=True)


def _cut(message: str) -> str:
    return message if len(message) <= _LONGEST else f"{message[: _LONGEST - 3]}..."


def _as_json(value: Any) -> Any:  # noqa: ANN401 - whatever YAML holds
    """Return a value as JSON has it: YAML's dates become text."""
    if isinstance(value, dict):
        return {key: _as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date) else value
