"""What `contentpack test` needs before the first test runs: the pack, the plan, the rendered app, the data."""

from __future__ import annotations

import contextlib
import datetime
import math
import os
import shutil
import stat
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from generator.base.diagnostics import ConfigError, DatasetError, GeneratorError, RepositoryError
from generator.cli import terminal
from generator.cli.servers import ServerOptions, opened, settle

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from generator.cli.servers import Servers
    from generator.content.model import Pack
    from generator.replay.datasets import DataStore
    from generator.replay.plan import Planned
    from generator.replay.results import MutationScore, TestReport, TestResult
    from generator.replay.run import Rules, Runner


def present() -> float:
    """Return the time that searches of tests take for the present: noon (UTC) of today, so that a run depends on no time of day."""
    today = datetime.datetime.now(tz=datetime.UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    return today.timestamp()


def data_store(repo: Path, local: Path | None) -> DataStore:
    """Return where the data of a pack's tests are looked for."""
    from generator.replay.cache import DataCache
    from generator.replay.datasets import DataStore
    from generator.rules.cache import cache_folder

    return DataStore(repo.absolute(), DataCache(cache_folder(os.environ)), None if local is None else local.absolute())


def read_pack(repo: Path) -> Pack:
    """Load a pack; what cannot be read is told, since its tests are missing.

    Raises:
        RepositoryError: there is none.
    """
    from generator.content.load import load_pack, refuse_no_pack

    pack = load_pack(repo)
    refuse_no_pack(repo, found=bool(pack.config.document is not None or any(True for _ in pack.objects())))
    if not pack.config.app.id:
        raise ConfigError("the configuration has no app id; set `app.id` in contentpack.yml")
    unread = {problem.path for problem in pack.problems if problem.document is None}
    if unread:
        terminal.note(
            f"warning: {len(unread):,} file{'' if len(unread) == 1 else 's'} of the pack cannot be read, so what is in there is not "
            "tested; `contentpack validate` says why"
        )
    return pack


def fetch_missing(
    store: DataStore, plan: Sequence[Planned], progress: terminal.Progress, *, limit: int | None = None
) -> dict[str, DatasetError]:
    """Fetch what the plan's tests lack; return what went wrong, by address. What is no reference is left to the test."""
    from generator.replay.datasets import known_references

    located = []
    for reference in dict.fromkeys(data.data for one in plan if not one.skip for data in one.data):
        with contextlib.suppress(DatasetError):
            located.append(store.find(reference))
    missing = known_references(located)
    if not missing:
        return {}
    from generator.replay.download import MAX_BYTES, Wanted, fetch_all

    wanted = [Wanted(one.url, one.sha256) for one in missing.values()]
    what = f"fetching {len(wanted):,} file{'' if len(wanted) == 1 else 's'}, MB"

    def step(done: int, total: int) -> None:
        progress.step(what, done // 1_000_000, total // 1_000_000 or None)

    return fetch_all(wanted, store.cache, clock=time.time, limit=limit or MAX_BYTES, progress=step)


class Testing:
    """What a command line asked for, run once, over benign data, or again and again."""

    def __init__(
        self,
        repo: Path,
        selectors: Sequence[str],
        store: DataStore,
        rules: Rules,
        *,
        servers: ServerOptions | None = None,
        apps: Sequence[Path] = (),
        offline: bool = False,
        jobs: int | None = None,
        shard: tuple[int, int] | None = None,
        mutate: bool = False,
        min_score: float | None = None,
    ) -> None:
        self._mutate = mutate
        self._min_score = min_score
        self._repo = repo
        self._selectors = selectors
        self._store = store
        self._rules = rules
        self._servers = servers if servers is not None else ServerOptions()
        self._apps = apps
        self._offline = offline
        self._jobs = jobs
        self._shard = shard

    def run(self) -> TestReport:
        """Run the chosen tests."""
        from generator.replay.plan import make_plan

        started = time.perf_counter()
        with terminal.Progress() as progress:
            progress.step("reading the pack")
            pack = read_pack(self._repo)
            plan = make_plan(pack, self._selectors, self._shard)
            return self._tested(pack, plan, progress, started)

    def _tested(self, pack: Pack, plan: Sequence[Planned], progress: terminal.Progress, started: float) -> TestReport:
        from generator.cli.mutating import mutated
        from generator.replay.results import TestReport
        from generator.replay.run import run_tests

        servers = settle(self._servers, pack.config, self._repo)
        failed = {} if self._offline else fetch_missing(self._store, plan, progress)
        progress.step("rendering the app")
        total = sum(not one.skip for one in plan)
        with Session(self._repo, pack, plan, self._store, self._rules, apps=self._apps, failed=failed) as session:
            runner = session.runner()
            if servers.backend == "embedded":
                results = run_tests(
                    runner, plan, jobs=self._jobs, progress=lambda done: progress.step("testing", done, total)
                )
            else:
                results = self._on_servers(servers, runner, plan, progress)
            scores: dict[str, MutationScore] = {}
            minimum = None
            if self._mutate:
                config = pack.config.mutation
                scores = mutated(runner, plan, results, config, jobs=self._jobs, progress=progress)
                minimum = config.minimum if self._min_score is None else self._min_score
        return TestReport(
            results,
            servers.backend,
            _title(pack),
            seconds=time.perf_counter() - started,
            mutation=scores,
            minimum=minimum,
        )

    def _on_servers(
        self, servers: Servers, runner: Runner, plan: Sequence[Planned], progress: terminal.Progress
    ) -> tuple[TestResult, ...]:
        """Run a plan on servers, and with `both` on the embedded engine beside them."""
        from generator.backends.splunk import SplunkBackend
        from generator.replay.servers import run_on_servers

        timeout = self._rules.timeout or math.inf
        with contextlib.ExitStack() as stack:
            targets = stack.enter_context(opened(servers, tuple(self._apps), progress.step))
            progress.step("preparing the servers")
            backends = [
                stack.enter_context(SplunkBackend(target, self._rules.now, timeout=timeout)) for target in targets
            ]
            return run_on_servers(
                [runner.on(backend) for backend in backends],
                plan,
                beside=runner if servers.backend == "both" else None,
                progress=lambda done: progress.step("testing", done, len(plan)),
            )

    def noise(self, given: Sequence[str], known: Path | None) -> TestReport:
        """Run the chosen detections over benign data."""
        from generator.backends.base import EventData
        from generator.cli.search import parse_data
        from generator.content.model import Detection
        from generator.replay.noise import read_known, run_noise
        from generator.replay.plan import make_plan
        from generator.replay.results import TestReport

        started = time.perf_counter()
        with terminal.Progress() as progress:
            progress.step("reading the pack")
            pack = read_pack(self._repo)
            plan = make_plan(pack, self._selectors, self._shard)
            items = {one.item.path: one.item for one in plan}.values()
            detections = [item for item in items if isinstance(item, Detection)]
            if not detections:
                raise DatasetError(
                    "the selectors choose baselines only, whose work is to find rows; --noise is for detections"
                )
            data = []
            for text in given:
                one = parse_data(text, {}, "--noise")
                path = Path(one.path)
                if not path.exists():
                    raise DatasetError(f"{one.path}: no such file or folder")
                meta = one.given
                data.append(
                    EventData(
                        path, meta.get("sourcetype", ""), meta.get("source", ""), meta.get("host"), meta.get("index")
                    )
                )
            accepted = pack.config.noise if known is None else read_known(known)
            progress.step("loading the benign data")
            with Session(self._repo, pack, plan, self._store, self._rules, apps=self._apps, every=True) as session:
                found = run_noise(
                    session.runner(),
                    detections,
                    data,
                    accepted,
                    rules=self._rules,
                    jobs=self._jobs,
                    progress=lambda done: progress.step("searching", done, len(detections)),
                )
        return TestReport((), "embedded", _title(pack), seconds=time.perf_counter() - started, noise=found)

    def watch(self, told: Callable[[TestReport], int]) -> int:
        """Run the chosen tests, then those that a saved file touches, until the user ends it; return the last exit code."""
        from generator.replay.plan import make_plan
        from generator.replay.watch import data_files, stamps, touched, wait

        root = self._repo.absolute()
        files: dict[str, Path] = {}

        def look() -> dict[str, tuple[int, int]]:
            return stamps(root, (file for file in files.values() if not file.is_relative_to(root)))

        state = look()
        code = told(self.run())
        try:
            while True:
                pack = read_pack(self._repo)
                plan = make_plan(pack, self._selectors, self._shard)
                files = data_files(plan, self._store)
                state |= {path: stamp for path, stamp in look().items() if path not in state}
                terminal.note(f"watching {len(state):,} files; Ctrl-C ends")
                saved, state = wait(look, state)
                started = time.perf_counter()
                try:
                    pack = read_pack(self._repo)
                    plan = make_plan(pack, self._selectors, self._shard)
                    hit = touched(pack, plan, saved, {**files, **data_files(plan, self._store)})
                    terminal.note(f"saved: {', '.join(sorted(saved)[:5])}; {len(hit):,} tests are touched")
                    if hit:
                        with terminal.Progress() as progress:
                            report = self._tested(pack, hit, progress, started)
                        code = told(report)
                except GeneratorError as error:
                    terminal.error(str(error))
                    code = 2
        except KeyboardInterrupt:
            terminal.note("")
            return code


_PREFIX = "contentpack-test-"


def _clean_up(before: float) -> None:
    """Remove what killed runs of this user left more than a day ago."""
    user = os.getuid() if hasattr(os, "getuid") else None
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            seen = folder.lstat()
            if stat.S_ISDIR(seen.st_mode) and seen.st_mtime < before and user in {None, seen.st_uid}:
                shutil.rmtree(folder, ignore_errors=True)


def _title(pack: Pack) -> str:
    return pack.config.app.title or pack.config.app.id


class Session:
    """A rendered app in a temporary folder, with the runner of a plan over it; `every` detection, or those the plan needs."""

    def __init__(
        self,
        repo: Path,
        pack: Pack,
        plan: Sequence[Planned],
        store: DataStore,
        rules: Rules,
        *,
        apps: Sequence[Path] = (),
        failed: dict[str, DatasetError] | None = None,
        every: bool = False,
    ) -> None:
        self._every = every
        self._repo = repo
        self._pack = pack
        self._plan = plan
        self._store = store
        self._rules = rules
        self._apps = apps
        self._failed = failed or {}
        self._folder: Path | None = None

    def __enter__(self) -> Self:
        _clean_up(time.time() - 86_400)
        self._folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        return self

    def __exit__(self, *_: object) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def runner(self) -> Runner:
        """Render the app and return what runs tests over it.

        Raises:
            RepositoryError: the app cannot be written.
            ConfigError: the app has no id.
        """
        from generator.backends.embedded import EmbeddedBackend
        from generator.knowledge.attack import builtin_attack
        from generator.render import UnrenderableContentError, read_inputs, render_app
        from generator.render.context import RenderContext
        from generator.replay.app import RenderedApp
        from generator.replay.plan import with_chains
        from generator.replay.run import Runner

        assert self._folder is not None, "enter the session first"  # noqa: S101 - a mistake of ours
        inputs = read_inputs(self._repo, self._pack)
        detections = self._pack.detections if self._every else with_chains(self._pack, self._plan)
        pack = replace(self._pack, detections=detections, dashboards=(), investigations=())
        unrendered: dict[str, str] = {}
        while True:
            try:
                tree = render_app(pack, inputs, attack=builtin_attack(), skip=unrendered.keys())
                break
            except UnrenderableContentError as error:
                if error.path in unrendered:
                    raise
                unrendered[error.path] = str(error)
        context = RenderContext(pack, inputs)
        names = {item.path: context.stanza(item) for item in (*detections, *pack.baselines)}
        try:
            app = RenderedApp(tree, self._folder)
        except OSError as error:
            raise RepositoryError(f"cannot write to {self._folder}: {error.strerror or error}") from error
        return Runner(
            EmbeddedBackend(self._rules.now),
            app,
            self._store,
            names,
            {detection.name: detection.path for detection in self._pack.detections},
            rules=self._rules,
            others=self._apps,
            failed=self._failed,
            unrendered=unrendered,
        )
