"""A new pack: configuration, a detection with attack data and tests, what it needs, workflow and editor settings.

The files are those below `pack/`; `@NAME@` in them is filled in, as YAML where the file is YAML. Pure: names, day and
identifiers are handed in.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from generator.authoring.scaffold.editors import vscode_settings
from generator.base.diagnostics import ConfigError
from generator.base.frozen import dataclass

if TYPE_CHECKING:
    import datetime
    import uuid
    from collections.abc import Callable

_FOLDER: Final = Path(__file__).parent / "pack"
ACTION: Final = "OWNER/contentpack@COMMIT # the tool's repository, and the commit of it that you have looked at"
_DATA: Final = "attack_data/ssh_login_after_repeated_failures"
_FILES: Final = {
    "contentpack.yml": "contentpack.yml",
    "ssh_login_after_repeated_failures.yml": "detections/endpoint/ssh_login_after_repeated_failures.yml",
    "auth.log": f"{_DATA}/auth.log",
    "one_failure.log": f"{_DATA}/one_failure.log",
    "linux_secure_log_macro.yml": "macros/linux_secure_log.yml",
    "guessed_passwords.yml": "stories/guessed_passwords.yml",
    "linux_secure_log_source.yml": "data_sources/linux_secure_log.yml",
    "gitignore": ".gitignore",
    "README.md": "README.md",
    "workflow.yml": ".github/workflows/contentpack.yml",
    "editorconfig": ".editorconfig",
    "vscode_extensions.json": ".vscode/extensions.json",
}
_APP_ID: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,98}[A-Za-z0-9]")
_FILLED: Final = re.compile(r"@([A-Z_]+)(?::(\w+))?@")


@dataclass(frozen=True, slots=True)
class PackNames:
    """How the new pack and its app are called."""

    app_id: str
    title: str
    prefix: str
    author: str
    email: str
    description: str = ""


def new_pack(
    names: PackNames, *, today: datetime.date, new_id: Callable[[], uuid.UUID], action: str = ACTION
) -> dict[str, bytes]:
    """Return the files of a new pack by path.

    Raises:
        ConfigError: the app's id is none that Splunk takes, or a name has a line break.
    """
    if _APP_ID.fullmatch(names.app_id) is None:
        raise ConfigError(f"`{names.app_id}` is no app id: letters, digits, `_` and `-`, beginning with a letter")
    values = {
        "APP_ID": names.app_id,
        "TITLE": names.title,
        "PREFIX": names.prefix,
        "AUTHOR": names.author,
        "EMAIL": names.email,
        "DESCRIPTION": names.description or f"Detections of {names.author}.",
        "DATE": today.isoformat(),
        "ACTION": action,
    }
    for key, value in values.items():
        if not value.strip() or not value.isprintable():
            raise ConfigError(f"the {key.lower().replace('_', ' ')} is empty, or has characters that cannot be printed")
    files: dict[str, bytes] = {}
    for source, path in _FILES.items():
        text = (_FOLDER / source).read_text(encoding="utf-8")
        plain = not path.endswith(".yml") or path.startswith(".github")

        def fill(found: re.Match[str], *, plain: bool = plain) -> str:
            if found[1] == "ID":
                return str(new_id())
            value = values[found[1]]
            return value if plain or found[1] == "DATE" else _scalar(value)

        files[path] = _FILLED.sub(fill, text).encode()
    files[".vscode/settings.json"] = f"{json.dumps(vscode_settings(), indent=2)}\n".encode()
    return dict(sorted(files.items()))


def _scalar(value: str) -> str:
    """Return a text as a YAML scalar on one line: plain where that is the same text, else in double quotes."""
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9 _.,()/+-]*", value) and value.lower() not in (
        "yes",
        "no",
        "true",
        "false",
        "on",
        "off",
        "null",
    ):
        return value.strip() if value == value.strip() else json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False)
