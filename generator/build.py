"""A pack's folder becomes the app in `dist/`: validated, rendered, checked as AppInspect would, packaged.

What stops a build is a finding at error level; `keep_going` packages what can be rendered all the same. Nothing is written
before all of it is made. Printing is left to the command line.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import os
import posixpath
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from generator.base.diagnostics import RepositoryError, Severity
from generator.base.frozen import dataclass
from generator.base.parallel import Pending
from generator.content.load import refuse_no_pack
from generator.package import Staging, archive_mtime, pack_archive, package
from generator.rules.run import check_app, validate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from collections.abc import Set as AbstractSet

    from generator.analysis.model import AnalyzedPack
    from generator.base.apptree import AppTree
    from generator.base.diagnostics import Diagnostic
    from generator.content.model import Pack
    from generator.knowledge.attack import Attack
    from generator.package import PackageResult
    from generator.render import Rendered, RenderInputs, Rest
    from generator.rules.run import Validation


@dataclass(frozen=True, slots=True)
class Build:
    """What a build came to.

    `diagnostics` are the findings about content and app. `tree` is the rendered app, None where a finding stopped the
    build before; `package` says where it was written, None where nothing was. `skipped` is content that could not be
    rendered: path to reason. `beside` are the paths of further files, relative to the output folder.
    """

    validation: Validation
    diagnostics: tuple[Diagnostic, ...]
    tree: AppTree | None = None
    package: PackageResult | None = None
    skipped: Mapping[str, str] | None = None
    beside: tuple[str, ...] = ()

    @property
    def succeeded(self) -> bool:
        """Whether nothing at error level was found and nothing was left out."""
        return not self.skipped and not any(found.severity is Severity.ERROR for found in self.diagnostics)


def build_app(
    repo: Path | str,
    out: Path | str | None = None,
    *,
    keep_going: bool = False,
    today: datetime.date | None = None,
    environ: Mapping[str, str] | None = None,
    jobs: int | None = None,
    cache: bool = False,
    progress: Callable[[str, int | None], None] | None = None,
) -> Build:
    """Build the app of a content pack.

    Args:
        repo: the pack's folder.
        out: where the app is written; None for `dist` in the pack.
        keep_going: package what can be rendered in spite of findings at error level.
        today: the date that "in the future" is measured against; None leaves such checks out.
        environ: the environment in which `SOURCE_DATE_EPOCH` is looked up; None for the process's own.
        jobs: processes; None for one a core.
        cache: keep the results of checks between runs in the user's cache folder.
        progress: called with what is done now and how many items are done.

    Raises:
        RepositoryError: the pack cannot be read, or the output cannot be written; the previous build stays whole.
        ConfigError: the app's id or version cannot be a file name, or SOURCE_DATE_EPOCH is no time.
        UnrenderableContentError: content cannot be rendered, and `keep_going` is off.
    """
    from generator.render import UnrenderableContentError, read_inputs, render_build  # noqa: PLC0415 - see `_import_rest`

    root = Path(repo)
    target = Path(out) if out is not None else root / "dist"
    tell = progress if progress is not None else _silent
    tell("reading", None)
    with contextlib.ExitStack() as apart:
        rest: Pending[tuple[Rest, dict[str, str]]]
        sums: dict[str, str] = {}

        def begun_apart(
            pack: Pack, attack: Attack, skip: AbstractSet[str] = frozenset()
        ) -> Pending[tuple[Rest, dict[str, str]]]:
            nonlocal rest
            apart.close()
            rest = apart.enter_context(Pending(partial(_rest, root, pack, attack, skip)))
            return rest

        def made_apart() -> Rest:
            made, checksums = rest.result()
            sums.update(checksums)
            return made

        checked = validate(
            root,
            today=today,
            progress=lambda done: tell("checking", done),
            jobs=jobs,
            cache=cache,
            meanwhile=_import_rest,
            afterwards=begun_apart,
        )
        pack, attack = checked.analyzed.pack, checked.attack
        refuse_no_pack(root, found=bool(checked.texts or checked.diagnostics))
        if not keep_going and _stops(checked.diagnostics):
            return Build(checked, checked.diagnostics)

        tell("rendering", None)
        inputs = read_inputs(root, pack)
        skipped: dict[str, str] = {}
        while True:
            try:
                rendered = render_build(pack, inputs, attack=attack, skip=skipped.keys(), rest=made_apart)
                break
            except UnrenderableContentError as error:
                if not keep_going or error.path in skipped:
                    raise
                skipped[error.path] = str(error)
                begun_apart(pack, attack, skipped.keys()).begin(jobs=jobs)

    tree, files = rendered.tree, rendered.beside
    mtime = archive_mtime(newest_date(pack), os.environ if environ is None else environ)
    with Pending(partial(_checked, checked.analyzed, rendered)).begin(jobs=jobs) as checking:
        archive = pack_archive(tree, mtime)
        versions = {"attack": attack.version}
        with Staging(tree, target, archive, inputs=sums, versions=versions, beside=files) as staging:
            diagnostics = (*checked.diagnostics, *checking.result())
            if not keep_going and (skipped or _stops(diagnostics)):
                return Build(checked, diagnostics, tree, skipped=skipped)
            tell("packaging", None)
            result = staging.put_in_place()
    return Build(checked, diagnostics, tree, result, skipped, tuple(files))


def write_package(root: Path, checked: Validation, tree: AppTree, inputs: RenderInputs, target: Path) -> PackageResult:
    """Write an app that was rendered already: folder, archive and `build.json`, as `build_app` would.

    Raises:
        RepositoryError: a file cannot be read, or the output cannot be written; the previous build stays whole.
        ConfigError: the app's id or version cannot be a file name, or SOURCE_DATE_EPOCH is no time.
    """
    pack = checked.analyzed.pack
    return package(
        tree,
        target,
        inputs=checksums(root, pack, inputs),
        versions={"attack": checked.attack.version},
        mtime=archive_mtime(newest_date(pack), os.environ),
    )


def _rest(root: Path, pack: Pack, attack: Attack, skip: AbstractSet[str]) -> tuple[Rest, dict[str, str]]:
    from generator.render import read_inputs, render_rest  # noqa: PLC0415 - see `_import_rest`

    inputs = read_inputs(root, pack)
    return render_rest(pack, inputs, attack=attack, skip=skip), checksums(root, pack, inputs)


def _checked(analyzed: AnalyzedPack, rendered: Rendered) -> tuple[Diagnostic, ...]:
    file = rendered.unproven.read_back()
    return check_app(analyzed, rendered.tree, {file.path: file})


def _import_rest() -> None:
    """Import what the build needs besides the checks, while other processes already read files."""
    import_module("generator.render")
    import_module("generator.package")
    import_module("jinja2.sandbox")


def _silent(_what: str, _done: int | None) -> None:
    pass


def _stops(diagnostics: tuple[Diagnostic, ...]) -> bool:
    return any(found.severity is Severity.ERROR for found in diagnostics)


def checksums(root: Path, pack: Pack, inputs: RenderInputs) -> dict[str, str]:
    """Return the SHA-256 of every file that the app was made from, by path."""
    sums = {f"app_template/{path}": hashlib.sha256(data).hexdigest() for path, data in inputs.static.items()}
    sums |= {path: hashlib.sha256(data).hexdigest() for path, data in inputs.data.items()}
    documents = {item.path for item in pack.objects()}
    if pack.config.document is not None:
        documents.add(pack.config.document.path)
    if pack.config.attack:
        documents.add(posixpath.normpath(pack.config.attack))
    for path in documents:
        try:
            sums[path] = hashlib.sha256((root / path).read_bytes()).hexdigest()
        except OSError as error:
            raise RepositoryError(f"cannot read {path}: {error.strerror or error}") from error
    return sums


def newest_date(pack: Pack) -> int | None:
    """Return the newest date that the content gives itself, as seconds since 1970; None without any."""
    dates = [item.modification_date for item in pack.objects() if item.modification_date is not None]
    if not dates:
        return None
    return int(datetime.datetime.combine(max(dates), datetime.time(), tzinfo=datetime.UTC).timestamp())
