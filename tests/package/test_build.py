"""`build_app`, the public function: what it gives, what it refuses. Truth: DESIGN section 4 of the contracts, `build.json`."""

from __future__ import annotations

import hashlib
import json
import tarfile
from typing import TYPE_CHECKING

import pytest

from generator import build_app
from generator.base.diagnostics import RepositoryError

if TYPE_CHECKING:
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
