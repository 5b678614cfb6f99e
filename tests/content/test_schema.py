"""The schemas are valid, explain themselves, and the compiled checks agree with a JSON Schema library."""

from __future__ import annotations

import copy
import datetime
import re
import subprocess
import sys
import time
import urllib.parse
import uuid
from random import Random
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.content.load import load_document, load_pack
from generator.content.model import VIOLATION_KINDS, Dialect, Kind
from generator.content.records import deprecation_entries, record
from generator.content.schema import load_schema, schema_name, schema_names, violations
from generator.content.schema.compiled import Violation, compile_schema
from generator.content.schema.second_opinion import missed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = schema_names()
LIBRARY_KINDS = {
    "missing-field": {"required"},
    "unknown-field": {"additionalProperties"},
    "wrong-type": {"type", "enum", "const"},
    "unknown-value": {"enum", "const"},
    "malformed-value": {"pattern"},
    "out-of-range": {"minimum", "maximum"},
    "wrong-length": {"minItems", "maxItems", "minLength", "maxLength"},
}


def subschemas(schema: dict[str, Any], where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    yield where, schema
    for name, part in {**schema.get("properties", {}), **schema.get("$defs", {})}.items():
        yield from subschemas(part, f"{where}/{name}")
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from subschemas(schema[key], f"{where}/{key}")
    for index, part in enumerate(schema.get("anyOf", ())):
        yield from subschemas(part, f"{where}/anyOf{index}")


@pytest.mark.parametrize("name", NAMES)
def test_schema_is_valid_and_every_property_explains_itself(name: str) -> None:
    schema = load_schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    for where, part in subschemas(schema):
        if where and "$ref" not in part:
            assert part.get("description"), where
            assert part.get("examples"), where


@pytest.mark.parametrize("name", NAMES)
def test_examples_fit_their_own_schema(name: str) -> None:
    schema = load_schema(name)
    for where, part in subschemas(schema):
        if "$ref" in part or not where:
            continue
        check = compile_schema({**part, "$defs": schema.get("$defs", {})})
        for example in part["examples"]:
            found: list[Violation] = []
            check(example, (), found)
            assert not [item for item in found if item.kind not in ("missing-field", "wrong-length")], (where, example)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.CONFIG])
@pytest.mark.parametrize("dialect", list(Dialect))
def test_every_kind_has_a_schema_in_every_dialect(kind: Kind, dialect: Dialect) -> None:
    assert schema_name(kind, dialect) in NAMES


def test_unknown_keyword_is_refused_when_compiled() -> None:
    with pytest.raises(ValueError, match="patternProperties"):
        compile_schema({"patternProperties": {}})


def anything(random: Random, depth: int = 2) -> Any:
    """Any JSON value."""
    kind = random.randrange(8 if depth else 6)
    if kind == 6:
        return [anything(random, depth - 1) for _ in range(random.randrange(3))]
    if kind == 7:
        return {random.choice("abcxyz"): anything(random, depth - 1) for _ in range(random.randrange(3))}
    return random.choice((None, True, False, 0, -1, 7, 101, 2.5, 3.0, "", "x", "text", "2024-01-01", "T1059"))


def near(schema: dict[str, Any], definitions: dict[str, Any], random: Random) -> Any:
    """Return a value that mostly fits a schema, with parts that do not."""
    if "$ref" in schema:
        return near(definitions[schema["$ref"].rpartition("/")[2]], definitions, random)
    if random.random() < 0.08:
        return anything(random)
    if "anyOf" in schema:
        return near(random.choice(schema["anyOf"]), definitions, random)
    if "enum" in schema:
        return random.choice(schema["enum"])
    kinds = schema.get("type", "object")
    kind = random.choice([kinds] if isinstance(kinds, str) else kinds)
    if kind == "object":
        fields = {n: p for n, p in schema.get("properties", {}).items() if random.random() < 0.8}
        value = {name: near(part, definitions, random) for name, part in fields.items()}
        return {**value, "zz": 1} if random.random() < 0.1 else value
    if kind == "array" and "items" in schema:
        return [near(schema["items"], definitions, random) for _ in range(random.randrange(4))]
    if kind == "string":
        return random.choice([*schema.get("examples", ["x"]), "", "y", "é" * 5])
    return random.randrange(-3, 150) if kind == "integer" else anything(random)


def by_library(schema: dict[str, Any], value: Any) -> list[tuple[tuple[Any, ...], str]]:
    found = []
    for error in jsonschema.Draft202012Validator(schema).iter_errors(value):
        if error.validator == "required":
            missing = [name for name in error.validator_value if name not in error.instance]
            found.extend(((*error.absolute_path, name), "required") for name in missing if f"'{name}'" in error.message)
        elif error.validator == "additionalProperties":
            extra = [name for name in error.instance if name not in error.schema.get("properties", {})]
            found.extend(((*error.absolute_path, name), "additionalProperties") for name in extra)
        elif error.validator != "anyOf":
            found.append((tuple(error.absolute_path), str(error.validator)))
    return sorted(set(found), key=repr)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_compiled_check_finds_what_the_library_finds(name: str, seed: int) -> None:
    schema = load_schema(name)
    value = near(schema, schema.get("$defs", {}), Random(seed))  # noqa: S311 - test data
    found: list[Violation] = []
    compile_schema(schema)(value, (), found)
    if any("anyOf" in part for _, part in subschemas(schema)):
        # What is said about a choice differs; that it is refused must not.
        bare = [item for item in found if item.kind != "malformed-value"]
        assert bool(bare) <= (not jsonschema.Draft202012Validator(schema).is_valid(value))
        return
    expected = by_library(schema, value)
    assert {pointer for pointer, _ in expected} <= {item.pointer for item in found}
    for item in found:
        words = LIBRARY_KINDS[item.kind]
        matched = [word for pointer, word in expected if pointer == item.pointer and word in words]
        # `format` is an annotation for the library.
        assert matched or item.kind in ("malformed-value", "wrong-length"), item


def whole(schema: dict[str, Any], definitions: dict[str, Any], choice: int = 0) -> Any:
    """Return a value with every key that a schema knows, made of its examples; `choice` picks among them."""
    if "$ref" in schema:
        return whole(definitions[schema["$ref"].rpartition("/")[2]], definitions, choice)
    if "anyOf" in schema:
        return whole(schema["anyOf"][choice % len(schema["anyOf"])], definitions, choice)
    if "const" in schema or "enum" in schema:
        values = schema.get("enum", [schema.get("const")])
        return values[choice % len(values)]
    kinds = schema.get("type", "object")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    if kind == "object" and "properties" in schema:
        return {name: whole(part, definitions, choice) for name, part in schema["properties"].items()}
    if kind == "array" and "items" in schema:
        return [whole(schema["items"], definitions, choice + i) for i in range(max(1, schema.get("minItems", 0)))]
    return copy.deepcopy(schema["examples"][choice % len(schema["examples"])])


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every container below a value with each of its keys or indexes."""
    entries = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    for key, item in entries:
        yield value, key
        if isinstance(item, dict | list):
            yield from places(item)


def spoil(document: dict[str, Any], random: Random) -> None:
    """Change one thing somewhere in a document, as an author might get it wrong; it may stay right."""
    container, key = random.choice(list(places(document)))
    value = container[key]
    change = random.randrange(9)
    if change == 0:
        del container[key]
    elif change == 1 and isinstance(container, dict):
        container[random.choice(("zz", f"{key}s", str(key).upper()))] = container.pop(key)
    elif change == 2:
        container[key] = anything(random)
    elif change == 3 and isinstance(value, str):
        container[key] = random.choice(("", " ", value[:-1], f"{value} ", value.lower(), value * 60, "2024-02-30", "("))
    elif change == 4 and isinstance(value, list):
        container[key] = random.choice(([], value * 2, value[0] if value else None, [value]))
    elif change == 5 and isinstance(value, int):
        container[key] = random.choice((-1, 0, 100, 101, 10**9, str(value), float(value), value + 0.5))
    elif change == 6:
        container[key] = random.choice((None, True, [], {}, "", 0))
    elif change == 7 and isinstance(value, dict):
        container[key] = [value]
    elif isinstance(container, dict):
        container[f"x{random.randrange(3)}"] = value


FORMATS = jsonschema.FormatChecker(formats=())
"""The formats as their documents define them, written apart from ours: RFC 3339 dates, RFC 4122, http addresses."""


@FORMATS.checks("date")
def is_date(value: object) -> bool:
    try:
        return not isinstance(value, str) or (bool(time.strptime(value, "%Y-%m-%d")) and len(value) == 10)
    except ValueError:
        return False


@FORMATS.checks("uuid")
def is_uuid(value: object) -> bool:
    try:
        return not isinstance(value, str) or str(uuid.UUID(value)) == value.lower()
    except ValueError:
        return False


@FORMATS.checks("uri")
def is_web_address(value: object) -> bool:
    if not isinstance(value, str):
        return True
    parts = urllib.parse.urlsplit(value)
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and value == value.lstrip()


@FORMATS.checks("regex")
def is_regex(value: object) -> bool:
    try:
        return not isinstance(value, str) or bool(re.compile(value))
    except re.error:
        return False


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("choice", range(4))
def test_document_made_of_the_examples_is_accepted_by_both(name: str, choice: int) -> None:
    schema = load_schema(name)
    document = whole(schema, schema.get("$defs", {}), choice)
    found: list[Violation] = []
    compile_schema(schema)(document, (), found)
    assert found == []
    assert list(jsonschema.Draft202012Validator(schema, format_checker=FORMATS).iter_errors(document)) == []


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), choice=st.integers(0, 3), changes=st.integers(1, 3))
def test_spoilt_document_is_accepted_by_both_or_refused_by_both(
    name: str, seed: int, choice: int, changes: int
) -> None:
    schema = load_schema(name)
    document = whole(schema, schema.get("$defs", {}), choice)
    random = Random(seed)  # noqa: S311 - test data
    for _ in range(changes):
        if document:
            spoil(document, random)
    found: list[Violation] = []
    compile_schema(schema)(document, (), found)
    errors = list(jsonschema.Draft202012Validator(schema, format_checker=FORMATS).iter_errors(document))
    assert bool(found) == bool(errors), (found, [error.message for error in errors])
    # What the library would add lies at none of the places that are reported already.
    for extra in missed(document, name, found):
        assert not any(extra.pointer[: len(item.pointer)] == item.pointer for item in found), extra


def test_library_adds_what_the_compiled_check_did_not_say() -> None:
    document = {"app": {"id": 1}, "conf_style": "v9", "rules": {"select": 5}}
    assert [item.pointer for item in missed(document, "config.contentpack", ())] == [
        ("app", "id"),
        ("conf_style",),
        ("rules", "select"),
    ]
    known = [Violation("wrong-type", "said", None, ("app", "id")), Violation("wrong-type", "said", None, ("rules",))]
    added = missed(document, "config.contentpack", known)
    assert [(item.pointer, item.kind) for item in added] == [(("conf_style",), "unknown-value")]
    assert "'v9' is not one of" in added[0].message


def test_library_names_each_missing_and_unknown_key_and_keeps_messages_short() -> None:
    document = {"app": {"idd": "x", "more": 1}, "conf_style": "v" * 5000}
    added = missed(document, "config.contentpack", ())
    assert [(item.kind, item.pointer) for item in added] == [
        ("missing-field", ("app", "id")),
        ("unknown-field", ("app", "idd")),
        ("unknown-field", ("app", "more")),
        ("unknown-value", ("conf_style",)),
    ]
    assert max(len(item.message) for item in added) < 250


def test_library_is_not_loaded_for_a_pack_without_violations() -> None:
    code = (
        "import sys; from generator.content.schema import violations; from generator.content.model import Dialect, Kind;"
        "assert violations({'name': 'm', 'definition': 'd', 'description': 'e'}, Kind.MACRO, Dialect.V4) == [];"
        "assert 'jsonschema' not in sys.modules;"
        "assert violations({}, Kind.MACRO, Dialect.V4);"
        "assert 'jsonschema' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


BASE = {
    "name": "Renamed Tool",
    "id": "3f1c5a52-6c0f-4d8e-9a53-0f5a1c2b7e10",
    "version": 1,
    "date": datetime.date(2025, 1, 2),
    "author": "Ada Example",
    "description": "What it does.",
}
MACRO: dict[str, Any] = {**BASE, "definition": "index=main"}


# A macro of v5 with one change, and what is found: (kind, pointer, part of the message, part of the hint).
CHANGES: list[tuple[dict[str, Any], str, tuple[Any, ...], str, str]] = [
    ({"definition": ...}, "missing-field", ("definition",), "required field `definition` is missing", "add `definition`"),
    ({"definitoin": "x"}, "unknown-field", ("definitoin",), "unknown field `definitoin`", "did you mean `definition`?"),
    ({"severity": "x"}, "unknown-field", ("severity",), "unknown field `severity`", "remove it"),
    ({"version": "1"}, "wrong-type", ("version",), "`version` is text; it must be a whole number", "without quotes"),
    ({"version": True}, "wrong-type", ("version",), "`version` is true or false", "whole number"),
    ({"version": -1}, "out-of-range", ("version",), "`version` is -1; it must be at least 0", "at least 0"),
    ({"author": 5}, "wrong-type", ("author",), "`author` is a whole number; it must be text", "put quotes around it: '5'"),
    ({"author": None}, "wrong-type", ("author",), "`author` is empty; it must be text", "remove the key"),
    ({"author": ""}, "wrong-length", ("author",), "`author` is empty", "write the text"),
    ({"author": "x" * 256}, "wrong-length", ("author",), "has 256 characters; at most 255", "shorten"),
    ({"date": "2024-13-01"}, "malformed-value", ("date",), "`2024-13-01` in `date` is not a date", "2024-11-30"),
    ({"date": 20240101}, "wrong-type", ("date",), "`date` is a whole number; it must be text", "quotes"),
    ({"id": "abc"}, "malformed-value", ("id",), "`abc` in `id` is not a UUID", "uuid"),
    ({"references": ["example.com"]}, "malformed-value", ("references", 0), "is not a web address", "https://"),
    ({"references": "https://a.b"}, "wrong-type", ("references",), "`references` is text; it must be a list", "`- `"),
    ({"status": "prodution"}, "unknown-value", ("status",), "`prodution` is not a known value of `status`", "`production`"),
    ({"arguments": [["x"]]}, "wrong-type", ("arguments", 0), "`arguments[0]` is a list; it must be text", "text"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "kind", "pointer", "message", "hint"), CHANGES)
def test_violation_is_worded_for_people(
    change: dict[str, Any], kind: str, pointer: tuple[Any, ...], message: str, hint: str
) -> None:
    data = {key: value for key, value in {**MACRO, **change}.items() if value is not ...}
    found = violations(data, Kind.MACRO, Dialect.V5)
    assert [(item.kind, item.pointer) for item in found] == [(kind, pointer)]
    assert message in found[0].message
    assert hint in (found[0].hint or "")
    assert kind in VIOLATION_KINDS


def test_clean_macro_has_no_violation_with_a_date_in_either_form() -> None:
    assert violations(MACRO, Kind.MACRO, Dialect.V5) == []
    assert violations({**MACRO, "date": "2025-01-02"}, Kind.MACRO, Dialect.V5) == []


def test_no_violation_hides_another() -> None:
    data = {**MACRO, "version": "x", "author": 1, "extra": 1, "date": "never"}
    del data["definition"]
    kinds = sorted(item.kind for item in violations(data, Kind.MACRO, Dialect.V5))
    assert kinds == ["malformed-value", "missing-field", "unknown-field", "wrong-type", "wrong-type"]


def test_unknown_keys_of_v4_are_no_problem() -> None:
    assert violations({**MACRO, "anything": 1}, Kind.MACRO, Dialect.V4) == []


def test_kvstore_lookup_needs_fields_and_a_csv_lookup_does_not() -> None:
    assert violations({**BASE, "lookup_type": "csv"}, Kind.LOOKUP, Dialect.V5) == []
    found = violations({**BASE, "lookup_type": "kvstore"}, Kind.LOOKUP, Dialect.V5)
    assert [item.pointer for item in found] == [("fields",)]


# Names from the enumerations of contentctl 4.4.3, contentctl 5.6.2 and contentctl-ng 1.1.1.
@pytest.mark.parametrize(
    ("field", "value", "taken_by"),
    [
        ("asset_type", "Endpoint", {"v4", "v5", "native"}),
        ("asset_type", "Database Server", {"v4", "v5", "native"}),
        ("asset_type", "AWS EKS Kubernetes cluster", {"v4", "v5"}),
        ("asset_type", "Customer Application", set()),
        ("asset_type", "endpoint", set()),
        ("security_domain", "audit", {"v4", "v5", "native"}),
        ("security_domain", "web", set()),
    ],
)
def test_values_are_those_of_each_dialect(field: str, value: str, taken_by: set[str]) -> None:
    for dialect in (Dialect.V4, Dialect.V5, Dialect.NATIVE):
        data: dict[str, Any] = {field: value} if dialect is Dialect.NATIVE else {"tags": {field: value}}
        found = [item for item in violations(data, Kind.DETECTION, dialect) if item.pointer[-1] == field]
        assert (found == []) is (dialect.value in taken_by), (dialect, found)


@pytest.mark.parametrize(
    ("dialect", "name", "taken"),
    [
        (Dialect.V5, "ip_address", True),
        (Dialect.V5, "dns_query", False),
        (Dialect.V5, "user", False),
        (Dialect.NATIVE, "dns_query", True),
        (Dialect.NATIVE, "user", True),
        (Dialect.NATIVE, "hostname", False),
    ],
)
def test_types_of_threat_objects_are_those_of_each_dialect(dialect: Dialect, name: str, *, taken: bool) -> None:
    objects = [{"field": "f", "type": name}]
    data = {"threat_objects": objects} if dialect is Dialect.NATIVE else {"rba": {"threat_objects": objects}}
    found = [item for item in violations(data, Kind.DETECTION, dialect) if item.pointer[-1] == "type"]
    assert bool([item for item in found if "threat_objects" in item.pointer]) is not taken


@pytest.mark.parametrize(
    ("test", "pointers"),
    [
        ({"name": "t", "test_type": "unit", "expect": "none"}, []),
        ({"name": "t", "test_type": "unit", "expect": {"exactly": 2, "non_empty": ["dest"]}}, []),
        ({"name": "t", "test_type": "unit", "expect": "never"}, [("expect",)]),
        ({"name": "t", "test_type": "unit", "expect": {"exactly": -1}}, [("expect", "exactly")]),
        ({"name": "t", "test_type": "unit", "expect": {"rows": [{"a": "1", "b": ["x", "y"]}]}}, []),
        ({"name": "t", "test_type": "unit", "macros": {"m": "index=main"}, "chain": ["Other"]}, []),
        ({"name": "t", "test_type": "unit", "events": [{"raw": "x", "sourcetype": "y"}]}, []),
        ({"name": "t", "test_type": "unit", "events": [{"sourcetype": "y"}]}, [("events", 0, "raw")]),
        ({"name": "t", "test_type": "experimental"}, [("description",)]),
        ({"name": "t"}, [("test_type",)]),
    ],
)  # fmt: skip
def test_native_test_entry(test: dict[str, Any], pointers: list[tuple[Any, ...]]) -> None:
    found = violations({"tests": [test]}, Kind.DETECTION, Dialect.NATIVE)
    assert [item.pointer[2:] for item in found if item.pointer[:2] == ("tests", 0)] == pointers


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([name for name in NAMES if not name.startswith("config")]), st.integers(0, 2**32))
def test_no_data_crashes_loading(name: str, seed: int) -> None:
    folder = {"story": "stories", "removed": "removed", "data_source": "data_sources"}.get(
        name.split(".", maxsplit=1)[0]
    )
    folder = folder or name.split(".", maxsplit=1)[0] + "s"
    schema = load_schema(name)
    value = near(schema, schema.get("$defs", {}), Random(seed))  # noqa: S311 - test data
    loaded = load_document(f"{folder}/x.yml", yaml.safe_dump(value).encode())
    assert loaded.document is not None or loaded.problems
    if loaded.document is not None:
        record(loaded.document)
        deprecation_entries(loaded.document)


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["security_content", "v5/pack", "v5/features", "ng/pack", "docs_pages/pack"])
def test_clean_packs_have_no_problem(corpus: Path, name: str) -> None:
    assert [(p.kind, p.path, p.message) for p in load_pack(corpus / name).problems] == []
