"""Packs that the cases of `tests/rules/*.yml` start from, and the way from a case to the folder that is validated."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

HOME = Path(__file__).resolve().parent
PACKS = HOME / "packs"


def load_cases(pattern: str = "*.yml") -> list[Any]:
    """Return every case of the matching files as a pytest parameter, with its rule's code."""
    return [
        pytest.param(file.stem, case, id=f"{file.stem}-{case['name'].replace(' ', '-')}")
        for file in sorted(HOME.glob(pattern))
        for case in yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    ]


def write_pack(folder: Path, case: dict[str, Any]) -> None:
    """Write the pack of a case: its base pack, then `replace`, `files`, `padded` and `links`.

    `replace` changes texts in files of the base pack; `files` gives whole ones (null deletes, `!!binary` is bytes);
    `padded` appends a comment line of that many characters; `links` makes symbolic links.
    """
    shutil.copytree(PACKS / case.get("pack", "native"), folder, dirs_exist_ok=True)
    for path, changes in case.get("replace", {}).items():
        text = (folder / path).read_text(encoding="utf-8")
        for old, new in changes.items():
            assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times in the base pack's {path}"
            text = text.replace(old, new)
        (folder / path).write_text(text, encoding="utf-8")
    for path, content in case.get("files", {}).items():
        target = folder / path
        if content is None:
            target.unlink()
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
    for path, length in case.get("padded", {}).items():
        with (folder / path).open("ab") as file:
            file.write(b"#" + b"x" * (length - 1))
    for path, goal in case.get("links", {}).items():
        (folder / path).symlink_to(goal)


def commit_before(folder: Path, case: dict[str, Any]) -> str | None:
    """Commit the pack as it was before the change of a case, and return the revision; None when the case has no `before`.

    `before` replaces texts of the base pack, as `replace` does; `{}` is the base pack itself.
    """
    if "before" not in case:
        return None
    write_pack(folder, {"pack": case.get("pack", "native"), "replace": case["before"]})
    author = ("-c", "user.name=Sample", "-c", "user.email=sample@example.com", "-c", "commit.gpgsign=false")
    for arguments in (("init", "-q"), ("add", "."), (*author, "commit", "-q", "--no-verify", "-m", "Before")):
        subprocess.run(("git", "-C", str(folder), *arguments), check=True, capture_output=True)
    return "HEAD"
