"""An `AppDiff` becomes JSON for programs: everything that differs, values whole.

Shape: `{"version": 1, "before", "after", "app": {"id", "version_before", "version_after", "bump"}, "stanzas": [{"file",
"name", "old_name", "what", "path", "enabled", "keys": [{"key", "before", "after"}]}], "tables", "files", "workload":
{"all": {"before", "after"}, "enabled": …}, "coverage": {"gained", "lost"}, "versions_to_raise", "notes"}`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.ci.exchange import to_data
from generator.report.visible import json_text

if TYPE_CHECKING:
    from generator.ci.diffmodel import AppDiff


def render(diff: AppDiff) -> str:
    """Return the diff as indented JSON that ends with a line end."""
    return json_text(to_data(_shape(diff)))


def _shape(diff: AppDiff) -> dict[str, Any]:
    return {
        "version": 1,
        "before": diff.before,
        "after": diff.after,
        "app": {
            "id": diff.app_id,
            "version_before": diff.version_before,
            "version_after": diff.version_after,
            "bump": diff.bump,
        },
        "stanzas": [
            {
                "file": change.file,
                "name": change.name,
                "old_name": change.old_name,
                "what": change.what,
                "path": change.path,
                "enabled": change.enabled,
                "keys": [{"key": key.key, "before": key.before, "after": key.after} for key in change.keys],
            }
            for change in diff.stanzas
        ],
        "tables": diff.tables,
        "files": diff.files,
        "workload": {
            name: {"before": pair[0], "after": pair[1]}
            for name, pair in (("all", diff.workload), ("enabled", diff.enabled_workload))
        },
        "coverage": {"gained": diff.gained, "lost": diff.lost},
        "versions_to_raise": diff.lags,
        "notes": diff.notes,
    }
