"""Which ATT&CK techniques a pack's detections are mapped to, laid over the whole matrix.

A technique counts as covered when a detection that is not deprecated names it or one of its sub-techniques; how well is a
matter of its own: `tested` (a production detection with tests), `production`, or `experimental`. Techniques that ATT&CK
has revoked, deprecated, or never had are listed apart.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from generator.content.model import Detection
    from generator.knowledge.attack import Attack, Tactic, Technique


class Level(IntEnum):
    """How well a technique is covered: by the best of its detections."""

    NONE = 0
    EXPERIMENTAL = 1
    PRODUCTION = 2
    TESTED = 3

    @property
    def label(self) -> str:
        """The word for people and for JSON."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class CoveredTechnique:
    """One technique: the detections that name it, and its sub-techniques (of a technique, not of a sub-technique)."""

    technique: Technique
    detections: tuple[Detection, ...] = ()
    below: tuple[CoveredTechnique, ...] = ()

    @property
    def level(self) -> Level:
        """The best of its own detections and those of its sub-techniques."""
        own = max(map(level_of, self.detections), default=Level.NONE)
        return max([own, *(sub.level for sub in self.below)])

    @property
    def all_detections(self) -> tuple[Detection, ...]:
        """Its own detections and those of its sub-techniques, each once, by name."""
        found = {item.path: item for item in self.detections}
        for sub in self.below:
            found |= {item.path: item for item in sub.detections}
        return tuple(sorted(found.values(), key=lambda item: (item.name.lower(), item.path)))


@dataclass(frozen=True, slots=True)
class CoveredTactic:
    """One column of the matrix. `covered` and `total` count techniques, `sub_covered` and `sub_total` sub-techniques."""

    tactic: Tactic
    techniques: tuple[CoveredTechnique, ...]

    @property
    def total(self) -> int:
        """How many techniques serve the tactic."""
        return len(self.techniques)

    @property
    def covered(self) -> int:
        """How many of them any detection is mapped to."""
        return sum(entry.level > Level.NONE for entry in self.techniques)

    @property
    def tested(self) -> int:
        """How many of them a tested detection is mapped to."""
        return sum(entry.level is Level.TESTED for entry in self.techniques)

    @property
    def sub_total(self) -> int:
        """How many sub-techniques its techniques have."""
        return sum(len(entry.below) for entry in self.techniques)

    @property
    def sub_covered(self) -> int:
        """How many of those any detection is mapped to."""
        return sum(sub.level > Level.NONE for entry in self.techniques for sub in entry.below)

    @property
    def detections(self) -> int:
        """How many detections serve it."""
        return len({item.path for entry in self.techniques for item in entry.all_detections})


@dataclass(frozen=True, slots=True)
class Coverage:
    """The matrix of a pack. A technique of several tactics stands in each; `techniques` has each once.

    `unmapped` are detections without a technique that counts; `unknown` maps ids that ATT&CK does not have today to the
    detections that name them.
    """

    attack_version: str
    tactics: tuple[CoveredTactic, ...]
    techniques: tuple[CoveredTechnique, ...]
    unmapped: tuple[Detection, ...]
    unknown: tuple[tuple[str, tuple[Detection, ...]], ...]

    @property
    def covered(self) -> int:
        """How many techniques (not sub-techniques) are covered."""
        return sum(entry.level > Level.NONE for entry in self.techniques)

    @property
    def tested(self) -> int:
        """How many techniques a tested detection covers."""
        return sum(entry.level is Level.TESTED for entry in self.techniques)


def level_of(detection: Detection) -> Level:
    """Return how well one detection covers what it is mapped to."""
    if detection.status != "production":
        return Level.EXPERIMENTAL
    return Level.TESTED if any(test.type == "unit" for test in detection.tests) else Level.PRODUCTION


def coverage_of(detections: Iterable[Detection], attack: Attack) -> Coverage:
    """Lay detections over the matrix; deprecated ones are left out."""
    by_technique: dict[str, list[Detection]] = {}
    unmapped: list[Detection] = []
    for detection in detections:
        if detection.status == "deprecated":
            continue
        known = False
        for identifier in dict.fromkeys(detection.mitre_attack_id):
            by_technique.setdefault(identifier, []).append(detection)
            technique = attack.techniques.get(identifier)
            known = known or (technique is not None and technique.is_current)
        if not known:
            unmapped.append(detection)
    current = {name: technique for name, technique in attack.techniques.items() if technique.is_current}
    below: dict[str, list[CoveredTechnique]] = {}
    for name, technique in current.items():
        if "." in name:
            entry = CoveredTechnique(technique, tuple(by_technique.get(name, ())))
            below.setdefault(name.partition(".")[0], []).append(entry)
    tops = [
        CoveredTechnique(technique, tuple(by_technique.get(name, ())), tuple(below.get(name, ())))
        for name, technique in current.items()
        if "." not in name
    ]
    tactics = tuple(
        CoveredTactic(tactic, _of_tactic(tops, short))
        for short, tactic in attack.tactics.items()
        if any(short in entry.technique.tactics for entry in tops)
    )
    unknown = sorted((name, tuple(found)) for name, found in by_technique.items() if name not in current)
    return Coverage(attack.version, tactics, tuple(tops), tuple(unmapped), tuple(unknown))


def _of_tactic(tops: Sequence[CoveredTechnique], short: str) -> tuple[CoveredTechnique, ...]:
    chosen = [entry for entry in tops if short in entry.technique.tactics]
    return tuple(sorted(chosen, key=lambda entry: entry.technique.name.lower()))
