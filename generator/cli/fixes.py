"""Findings with a safe fix are settled in the files: edits that do not overlap, whole files, until nothing changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import RepositoryError
from generator.base.files import apply_edits, rewrite
from generator.base.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from generator.base.diagnostics import Diagnostic, Edit, Fix
    from generator.rules.run import Validation

_ROUNDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """What `--fix` did: how many findings in which files, and what is found now."""

    validation: Validation
    findings: int
    paths: frozenset[str]

    @property
    def summary(self) -> str:
        """One sentence."""
        if not self.findings:
            return "nothing to fix"
        count = f"{self.findings} finding" + ("" if self.findings == 1 else "s")
        return f"fixed {count} in {len(self.paths)} file" + ("" if len(self.paths) == 1 else "s")


def fix_pack(root: Path, validation: Validation, check: Callable[[], Validation]) -> Fixed:
    """Apply safe fixes and check again, at most five times: a fix may uncover another, or make room for one.

    Raises:
        RepositoryError: a file changed meanwhile or cannot be written. Files are written one by one, each whole.
    """
    findings, changed = 0, set[str]()
    for _ in range(_ROUNDS):
        fixes, edits = compatible_fixes(validation.diagnostics)
        if not fixes:
            break
        for path, listed in edits.items():
            text = validation.texts.get(path)
            if text is None:
                raise RepositoryError(f"{path}: a fix needs this file, which was not read")
            rewrite(root / path, text, apply_edits(text, listed))
            changed.add(path)
        findings += fixes
        validation = check()
    return Fixed(validation=validation, findings=findings, paths=frozenset(changed))


def compatible_fixes(diagnostics: Iterable[Diagnostic]) -> tuple[int, Mapping[str, list[Edit]]]:
    """Return how many safe fixes can be made together, and their edits by path. A fix is made whole or not at all."""
    taken: dict[str, list[Edit]] = {}
    made: set[tuple[Edit, ...]] = set()
    count = 0
    for diagnostic in diagnostics:
        fix = diagnostic.fix
        if fix is None or not fix.safe or not fix.edits:
            continue
        if fix.edits in made:
            count += 1  # two findings with the same remedy
        elif _fits(fix, taken):
            made.add(fix.edits)
            count += 1
            for edit in fix.edits:
                taken.setdefault(edit.path, []).append(edit)
    return count, taken


def _fits(fix: Fix, taken: Mapping[str, list[Edit]]) -> bool:
    return not any(
        (edit.start < other.end and other.start < edit.end) or edit.start == other.start
        for edit in fix.edits
        for other in taken.get(edit.path, ())
    )
