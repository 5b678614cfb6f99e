"""A noise run: every detection over benign data, all of it, whatever its window. What it finds there is noise.

A finding that somebody reviewed is known: the configuration's `noise` (or a file of the same form) names the detection, says why
that is accepted, and up to how many rows. Everything else is new, and fails the run. A known finding that no longer comes is
told, so that the list does not outlive its reasons.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from generator.backends.base import Dispatch
from generator.base.diagnostics import ConfigError, DatasetError, GeneratorError, UnsupportedSpl
from generator.base.parallel import fork_map
from generator.content.config import known_noise
from generator.content.reader import read
from generator.replay.placing import place, window_of
from generator.replay.plan import NOT_RUN
from generator.replay.results import NoiseFinding, NoiseRun, Outcome
from generator.replay.run import lacks_places, limited

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from generator.backends.base import EventData
    from generator.content.config import KnownNoise
    from generator.content.model import Detection
    from generator.replay.run import Rules, Runner

SAMPLE_ROWS = 3


def read_known(file: Path) -> tuple[KnownNoise, ...]:
    """Read a list of known findings from a YAML file: a list, or a mapping with the key `noise`.

    Raises:
        ConfigError: it cannot be read, or an entry is none.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror or error}") from error
    text = data if data.lstrip().startswith(b"noise") else b"noise:\n" + data
    found = read(str(file), text)
    if found.data is None:
        problem = found.problems[0].message if found.problems else "it is empty"
        raise ConfigError(f"{file}: {problem}")
    return known_noise(found.data.get("noise"), str(file))


def run_noise(
    runner: Runner,
    detections: Sequence[Detection],
    data: Sequence[EventData],
    known: Sequence[KnownNoise],
    *,
    rules: Rules,
    jobs: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> NoiseRun:
    """Run detections over benign data; the limit of time holds for each.

    Raises:
        DatasetError: the data cannot be read, or hold no events.
        ConfigError: a known finding names no detection of the pack.
    """
    backend, now, timeout = runner.backend, rules.now, rules.timeout
    backend.install(runner.app.path, runner.others)
    extents = [backend.measure(one) for one in data]
    events = sum(extent.events for extent in extents)
    if not events:
        raise DatasetError("the benign data hold no events")
    shifts = place(extents, window_of("", "now", now), now).shifts
    backend.load([replace(one, shift=shift) for one, shift in zip(data, shifts, strict=True)])
    accepted = _by_path(known, runner.detections)
    chosen = [detection for detection in detections if detection.status not in NOT_RUN]
    results = fork_map(
        lambda detection: _noise_of(runner, detection, accepted.get(detection.path), timeout),
        chosen,
        jobs=jobs,
        at_least=16,
        progress=progress,
    )
    findings = tuple(result for result in results if result is not None)
    found = {finding.path for finding in findings}
    stale = tuple(
        entry.detection
        for path, entry in accepted.items()
        if path not in found and any(detection.path == path for detection in chosen)
    )
    return NoiseRun(len(chosen), events, findings, stale)


def _noise_of(runner: Runner, detection: Detection, known: KnownNoise | None, timeout: float) -> NoiseFinding | None:
    """Run one detection; None where it stays silent."""
    finding = NoiseFinding(detection.name, detection.id, detection.path, Outcome.FAIL)
    try:
        name = runner.name_of(detection.path)
        with limited(timeout):
            found = runner.backend.search(Dispatch(name=name, earliest="", latest="", explain=False))
    except UnsupportedSpl as error:
        return replace(finding, outcome=Outcome.UNSUPPORTED, reason=str(error))
    except GeneratorError as error:
        return replace(finding, outcome=Outcome.ERROR, reason=str(error))
    if not found.rows:
        if lacks_places(found):
            reason = "`iplocation` needs a city database (.mmdb) in the folder `lookups` of an app (--app)"
            return replace(finding, outcome=Outcome.UNSUPPORTED, reason=reason)
        return None
    finding = replace(finding, rows=len(found.rows), sample=found.rows[:SAMPLE_ROWS])
    if known is None:
        return replace(finding, reason="finds rows in benign data")
    if known.at_most is not None and len(found.rows) > known.at_most:
        return replace(finding, reason=f"known with at most {known.at_most:,} rows: {known.reason}")
    return replace(finding, outcome=Outcome.PASS, reason=known.reason)


def _by_path(known: Sequence[KnownNoise], paths: Mapping[str, str]) -> dict[str, KnownNoise]:
    found = {}
    for entry in known:
        if entry.detection not in paths:
            raise ConfigError(f"the known noise names the detection `{entry.detection}`, which is not in the pack")
        found[paths[entry.detection]] = entry
    return found
