"""What editors need to know of a pack: which JSON Schema belongs to which files."""

from __future__ import annotations

from typing import Final

from generator.content.dialects import FOLDERS
from generator.content.model import Dialect, Kind
from generator.content.schema import schema_name

SCHEMA_FOLDER: Final = ".schemas"


def vscode_settings(dialect: Dialect = Dialect.NATIVE) -> dict[str, dict[str, list[str]]]:
    """Return VS Code's settings for the schemas that `contentpack schema --out .schemas` writes."""
    schemas: dict[str, list[str]] = {}
    for folder, kind in FOLDERS.items():
        if kind is Kind.INVESTIGATION:
            continue
        name = f"{SCHEMA_FOLDER}/{schema_name(kind, dialect)}.schema.json"
        schemas.setdefault(name, []).append(f"{folder}/**/*.yml")
    schemas[f"{SCHEMA_FOLDER}/{schema_name(Kind.CONFIG)}.schema.json"] = ["contentpack.yml"]
    return {"yaml.schemas": schemas}
