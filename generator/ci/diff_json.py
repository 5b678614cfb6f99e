"""An `AppDiff` becomes JSON for programs: everything that differs, values whole.

Shape: `{"version": 1, "before", "after", "app": {"id", "version_before", "version_after", "bump"}, "stanzas": [{"file",
"name", "old_name", "what", "path", "enabled", "keys": [{"key", "before", "after"}]}], "tables", "files", "workload":
{"all": {"before", "after"}, "enabled": …}, "coverage": {"gained", "lost"}, "versions_to_raise", "notes"}`.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from generator.report.visible import encodable, json_text

if TYPE_CHECKING:
    from generator.ci.diffmodel import AppDiff


def render(diff: AppDiff) -> str:
    """Return the diff as indented JSON that ends with a line end."""
    return json_text(_clean(as_data(diff)))


def as_data(diff: AppDiff) -> dict[str, Any]:
    """Return the diff as plain data."""
    return {
        "version": 1,
        "before": diff.before,
        "after": diff.after,
        "app": {
            "id": diff.app_id,
            "version_before": diff.version_before,
            "version_after": diff.version_after,
            "bump": diff.bump.value,
        },
        "stanzas": [
            {
                "file": change.file,
                "name": change.name,
                "old_name": change.old_name,
                "what": change.what.value,
                "path": change.path,
                "enabled": change.enabled,
                "keys": [{"key": key.key, "before": key.before, "after": key.after} for key in change.keys],
            }
            for change in diff.stanzas
        ],
        "tables": [asdict(table) for table in diff.tables],
        "files": [asdict(file) for file in diff.files],
        "workload": {
            name: {"before": asdict(pair[0]), "after": asdict(pair[1])}
            for name, pair in (("all", diff.workload), ("enabled", diff.enabled_workload))
        },
        "coverage": {"gained": dict(diff.gained), "lost": dict(diff.lost)},
        "versions_to_raise": [asdict(lag) for lag in diff.lags],
        "notes": list(diff.notes),
    }


def _clean(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, dict):
        return {encodable(str(key)): _clean(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(entry) for entry in value]
    return value
