"""`build_app`, the public function: what it gives, what it refuses. Truth: DESIGN section 4 of the contracts, `build.json`."""

from __future__ import annotations

import hashlib
import json
import tarfile
from typing import TYPE_CHECKING, Any

import pytest

from generator import build_app
from generator.base.diagnostics import GeneratorError, RepositoryError
from generator.render import confwrite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONFIG = """\
app:
  id: heron_pack
  title: Heron
  label: Heron
  prefix: HRN
  version: 1.2.3
  description: A pack for tests.
  author_name: Heron authors
  author_email: heron@example.com
  author_company: Heron
"""
MACRO = "name: heron_index\ndefinition: index=main\ndescription: Where events are.\n"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    root = tmp_path / "pack"
    (root / "macros").mkdir(parents=True)
    (root / "contentpack.yml").write_text(CONFIG)
    (root / "macros" / "heron_index.yml").write_text(MACRO)
    return root


def test_a_build_gives_archive_folder_and_record(pack: Path) -> None:
    build = build_app(pack)
    assert build.succeeded
    assert build.package is not None
    assert build.package.archive == pack / "dist" / "heron_pack-1.2.3.tar.gz"
    assert hashlib.sha256(build.package.archive.read_bytes()).hexdigest() == build.package.sha256
    with tarfile.open(build.package.archive) as tar:
        assert "heron_pack/default/macros.conf" in tar.getnames()
    record = json.loads(build.package.record.read_text())
    assert record["inputs"]["macros/heron_index.yml"] == hashlib.sha256(MACRO.encode()).hexdigest()
    assert build.beside == ("reporting/coverage.json",)
    assert (pack / "dist" / "reporting" / "coverage.json").is_file()


def test_an_error_stops_the_build_and_keep_going_packages_what_can_be(pack: Path, tmp_path: Path) -> None:
    (pack / "macros" / "other.yml").write_text("name: other\ndefinition: [\n")
    out = tmp_path / "out"
    stopped = build_app(pack, out)
    assert not stopped.succeeded
    assert stopped.package is None
    assert not out.exists()
    went_on = build_app(pack, out, keep_going=True)
    assert not went_on.succeeded
    assert went_on.package is not None
    assert (out / "heron_pack" / "default" / "macros.conf").is_file()


def test_a_folder_without_content_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RepositoryError, match="holds no content pack"):
        build_app(tmp_path)


def test_progress_is_told(pack: Path) -> None:
    seen: list[str] = []
    build_app(pack, progress=lambda what, _done: seen.append(what))
    assert list(dict.fromkeys(seen)) == ["reading", "rendering", "packaging"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_saved_searches_that_do_not_read_back_stop_the_build(
    pack: Path, jobs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = confwrite.render_parts

    def render_parts(name: str, **values: Any) -> Iterator[str]:
        yield from damaged(name, **values)
        if name == "conf/savedsearches.conf.j2":
            yield "\n[a stanza of its own]\n"

    monkeypatch.setattr(confwrite, "render_parts", render_parts)
    with pytest.raises(GeneratorError, match=r"default/savedsearches\.conf: text opens a stanza of its own"):
        build_app(pack, jobs=jobs)
    assert not (pack / "dist").exists()


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("files", [1, 200])
def test_what_cannot_be_rendered_is_told_or_left_out(pack: Path, jobs: int, files: int) -> None:
    for number in range(files):
        (pack / "macros" / f"m{number}.yml").write_text(f"name: m{number}\ndefinition: index=main\ndescription: x\n")
    (pack / "dashboards").mkdir()
    for name in ("one", "two"):
        text = f"name: {name}\nid: 5d5e3f5a-3f3c-4f0e-9a5c-8f3f3b6f0a11\nversion: 1\ndescription: x\nauthor: x\n"
        (pack / "dashboards" / f"{name}.yml").write_text(text)
        (pack / "dashboards" / f"{name}.json").write_text("{")
    built = build_app(pack, keep_going=True, jobs=jobs)
    assert built.package is not None
    assert set(built.skipped or ()) == {"dashboards/one.yml", "dashboards/two.yml"}
    assert (built.package.folder / "default" / "savedsearches.conf").is_file()
