"""What GitHub Actions takes from a step: its summary and its outputs, appended to files that the runner names.

Values are written in the form with a delimiter that no value holds, so that none can add an output of its own (GitHub Docs,
"Workflow commands", multiline strings).
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from generator.base.diagnostics import RepositoryError

if TYPE_CHECKING:
    from collections.abc import Mapping


def append_summary(environ: Mapping[str, str], text: bytes) -> None:
    """Append Markdown to the job's summary, if there is one.

    Raises:
        RepositoryError: the runner's file cannot be written.
    """
    _append(environ.get("GITHUB_STEP_SUMMARY", ""), text)


def set_outputs(environ: Mapping[str, str], values: Mapping[str, str]) -> None:
    """Set the step's outputs.

    Raises:
        RepositoryError: the runner's file cannot be written.
    """
    lines = []
    for name, value in values.items():
        mark = f"contentpack-{secrets.token_hex(16)}"
        lines.append(f"{name}<<{mark}\n{value}\n{mark}\n")
    _append(environ.get("GITHUB_OUTPUT", ""), "".join(lines).encode("utf-8", "replace"))


def _append(name: str, data: bytes) -> None:
    if not name:
        return
    try:
        with Path(name).open("ab") as file:
            file.write(data)
    except OSError as error:
        raise RepositoryError(f"{name}: cannot be written: {error.strerror or error}") from error
