"""Versions of the app as numbers that compare, and which content a deprecation mapping may name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.content.config import Config
    from generator.content.model import Pack

_VERSION = re.compile(r"(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:[-+].*)?")

# Sections of a deprecation mapping file and the kind of content that each names.
SECTIONS = {
    "detections": Kind.DETECTION,
    "baselines": Kind.BASELINE,
    "stories": Kind.STORY,
    "investigations": Kind.INVESTIGATION,
}


def parse_version(text: str) -> tuple[int, int, int] | None:
    """Return `1.2.3` (with or without `-rc.1`) as numbers, None when it is no such version."""
    match = _VERSION.fullmatch(text.strip())
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def app_version(config: Config) -> tuple[int, int, int] | None:
    """Return the version of the app that is built, None when no configuration says it."""
    return parse_version(config.app.version) if config.document is not None else None


def mapping_severity(config: Config) -> Severity | None:
    """Return the severity of faults in mapping files: a warning where the configuration does not enforce them."""
    return None if config.enforce_deprecation_mapping else Severity.WARNING


def statuses(pack: Pack) -> Iterator[tuple[Kind, str, str]]:
    """Yield kind, name and status of everything that can be deprecated; removed content with the kind that it had."""
    for group in (pack.detections, pack.baselines, pack.stories, pack.investigations):
        for item in group:
            yield item.kind, item.name, item.status
    for removed in pack.removed:
        yield _KINDS.get(removed.content_kind, Kind.REMOVED), removed.name, "removed"


_KINDS = {word: kind for section, kind in SECTIONS.items() for word in (section, kind.value)}
