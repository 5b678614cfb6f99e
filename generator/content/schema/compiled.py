"""A JSON Schema becomes a function that finds everything that a value breaks of it.

The function is made of closures, one for each subschema, so that the 1,374 detections of a large pack are checked in a
fraction of a second without loading a schema library; a test holds it against one. It knows the keywords that our
schemas use: `type enum const pattern format minLength maxLength minimum maximum items minItems maxItems
properties required additionalProperties $ref if/then anyOf`. An unknown one that could reject a value is an error when
the schema is compiled. YAML's dates count as text of the format `date`.
"""

from __future__ import annotations

import datetime
import math
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from generator.base.diagnostics import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from generator.content.model import Pointer, ViolationKind

Schema = dict[str, Any]
Value = Any
"""Whatever YAML holds."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that a value breaks."""

    kind: ViolationKind
    message: str
    hint: str | None
    pointer: Pointer
    at_key: bool = False


if TYPE_CHECKING:
    Check = Callable[[Any, Pointer, list[Violation]], None]

_ANNOTATIONS: Final = frozenset(
    ("$schema", "$id", "$defs", "$comment", "title", "description", "examples", "default", "deprecated", "then")
)
_KNOWN: Final = frozenset(
    (
        "type",
        "enum",
        "const",
        "pattern",
        "format",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "items",
        "minItems",
        "maxItems",
        "properties",
        "required",
        "additionalProperties",
        "$ref",
        "if",
        "anyOf",
    )
)
_TYPE_WORDS: Final = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping of keys to values",
    "null": "null",
}
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_URL: Final = re.compile(r"[hH][tT][tT][pP][sS]?://[^\s/?#]+\S*")
_MANY: Final = 12


def compile_schema(schema: Schema) -> Check:
    """Return the function that appends to a list what a value, found at a pointer, breaks of a schema.

    Raises:
        ValueError: the schema uses a keyword that is not known here.
    """
    return _Compiler(schema.get("$defs", {})).check(schema)


def _quick(schema: Schema) -> Callable[[Any], bool] | None:
    """Return a test that accepts most of the right values of a leaf without building a pointer; None for other schemas."""
    if "enum" in schema or "const" in schema:
        values = [schema["const"]] if "const" in schema else schema["enum"]
        words = frozenset(value for value in values if isinstance(value, str))
        return lambda value: type(value) is str and value in words
    if schema.get("type") == "integer":
        least, most = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)
        return lambda value: type(value) is int and least <= value <= most
    if schema.get("type") != "string":
        return None
    shortest, longest = schema.get("minLength", 0), schema.get("maxLength", sys.maxsize)
    if "format" in schema:
        malformed = _FORMATS[schema["format"]]
        return lambda value: type(value) is str and shortest <= len(value) <= longest and malformed(value) is None
    if "pattern" in schema:
        search = re.compile(schema["pattern"]).search
        return lambda value: type(value) is str and shortest <= len(value) <= longest and search(value) is not None
    return lambda value: type(value) is str and shortest <= len(value) <= longest


class _Compiler:
    def __init__(self, definitions: Mapping[str, Schema]) -> None:
        self._definitions = definitions
        self._checks: dict[str, Check] = {}

    def check(self, schema: Schema) -> Check:
        unknown = schema.keys() - _KNOWN - _ANNOTATIONS
        if unknown:
            raise ValueError(f"the schema uses {sorted(unknown)}, which this module does not know")
        if "$ref" in schema:
            return self._reference(schema["$ref"])
        steps: list[Check] = []
        if "enum" in schema or "const" in schema:
            steps.append(_enumeration(schema))
        elif "type" in schema:
            return self._typed(schema)
        if "anyOf" in schema:
            steps.append(self._any_of(schema))
        if "properties" in schema or "required" in schema:
            steps.append(self._object(schema, any_type=True))
        if "if" in schema:
            steps.append(self._condition(schema))
        return _all(steps)

    def _quick(self, schema: Schema) -> Callable[[Any], bool] | None:
        return _quick(self._definitions[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema)

    def _reference(self, name: str) -> Check:
        key = name.rpartition("/")[2]
        if key not in self._checks:
            # Our schemas do not nest in themselves, so that the definition can be compiled on the spot.
            self._checks[key] = self.check(self._definitions[key])
        return self._checks[key]

    def _typed(self, schema: Schema) -> Check:
        types = schema["type"]
        if isinstance(types, str):
            types = [types]
        by_type: dict[str, Check] = {}
        for name in types:
            if name == "string":
                by_type[name] = _string(schema)
            elif name in ("integer", "number"):
                by_type[name] = _number(schema)
            elif name == "array":
                by_type[name] = self._array(schema)
            elif name == "object":
                by_type[name] = _all([self._object(schema), *([self._condition(schema)] if "if" in schema else [])])
            else:
                by_type[name] = _nothing
        date = "string" in by_type and schema.get("format") == "date"
        wanted = " or ".join(_TYPE_WORDS[name] for name in types if name != "null" or len(types) == 1)
        if len(types) == 1:
            return _only(types[0], by_type[types[0]], wanted, date=date)
        return _one_of(by_type, wanted, date=date)

    def _array(self, schema: Schema) -> Check:
        least: int = schema.get("minItems", 0)
        most: int | None = schema.get("maxItems")
        item = self.check(schema["items"]) if "items" in schema else None
        quick = self._quick(schema.get("items", {}))

        def check(value: Value, pointer: Pointer, out: list[Violation]) -> None:
            size = len(value)
            if size < least or (most is not None and size > most):
                out.append(_wrong_count(pointer, size, least, most))
            if quick is not None and all(map(quick, value)):
                return
            if item is not None:
                for index, entry in enumerate(value):
                    item(entry, (*pointer, index), out)

        return check

    def _object(self, schema: Schema, *, any_type: bool = False) -> Check:
        properties: Mapping[str, Schema] = schema.get("properties", {})
        checks = {name: self.check(part) for name, part in properties.items()}
        required: tuple[str, ...] = tuple(schema.get("required", ()))
        required_set = frozenset(required)
        rest = schema.get("additionalProperties", True)
        closed = rest is False
        rest_check = self.check(rest) if isinstance(rest, dict) else None
        leaves = {name: quick for name, part in properties.items() if (quick := self._quick(part)) is not None}
        find = checks.get
        find_leaf = leaves.get

        def check(value: Value, pointer: Pointer, out: list[Violation]) -> None:
            if any_type and type(value) is not dict:
                return
            if not required_set <= value.keys():
                out.extend(
                    _missing(pointer, name, properties.get(name), self._definitions)
                    for name in required
                    if name not in value
                )
            for name, entry in value.items():
                quick = find_leaf(name)
                if quick is not None and quick(entry):
                    continue
                part = find(name)
                if part is not None:
                    part(entry, (*pointer, name), out)
                elif closed:
                    out.append(_unknown(pointer, name, properties))
                elif rest_check is not None:
                    rest_check(entry, (*pointer, name), out)

        return check

    def _condition(self, schema: Schema) -> Check:
        condition = self.check(schema["if"])
        consequence = self.check(schema["then"])

        def check(value: Value, pointer: Pointer, out: list[Violation]) -> None:
            failed: list[Violation] = []
            condition(value, pointer, failed)
            if not failed:
                consequence(value, pointer, out)

        return check

    def _any_of(self, schema: Schema) -> Check:
        choices = [self.check(part) for part in schema["anyOf"]]

        def check(value: Value, pointer: Pointer, out: list[Violation]) -> None:
            best: list[Violation] | None = None
            for choice in choices:
                failed: list[Violation] = []
                choice(value, pointer, failed)
                if not failed:
                    return
                if best is None or _nearer(failed, best):
                    best = failed
            out.extend(best or ())

        return check


def _nearer(one: list[Violation], other: list[Violation]) -> bool:
    """Whether a choice's violations lie deeper in the value: then it is the one that was meant."""
    return min(len(item.pointer) for item in one) > min(len(item.pointer) for item in other)


def _all(steps: list[Check]) -> Check:
    if not steps:
        return _nothing
    if len(steps) == 1:
        return steps[0]

    def check(value: Value, pointer: Pointer, out: list[Violation]) -> None:
        for step in steps:
            step(value, pointer, out)

    return check


def _nothing(_value: Value, _pointer: Pointer, _out: list[Violation]) -> None:
    """Accept every value."""


def type_name(value: object) -> str:
    """Return JSON Schema's name for the type of a YAML value; dates count as `date`, which no schema asks for."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "integer" if value.is_integer() else "number"
    if isinstance(value, list):
        return "array"
    return "object" if isinstance(value, dict) else "date"


def _only(name: str, inner: Check, wanted: str, *, date: bool) -> Check:
    exact: Value = {"string": str, "array": list, "object": dict}.get(name)

    def check(value: Value, pointer: Pointer, out: list[Violation]) -> None:
        if type(value) is exact:
            inner(value, pointer, out)
            return
        found = type_name(value)
        if found == name or (name == "number" and found == "integer"):
            inner(value, pointer, out)
        elif not (date and found == "date"):
            out.append(_wrong_type(value, found, pointer, wanted))

    return check


def _one_of(by_type: Mapping[str, Check], wanted: str, *, date: bool) -> Check:
    def check(value: Value, pointer: Pointer, out: list[Violation]) -> None:
        found = type_name(value)
        inner = by_type.get(found) or (by_type.get("number") if found == "integer" else None)
        if inner is not None:
            inner(value, pointer, out)
        elif not (date and found == "date"):
            out.append(_wrong_type(value, found, pointer, wanted))

    return check


def _string(schema: Schema) -> Check:
    least: int = schema.get("minLength", 0)
    most: int | None = schema.get("maxLength")
    pattern = re.compile(schema["pattern"]) if "pattern" in schema else None
    malformed = _FORMATS[schema["format"]] if "format" in schema else None
    if not least and most is None and pattern is None and malformed is None:
        return _nothing

    def check(value: Value, pointer: Pointer, out: list[Violation]) -> None:
        size = len(value)
        if size < least or (most is not None and size > most):
            out.append(_wrong_size(value, pointer, least, most))
            if not value:
                return
        if malformed is not None:
            what = malformed(value)
            if what is not None:
                out.append(_malformed(value, pointer, what[0], what[1]))
        elif pattern is not None and pattern.search(value) is None:
            title = schema.get("title", "of the right form")
            examples = schema.get("examples")
            hint = f"write it like `{examples[0]}`" if examples else schema.get("description")
            out.append(_malformed(value, pointer, title, hint))

    return check


def _number(schema: Schema) -> Check:
    least = schema.get("minimum")
    most = schema.get("maximum")

    def check(value: Value, pointer: Pointer, out: list[Violation]) -> None:
        if (least is not None and value < least) or (most is not None and value > most):
            if most is None:
                bounds = f"at least {least}"
            elif least is None:
                bounds = f"at most {most}"
            else:
                bounds = f"from {least} to {most}"
            message = f"{_name(pointer)} is {_shown(value)}; it must be {bounds}"
            out.append(Violation("out-of-range", message, f"give a number {bounds}", pointer))

    return check


def _enumeration(schema: Schema) -> Check:
    values: list[Any] = [schema["const"]] if "const" in schema else schema["enum"]
    known = frozenset((type_name(value), value) for value in values)
    words = [str(value) for value in values if isinstance(value, str)]

    def check(value: Value, pointer: Pointer, out: list[Violation]) -> None:
        found = type_name(value)
        if found in ("array", "object") or (found, value) not in known:
            out.append(_unknown_value(value, found, pointer, words, values))

    return check


# -- what is said ----------------------------------------------------------------------------------------------------


def show_pointer(pointer: Pointer) -> str:
    """Return a pointer as people write it: `tests[0].attack_data`."""
    result = ""
    for step in pointer:
        result += f"[{step}]" if isinstance(step, int) else f".{step}" if result else str(step)
    return result


def _name(pointer: Pointer) -> str:
    if not pointer:
        return "the file"
    return f"`{pointer[-1] if isinstance(pointer[-1], str) else show_pointer(pointer)}`"


def _field(pointer: Pointer) -> str:
    """Return the name of the field that a value belongs to, without the indexes of lists."""
    return next((step for step in reversed(pointer) if isinstance(step, str)), "value")


def _shown(value: object) -> str:
    try:
        text = str(value)
    except ValueError:
        text = "a very long number"
    return text if len(text) <= 60 else f"{text[:57]}..."


def _place(pointer: Pointer) -> str:
    return f" in `{show_pointer(pointer)}`" if pointer else ""


def _missing(pointer: Pointer, name: str, schema: Schema | None, definitions: Mapping[str, Schema]) -> Violation:
    part = schema or {}
    if "$ref" in part:
        part = {**definitions[part["$ref"].rpartition("/")[2]], **part}
    about = part.get("description")
    hint = f"add `{name}`: {about[0].lower()}{about[1:]}" if about else f"add `{name}`"
    message = f"required field `{name}` is missing{_place(pointer)}"
    return Violation("missing-field", message, hint, (*pointer, name), at_key=True)


def _unknown(pointer: Pointer, name: str, known: Mapping[str, Schema]) -> Violation:
    hint = did_you_mean(name, known)
    if hint is None:
        listed = ", ".join(f"`{item}`" for item in sorted(known)[:_MANY])
        more = f" and {len(known) - _MANY} more" if len(known) > _MANY else ""
        hint = f"remove it; the fields here are {listed}{more}"
    return Violation("unknown-field", f"unknown field `{name}`{_place(pointer)}", hint, (*pointer, name), at_key=True)


def _wrong_type(value: object, found: str, pointer: Pointer, wanted: str) -> Violation:
    got = "a date" if found == "date" else "empty" if found == "null" else _TYPE_WORDS[found]
    hint = None
    if wanted == "text" and found in ("integer", "number", "boolean", "date"):
        hint = f"put quotes around it: '{_shown(value)}'"
    elif wanted == "a list" and found == "string":
        hint = "write each entry on a line of its own, behind `- `"
    elif wanted == "a whole number" and found == "string":
        hint = "write the number without quotes" if str(value).strip().isdigit() else "give a whole number"
    elif found == "null":
        hint = "give a value, or remove the key"
    message = f"{_name(pointer)} is {got}; it must be {wanted}"
    return Violation("wrong-type", message, hint or f"give {wanted}", pointer)


def _wrong_count(pointer: Pointer, size: int, least: int, most: int | None) -> Violation:
    if least == most:
        bounds = f"exactly {least}"
    elif size < least:
        bounds = f"at least {least}"
    else:
        bounds = f"at most {most}"
    entries = "entry" if bounds.endswith(" 1") else "entries"
    message = (
        f"{_name(pointer)} has {size or 'no'} {'entry' if size == 1 else 'entries'}; {bounds} {entries} must be there"
    )
    return Violation("wrong-length", message, f"give {bounds} {entries}", pointer)


def _wrong_size(value: str, pointer: Pointer, least: int, most: int | None) -> Violation:
    size = len(value)
    if not value:
        return Violation("wrong-length", f"{_name(pointer)} is empty", "write the text, or remove the key", pointer)
    if size < least:
        message = f"{_name(pointer)} has {size} characters; at least {least} are needed"
        return Violation("wrong-length", message, "say more", pointer)
    message = f"{_name(pointer)} has {size:,} characters; at most {most:,} are allowed"
    return Violation("wrong-length", message, "shorten it", pointer)


def _malformed(value: object, pointer: Pointer, title: str, hint: str | None) -> Violation:
    field = _field(pointer)
    return Violation("malformed-value", f"`{_shown(value)}` in `{field}` is not {title}", hint, pointer)


def _unknown_value(value: object, found: str, pointer: Pointer, words: list[str], values: list[Any]) -> Violation:
    listed = ", ".join(f"`{_spelling(item)}`" for item in values[:_MANY])
    more = f" and {len(values) - _MANY} more" if len(values) > _MANY else ""
    choice = f"it is one of {listed}{more}" if len(values) > 1 else f"it must be {listed}"
    if found in ("array", "object", "date") or (found == "null" and words):
        got = "a date" if found == "date" else "empty" if found == "null" else _TYPE_WORDS[found]
        return Violation("wrong-type", f"{_name(pointer)} is {got}; it must be a single value", choice, pointer)
    near = did_you_mean(value, words) if isinstance(value, str) else None
    message = f"`{_shown(_spelling(value))}` is not a known value of `{_field(pointer)}`"
    return Violation("unknown-value", message, near or choice, pointer)


def _spelling(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else "null" if value is None else value


# -- formats ---------------------------------------------------------------------------------------------------------


def _date(value: str) -> tuple[str, str] | None:
    if _DATE.fullmatch(value):
        try:
            datetime.date(int(value[:4]), int(value[5:7]), int(value[8:]))
        except ValueError:
            pass
        else:
            return None
    return "a date", "write year, month and day like `2024-11-30`"


def _uuid(value: str) -> tuple[str, str] | None:
    if _UUID.fullmatch(value):
        return None
    return "a UUID", "make one with `python -c 'import uuid; print(uuid.uuid4())'`"


def _url(value: str) -> tuple[str, str] | None:
    if _URL.match(value):
        return None
    return "a web address", "write it in full, beginning with `https://` or `http://`"


def _regex(value: str) -> tuple[str, str] | None:
    try:
        re.compile(value)
    except re.error as error:
        return "a regular expression", str(error)
    return None


_FORMATS: Final[Mapping[str, Callable[[str], tuple[str, str] | None]]] = {
    "date": _date,
    "uuid": _uuid,
    "uri": _url,
    "regex": _regex,
}
