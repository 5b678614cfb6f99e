"""What `contentpack test` needs before the first test runs: the pack, the plan, the rendered app, the data."""

from __future__ import annotations

import contextlib
import datetime
import os
import shutil
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from generator.base.diagnostics import ConfigError, DatasetError, RepositoryError
from generator.cli import terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.content.model import Pack
    from generator.replay.datasets import DataStore
    from generator.replay.plan import Planned
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
    from generator.replay.download import MAX_BYTES, Wanted, fetch_all

    located = []
    for reference in dict.fromkeys(data.data for one in plan if not one.skip for data in one.data):
        with contextlib.suppress(DatasetError):
            located.append(store.find(reference))
    wanted = [Wanted(one.url, one.sha256) for one in known_references(located).values()]
    if not wanted:
        return {}
    what = f"fetching {len(wanted):,} file{'' if len(wanted) == 1 else 's'}, MB"

    def step(done: int, total: int) -> None:
        progress.step(what, done // 1_000_000, total // 1_000_000 or None)

    return fetch_all(wanted, store.cache, clock=time.time, limit=limit or MAX_BYTES, progress=step)


class Session:
    """A rendered app in a temporary folder, with the runner of a plan over it."""

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
    ) -> None:
        self._repo = repo
        self._pack = pack
        self._plan = plan
        self._store = store
        self._rules = rules
        self._apps = apps
        self._failed = failed or {}
        self._folder: Path | None = None

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="contentpack-test-"))
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
        detections = with_chains(self._pack, self._plan)
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
        names = {detection.path: context.stanza(detection) for detection in detections}
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
