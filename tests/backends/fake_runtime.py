"""A stand-in for the `docker` command: it keeps containers in a folder, and a container is our own server.

Called as `docker` would be; the folder is in FAKE_RUNTIME. What a container does instead of starting is in `behaviour` there.
Every call is written to `calls`, a JSON list of arguments a line.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import time
from pathlib import Path

HOME = Path(os.environ["FAKE_RUNTIME"])


def main(arguments: list[str]) -> int:
    with (HOME / "calls").open("a") as calls:
        calls.write(json.dumps(arguments) + "\n")
    return globals()[f"do_{arguments[0]}"](arguments[1:])


def do_run(arguments: list[str]) -> int:
    name = arguments[arguments.index("--name") + 1]
    behaviour = (HOME / "behaviour").read_text() if (HOME / "behaviour").exists() else ""
    if behaviour.startswith("refuse:"):
        print(behaviour[7:], file=sys.stderr)
        return 125
    folder = HOME / name
    folder.mkdir()
    (folder / "arguments").write_text(json.dumps(arguments))
    (folder / "label").write_text(arguments[arguments.index("--label") + 1])
    if behaviour.startswith("die:"):
        (folder / "log").write_text(behaviour[4:])
        print("0" * 64)
        return 0
    environment = {**os.environ, "CONTENTPACK_PASSWORD": os.environ["SPLUNK_PASSWORD"]}
    (folder / "pack").mkdir()
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "generator",
                "serve",
                "--port",
                "0",
                "--hec-port",
                "0",
                "--data-dir",
                str(folder / "data"),
            ],
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            env=environment,
            cwd=folder / "pack",
            start_new_session=True,
        )
    (folder / "pid").write_text(str(server.pid))
    print("0" * 64)
    return 0


def do_ps(arguments: list[str]) -> int:
    wanted = arguments[arguments.index("--filter") + 1].removeprefix("label=")
    for folder in HOME.iterdir():
        if folder.is_dir() and (folder / "pid").exists() and (folder / "label").read_text() == wanted:
            print(folder.name)
    return 0


def do_port(arguments: list[str]) -> int:
    name, port = arguments
    words = {}
    for line in (HOME / name / "log").read_text().splitlines():
        if line.startswith("ready "):
            words = dict(word.split("=", 1) for word in line.split()[1:])
    if not words:
        print(f"Error: No public port '{port}' published for {name}", file=sys.stderr)
        return 1
    print(words["rest" if port == "8089/tcp" else "hec"].removeprefix("https://"))
    return 0


def do_inspect(arguments: list[str]) -> int:
    folder = HOME / arguments[-1]
    if not folder.is_dir():
        print(f"Error: No such object: {arguments[-1]}", file=sys.stderr)
        return 1
    running = (folder / "pid").exists()
    print(
        json.dumps({"Status": "running" if running else "exited", "Running": running, "ExitCode": 0 if running else 1})
    )
    return 0


def do_logs(arguments: list[str]) -> int:
    print((HOME / arguments[-1] / "log").read_text(), file=sys.stderr)
    return 0


def do_cp(arguments: list[str]) -> int:
    name, _, target = arguments[1].partition(":")
    with tarfile.open(fileobj=sys.stdin.buffer, mode="r|") as tar:
        names = [member.name for member in tar]
    (HOME / name / "copied").write_text(json.dumps([target, names]))
    return 0


def do_rm(arguments: list[str]) -> int:
    folder = HOME / arguments[-1]
    if not folder.exists():
        print(f"Error response from daemon: No such container: {folder.name}", file=sys.stderr)
        return 1
    if (folder / "pid").exists():
        os.kill(int((folder / "pid").read_text()), 15)
        time.sleep(0.1)
    folder.rename(HOME.parent / f"{folder.name}-removed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
