"""A JSON Schema becomes a table of fields in Markdown, for the pages `docs/configuration.md` and `docs/content*.md`.

A row a key, in the order of the schema: `tests[].attack_data[].data` is a key of the entries of a list in a list. Left
out on purpose: conditions (`if`), which the pages say in words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Schema = Mapping[str, Any]

_WORDS: Final = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "mapping",
    "array": "list",
}
_FORMATS: Final = {"date": "date", "uuid": "UUID", "uri": "web address", "regex": "regular expression"}
_MOST_VALUES: Final = 50
_LONGEST_EXAMPLE: Final = 60


def field_table(schema: Schema) -> str:
    """Return the table of the fields of a schema as `load_schema` gives it (references resolve into its `$defs`)."""
    rows = _rows(schema, schema.get("$defs", {}), "")
    body = "".join(f"| {' | '.join(cell.replace('|', BAR) for cell in row)} |\n" for row in rows)
    return f"| field | value | required | what it is |\n| --- | --- | --- | --- |\n{body}"


BAR: Final = r"\|"


def _rows(schema: Schema, definitions: Mapping[str, Schema], above: str) -> Iterator[tuple[str, str, str, str]]:
    required = schema.get("required", ())
    for name, written in schema.get("properties", {}).items():
        part = _resolved(written, definitions)
        path = f"{above}{name}"
        needed = "yes" if name in required else ""
        yield f"`{path}`", _value(part, definitions), needed, _about(part)
        yield from _below(part, definitions, path)


def _below(part: Schema, definitions: Mapping[str, Schema], path: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield the rows of what lies inside a value: the keys of a mapping, or of the entries of a list."""
    choices = part.get("anyOf")
    if choices is not None:
        # A list of mappings or one such mapping have the same keys: the list speaks for both.
        nested = [choice for choice in choices if _has_keys(_resolved(choice, definitions), definitions)]
        if nested:
            yield from _below(_resolved(nested[0], definitions), definitions, path)
        return
    if "properties" in part:
        yield from _rows(part, definitions, f"{path}.")
    elif "items" in part:
        yield from _below(_resolved(part["items"], definitions), definitions, f"{path}[]")
    elif isinstance(part.get("additionalProperties"), dict):
        yield from _below(_resolved(part["additionalProperties"], definitions), definitions, f"{path}.*")


def _has_keys(part: Schema, definitions: Mapping[str, Schema]) -> bool:
    return "properties" in part or ("items" in part and "properties" in _resolved(part["items"], definitions))


def _resolved(part: Schema, definitions: Mapping[str, Schema]) -> Schema:
    """Return a subschema with its reference followed; what stands beside the reference wins."""
    if "$ref" not in part:
        return part
    return {**definitions[part["$ref"].rpartition("/")[2]], **part}


def _value(part: Schema, definitions: Mapping[str, Schema]) -> str:
    if "anyOf" in part:
        return ", or ".join(
            dict.fromkeys(_value(_resolved(choice, definitions), definitions) for choice in part["anyOf"])
        )
    if "enum" in part or "const" in part:
        values = part.get("enum", [part.get("const")])
        shown = ", ".join(f"`{_spelt(value)}`" for value in values[:_MOST_VALUES])
        return f"{shown}, ..." if len(values) > _MOST_VALUES else shown
    kinds = part.get("type", "object")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    words = [_typed(kind, part, definitions) for kind in kinds if kind != "null"]
    return " or ".join(words) + (" or empty" if "null" in kinds else "")


def _typed(kind: str, part: Schema, definitions: Mapping[str, Schema]) -> str:
    if kind == "array" and "items" in part:
        items = _resolved(part["items"], definitions)
        least = part.get("minItems", 0)
        return f"list of {_value(items, definitions)}" + (f", at least {least}" if least else "")
    if kind == "string":
        word = _FORMATS.get(part.get("format", ""), "text")
        limits = _limits(part.get("minLength", 0), part.get("maxLength"), " characters")
        # A minimum of one says only that the text must not be empty, which nobody needs to read.
        return f"{word}, {limits}" if limits and limits != "at least 1 characters" else word
    if kind in {"integer", "number"}:
        limits = _limits(part.get("minimum"), part.get("maximum"), "")
        return f"{_WORDS[kind]}, {limits}" if limits else _WORDS[kind]
    if kind == "object" and isinstance(part.get("additionalProperties"), dict) and "properties" not in part:
        return f"mapping of names to {_value(_resolved(part['additionalProperties'], definitions), definitions)}"
    return _WORDS[kind]


def _limits(least: float | None, most: float | None, unit: str) -> str:
    if least is not None and most is not None and least:
        return f"{least} to {most}{unit}"
    if most is not None:
        return f"{least} to {most}{unit}" if least == 0 and not unit else f"at most {most}{unit}"
    return f"at least {least}{unit}" if least is not None and (least or not unit) else ""


def _about(part: Schema) -> str:
    text = " ".join(str(part.get("description", "")).split())
    examples = part.get("examples", ())
    leaf = "enum" not in part and "const" not in part and examples and isinstance(examples[0], str | int)
    if not leaf or isinstance(examples[0], bool):
        return text
    example = _spelt(examples[0])
    if len(example) > _LONGEST_EXAMPLE or "`" in example or "\n" in example or f"`{example}`" in text:
        return text
    return f"{text} Such as `{example}`."


def _spelt(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else "null" if value is None else str(value)
