"""Apps: listed, made, installed, packaged, removed; hostile packages are refused and leave nothing.

Truth: REST API Reference, "apps/local"; splunklib.client.Application.
"""

from __future__ import annotations

import io
import tarfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import splunklib.client as sdk
    from running import Server


def _name() -> str:
    return f"app_{uuid.uuid4().hex[:8]}"


def _package(files: dict[str, str], extra: tarfile.TarInfo | None = None) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for path, text in files.items():
            info = tarfile.TarInfo(path)
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
        if extra is not None:
            archive.addfile(extra)
    return out.getvalue()


def _app(name: str, definition: str = "eval from_package=1", version: str = "1.2.3") -> dict[str, str]:
    return {
        f"{name}/default/app.conf": f"[launcher]\nversion = {version}\nauthor = me\n[ui]\nlabel = The {name}\n",
        f"{name}/default/macros.conf": f"[{name}_macro]\ndefinition = {definition}\n",
        f"{name}/metadata/default.meta": "[]\nexport = system\n",
    }


def test_an_app_is_made_changed_and_removed(service: sdk.Service) -> None:
    name = _name()
    app = service.apps.create(name, label="A label", author="me")
    assert (app["label"], app["author"], app["visible"]) == ("A label", "me", "1")
    app.update(description="about it", version="2.0.0").refresh()
    assert (app["description"], app["version"]) == ("about it", "2.0.0")
    app.disable()
    assert app.refresh()["disabled"] == "1"
    app.enable()
    assert app.setupInfo is None or "eai:setup" in app.setupInfo
    assert app.updateInfo()["update.available"] == "0"
    package = app.package()
    assert package.name == name
    with tarfile.open(Path(package.path)) as archive:
        assert f"{name}/local/app.conf" in archive.getnames()
    assert not service.restart_required
    assert [file.name for file in Path(package.path).parent.iterdir() if name in file.name] == [f"{name}.spl"]
    service.apps.delete(name)
    assert name not in service.apps
    assert service.restart_required  # as in Splunk
    service.messages.delete("restart_required")
    assert not service.restart_required


@pytest.mark.parametrize("way", ["path", "body", "form"])
def test_a_package_is_installed_and_counts_at_once(server: Server, tmp_path: Path, way: str) -> None:
    name = _name()

    def install(package: bytes, *, update: bool) -> int:
        if way == "path":
            file = tmp_path / "package.spl"
            file.write_bytes(package)
            return server.post("apps/local", name=str(file), filename="true", update=str(update)).status
        if way == "body":
            headers = {"Content-Type": "application/gzip"}
            return server.ask("apps/local", "POST", body=package, headers=headers, update=int(update)).status
        parts = [b'--XX\r\nContent-Disposition: form-data; name="update"\r\n\r\n' + str(int(update)).encode()]
        parts.append(
            b'--XX\r\nContent-Disposition: form-data; name="appfile"; filename="a.tgz"\r\n'
            b"Content-Type: application/octet-stream\r\n\r\n" + package
        )
        body = b"\r\n".join(parts) + b"\r\n--XX--\r\n"
        headers = {"Content-Type": "multipart/form-data; boundary=XX"}
        return server.ask("apps/local", "POST", body=body, headers=headers).status

    assert install(_package(_app(name)), update=False) == 201
    assert server.ask(f"apps/local/{name}").entries[name]["version"] == "1.2.3"
    row = server.rows(f"| makeresults | `{name}_macro` | table from_package")
    assert row == [{"from_package": "1"}]
    local = {"name": "kept", "definition": "x"}
    assert server.ask(f"/servicesNS/nobody/{name}/configs/conf-macros", "POST", form=local).status == 201
    assert install(_package(_app(name, "eval from_package=2", "2.0.0")), update=False) == 409
    assert install(_package(_app(name, "eval from_package=2", "2.0.0")), update=True) == 200
    assert server.rows(f"| makeresults | `{name}_macro` | table from_package") == [{"from_package": "2"}]
    assert server.ask(f"/servicesNS/nobody/{name}/configs/conf-macros/kept").status == 200
    assert server.delete(f"apps/local/{name}").status == 200
    server.delete("messages/restart_required")
    assert server.post("search/v2/jobs", search=f"| makeresults | `{name}_macro`").status == 400


def _link(name: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo(f"{name}/default/link")
    info.type = tarfile.SYMTYPE
    info.linkname = "/etc/passwd"
    return info


def _device(name: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo(f"{name}/default/device")
    info.type = tarfile.CHRTYPE
    return info


def test_hostile_packages_are_refused(server: Server) -> None:
    name = _name()
    good = _app(name)
    headers = {"Content-Type": "application/gzip"}
    for package in (
        b"",
        b"no archive at all",
        _package({}),
        _package({f"{name}/other/x": "y"}),
        _package({**good, "../outside/default/x": "y"}),
        _package({**good, "/etc/x": "y"}),
        _package({**good, "second/default/app.conf": "y"}),
        _package({**good, "loose.txt": "y"}),
        _package({**good, f"{name}\\..\\x": "y"}),
        _package(good, _link(name)),
        _package(good, _device(name)),
        _package({path.replace(name, ".hidden"): text for path, text in good.items()}),
        _package({path.replace(name, "system"): text for path, text in good.items()}),
        _package(good)[:-40],
    ):
        assert server.ask("apps/local", "POST", body=package, headers=headers).status == 400
        assert name not in server.ask("apps/local", count=0).entries
    leftovers = [
        file.name for file in (server.folder / "etc" / "apps").iterdir() if file.name.startswith(".installing")
    ]
    assert leftovers == []
    assert not (server.folder / "etc" / "outside").exists()


def test_what_is_wrong_about_an_app_is_told(server: Server) -> None:
    assert server.ask("apps/local/SplunkEnterpriseSecuritySuite").status == 404
    for name in ("../x", "a b", ".hidden", "system", ""):
        assert server.post("apps/local", name=name).status == 400
    assert server.post("apps/local", name="search").status == 409
    assert server.delete("apps/local/search").status == 400
    assert server.post("apps/local", name="/no/such/file.tgz", filename="1").status == 400
    assert server.post("apps/local", name=_name(), nonsense="1").status == 400


def test_every_argument_of_an_app_counts_or_is_refused(server: Server) -> None:
    assert server.ask("/services/apps/local", "POST", form={"name": "counted", "colour": "red"}).status == 400
    assert server.ask("/services/apps/local/counted").status == 404
    server.post("apps/local", name="counted", visible="0")
    form = {"disabled": "1", "check_for_updates": "false"}
    path = "/services/apps/local/counted"
    content = server.ask(path, "POST", form=form, output_mode="json").json["entry"][0]["content"]
    assert (content["disabled"], content["check_for_updates"], content["visible"]) == (True, False, False)
    assert server.ask(path, "POST", form={"visible": "perhaps"}).status == 400
