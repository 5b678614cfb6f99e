"""`python -m tests.bench.engine [EVENTS]... [--pack DIR]`: the budgets of the embedded engine, printed and never asserted.

For each number of events (default 20, 2,000 and 50,000; 500,000 takes minutes), in a process of its own:

    ingest       a file of made-up Sysmon events becomes an event set
    extract      every field that the searches below read, and the data-model frames
    memory       the peak beyond an engine without events, against the size of the file
    detections   one more search over events that are loaded: median of searches that no cache has seen
    by hand      the same work in hand-written Polars over columns that are there already (where polars is installed)
    pack         every search of a content pack, one after another

Times are of the processor, so that what else a machine does counts little.

The pack is DIR, else the shared corpus where it is present.
"""

from __future__ import annotations

import argparse
import collections
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator import Engine, load_pack
from generator.base.diagnostics import UnsupportedSpl
from generator.engine.errors import SearchError
from tests.bench.sysmon import write_events

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent.parent
CORPUS = ROOT.parent / "shared" / "corpus" / "security_content"
SIZES = (20, 2_000, 50_000)
SOURCE = "XmlWinEventLog:Microsoft-Windows-Sysmon/Operational"
NOW = 1_800_000_000
ROUNDS = 30

SHAPES = (
    (
        "| tstats count min(_time) as first max(_time) as last from datamodel=Endpoint.Processes where Processes.process_name=tool{n:03}.exe "
        'Processes.process IN ("*-a{n}*", "*b{n}*") by Processes.dest Processes.user Processes.process_name Processes.process'
    ),
    'EventCode=13 TargetObject="*\\\\Run{n}\\\\*" | stats count min(_time) as first max(_time) as last by Computer User Image TargetObject',
    "EventCode=3 DestinationPort=443 DestinationIp=203.0.113.{n} | stats count dc(DestinationIp) as targets by Computer Image",
    'EventCode=10 TargetImage="*\\\\tool{n:03}.exe" GrantedAccess IN (0x1410, 0x1fffff) | stats count by Computer SourceImage TargetImage GrantedAccess',
    'EventCode=1 | where match(CommandLine, "(?i)-a{n}\\s") AND len(CommandLine) > 40 | stats count values(CommandLine) as commands by Computer User',
)
"""Made-up detections of the shapes that packs have; `n` is another number in each, so that no two ask the same."""

COLUMNS = (
    "EventCode", "Computer", "User", "Image", "CommandLine", "TargetObject", "DestinationPort", "DestinationIp", "TargetImage",
    "SourceImage", "GrantedAccess", "ParentImage", "TargetFilename", "ImageLoaded", "QueryName",
)  # fmt: skip
FRAMES = ("Endpoint.Processes", "Endpoint.Registry", "Endpoint.Filesystem", "Network_Traffic.All_Traffic")


def _peak() -> int:
    """Return the peak memory of this process in bytes.

    Linux keeps the peak of the process that started this one in `ru_maxrss`, so the kernel's own account is read there
    (macOS counts in bytes, others in kilobytes).
    """
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s*(\d+) kB", status.read_text(encoding="ascii", errors="replace"))
        if found is not None:
            return int(found[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _timed(work: Callable[[], Any]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _searches() -> Iterator[tuple[int, str]]:
    """Yield searches with the number of their shape; the first of each shape warms up."""
    for n in range(ROUNDS):
        for number, shape in enumerate(SHAPES):
            yield number, shape.format(n=n + 1)


def measure(events: int, pack: Path | None, app: Path | None) -> None:
    """Print the figures for a number of events; `app` is the app that the pack becomes."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sysmon.log"
        size = write_events(file, events)
        engine = Engine(apps=[] if app is None else [app], now=NOW)
        engine.search("| makeresults | stats count")
        before = _peak()
        ingest = _timed(lambda: engine.load(file, sourcetype="XmlWinEventLog", source=SOURCE))
    extract = _timed(lambda: _extract(engine))
    grown = max(0, _peak() - before)
    print(f"\n{events:,} events, {size / 1e6:.1f} MB")
    print(f"  ingest {ingest:.2f} s, extract {extract:.2f} s, together {ingest + extract:.2f} s (budget 2 s at 50,000)")
    print(f"  memory: {grown / 1e6:.0f} MB more, {grown / size:.1f} times the file (budget 4 times)")
    by_shape: dict[int, list[float]] = collections.defaultdict(list)
    rows = 0
    for number, spl in _searches():
        started = time.process_time()
        rows += len(engine.search(spl).rows)
        by_shape[number].append(time.process_time() - started)
    _show("one more detection", by_shape)
    print(f"  ({rows:,} rows found; budget: median 3 ms at 50,000 events, 0.5 ms at 20)")
    if find_spec("polars") is None:
        print("  by hand in Polars: polars is not installed (`pip install polars` in this environment)")
    else:
        _by_hand(engine)
    if pack is not None:
        _pack(engine, pack)
        print(f"  memory of the process behind it all: {_peak() / 1e6:,.0f} MB (budget 8 GiB at 500,000)")


def _show(title: str, by_shape: dict[int, list[float]]) -> None:
    later = [one for times in by_shape.values() for one in times[1:]]
    shapes = " ".join(f"{statistics.median(times[1:]) * 1000:.2f}" for times in by_shape.values())
    ordered = sorted(later)
    print(
        f"  {title}: median {statistics.median(later) * 1000:.2f} ms, 95 % under {ordered[int(len(ordered) * 0.95)] * 1000:.2f} ms, "
        f"by shape {shapes}"
    )


def _extract(engine: Engine) -> None:
    table = engine.store.events()
    for name in COLUMNS:
        table.column(name)
    for frame in FRAMES:
        engine.search(f"| tstats count from datamodel={frame} where nodename=*")


# --- a pack ----------------------------------------------------------------------------------------------------------


def _app_of(pack: Path, folder: Path) -> Path:
    from generator.base.files import write_files
    from generator.render import read_inputs, render_app

    content = load_pack(pack)
    tree = render_app(content, read_inputs(pack, content))
    write_files(folder / tree.app_id, tree.files)
    return folder / tree.app_id


def _pack(engine: Engine, pack: Path) -> None:
    """Run every search of a pack once."""
    detections = load_pack(pack).detections
    outcomes: collections.Counter[str] = collections.Counter()
    times: list[tuple[float, str]] = []
    for item in detections:
        started = time.process_time()
        try:
            outcomes["found" if len(engine.search(item.search)) else "nothing"] += 1
        except UnsupportedSpl:
            outcomes["unsupported"] += 1
        except SearchError:
            outcomes["wrong"] += 1
        times.append((time.process_time() - started, item.name))
    times.sort(reverse=True)
    print(
        f"  pack {pack.name}: {len(detections):,} searches in {sum(one for one, _ in times):.1f} s (budget 15 s at 50,000 events)"
    )
    print(
        f"    median {statistics.median(one for one, _ in times) * 1000:.2f} ms; {', '.join(f'{name} {count:,}' for name, count in outcomes.most_common())}"
    )
    for seconds, name in times[:5]:
        print(f"    slowest {seconds * 1000:8.1f} ms  {name}")


# --- by hand ---------------------------------------------------------------------------------------------------------


def _by_hand(engine: Engine) -> None:
    """Do the work of `SHAPES` in eager Polars, over typed columns with lower-case copies that cost nothing here."""
    import polars as pl

    table = engine.store.events()
    names = ("_time", *COLUMNS[:11])
    plain = pl.DataFrame(
        {
            name: [
                value if isinstance(value, float) else None if value is None else str(value)
                for value in table.column(name).to_list()
            ]
            for name in names
        },
        strict=False,
    )
    frame = plain.with_columns(pl.col(name).str.to_lowercase().alias(f"{name}_l") for name in names[1:])
    low = pl.col

    def processes(n: int) -> pl.DataFrame:
        fits = frame.filter(
            (low("EventCode") == "1") & low("Image_l").str.ends_with(f"\\tool{n:03}.exe")
            & (low("CommandLine_l").str.contains(f"-a{n}", literal=True) | low("CommandLine_l").str.contains(f"b{n}", literal=True))
        )  # fmt: skip
        return fits.group_by("Computer", "User", "Image", "CommandLine").agg(
            pl.len(), low("_time").min().alias("first"), low("_time").max().alias("last")
        )

    def registry(n: int) -> pl.DataFrame:
        fits = frame.filter(
            (low("EventCode") == "13") & low("TargetObject_l").str.contains(f"\\run{n}\\", literal=True)
        )
        return fits.group_by("Computer", "User", "Image", "TargetObject").agg(
            pl.len(), low("_time").min().alias("first"), low("_time").max().alias("last")
        )

    def network(n: int) -> pl.DataFrame:
        fits = frame.filter(
            (low("EventCode") == "3") & (low("DestinationPort") == "443") & (low("DestinationIp") == f"203.0.113.{n}")
        )
        return fits.group_by("Computer", "Image").agg(pl.len(), low("DestinationIp").n_unique().alias("targets"))

    def access(n: int) -> pl.DataFrame:
        fits = frame.filter(
            (low("EventCode") == "10")
            & low("TargetImage_l").str.ends_with(f"\\tool{n:03}.exe")
            & low("GrantedAccess_l").is_in(["0x1410", "0x1fffff"])
        )
        return fits.group_by("Computer", "SourceImage", "TargetImage", "GrantedAccess").agg(pl.len())

    def matched(n: int) -> pl.DataFrame:
        fits = frame.filter(
            (low("EventCode") == "1")
            & low("CommandLine").str.contains(rf"(?i)-a{n}\s")
            & (low("CommandLine").str.len_chars() > 40)
        )
        return fits.group_by("Computer", "User").agg(pl.len(), low("CommandLine").unique().alias("commands"))

    by_shape: dict[int, list[float]] = collections.defaultdict(list)
    rows = 0
    for n in range(ROUNDS):
        for number, shape in enumerate((processes, registry, network, access, matched)):
            started = time.process_time()
            rows += len(shape(n + 1).rows())
            by_shape[number].append(time.process_time() - started)
    _show("by hand in Polars", by_shape)
    print(f"  ({rows:,} rows found)")


def main() -> None:
    """Measure each size in a process of its own, so that its memory is its own."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.engine", description="Times the embedded engine.")
    parser.add_argument("events", nargs="*", type=int)
    parser.add_argument("--pack", type=Path)
    parser.add_argument("--app", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        measure(given.events[0], given.pack, given.app)
        return
    pack = given.pack or (CORPUS if CORPUS.is_dir() else None)
    with tempfile.TemporaryDirectory() as folder:
        chosen = [] if pack is None else ["--pack", str(pack.resolve()), "--app", str(_app_of(pack, Path(folder)))]
        for events in given.events or SIZES:
            command = [sys.executable, "-m", "tests.bench.engine", str(events), "--child", *chosen]
            subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
