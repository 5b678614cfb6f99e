"""What the pages claim holds: generated parts are fresh, outputs are real, links lead somewhere, commands exist.

`pytest tests/test_docs.py --update` writes the generated parts anew, to be read as a diff.
"""

from __future__ import annotations

import ast
import datetime
import inspect
import itertools
import json
import re
import shlex
import shutil
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import click
import pytest
import yaml

from generator.cli.fields import field_table
from generator.cli.main import COMMANDS, cli, load_command, run
from generator.commands import load_commands
from generator.commands.known import KNOWN
from generator.content.config import config_of
from generator.content.dialects import FOLDERS
from generator.content.model import Dialect
from generator.content.schema import load_schema, schema_name, schema_names
from generator.functions import EVAL, STATS
from generator.replay.mutants.kinds import DESCRIPTIONS
from generator.rules.registry import load_rules
from generator.splunkd.routes import GROUPS as ROUTE_GROUPS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from generator.spl.syntax import CommandSpec

    Session = Callable[[str, dict[str, dict[str, str]]], str]

BLOCK = re.compile(r"<!-- generated: (?P<name>[^>]+) -->\n(?P<body>.*?)<!-- end of (?P=name) -->\n", re.DOTALL)
FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
PACK_PARTS = (
    "attack_data",
    "baselines",
    "dashboards",
    "data_sources",
    "detections",
    "lookups",
    "macros",
    "schedules",
    "stories",
)
NO_RULES = frozenset({"AND", "SPL999"})
GROUPS = {
    "YML": "files and YAML",
    "CON": "the configuration",
    "SCH": "the fields of each kind of file",
    "REF": "names, ids and what they refer to",
    "DEP": "deprecated and removed content",
    "MAC": "macros",
    "LKP": "lookups and their tables",
    "SPL": "the language of searches",
    "DMO": "data models",
    "FLD": "fields and tokens that the results must have",
    "DET": "what a detection must have and may not contradict",
    "TST": "tests and attack data",
    "SCD": "schedules and time windows",
    "DSH": "dashboards",
    "PLB": "playbooks",
    "PRF": "what a search costs",
    "SEC": "content that harms, or that AppInspect refuses",
    "APP": "the rendered app",
    "SUP": "suppression comments",
}

RECOVERY = "detections/endpoint/windows_system_recovery_tampering_by_command_line.yml"
OKTA = "detections/application/okta_push_accepted_after_repeated_rejections.yml"
MISTAKES = {
    RECOVERY: {
        "Processes.parent_process_name Processes.parent_process": "Processes.parent_process_name Processes.parent_proces",
        "$user$ ran $process_name$": "$user$ ran $proces_name$",
    },
    OKTA: {"| stats count min(firstTime)": "| stat count min(firstTime)"},
}


class Clock(datetime.datetime):
    """The time of the outputs: after the newest date of the pack, whenever the tests run."""

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> Clock:
        return cls(2027, 1, 1, tzinfo=tz)


@pytest.fixture(scope="session")
def all_pages(root: Path) -> list[Path]:
    return [root / "README.md", root / "generator" / "README.md", *sorted((root / "docs").rglob("*.md"))]


@pytest.fixture
def session(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Session:
    """Run a command line in a fresh copy of this repository's pack, with mistakes put in; return the block of a page."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    clock = SimpleNamespace(datetime=Clock, UTC=datetime.UTC, time=datetime.time)
    monkeypatch.setattr("generator.cli.validate.datetime", clock)
    monkeypatch.setattr("generator.cli.build_app.datetime", clock)

    def run_line(line: str, mistakes: dict[str, dict[str, str]]) -> str:
        pack = tmp_path / "pack"
        shutil.rmtree(pack, ignore_errors=True)
        for name in PACK_PARTS:
            shutil.copytree(root / name, pack / name)
        shutil.copyfile(root / "contentpack.yml", pack / "contentpack.yml")
        monkeypatch.chdir(pack)
        for path, changes in mistakes.items():
            text = (pack / path).read_text(encoding="utf-8")
            for old, new in changes.items():
                assert text.count(old) == 1, f"{old!r} is not once in {path}: choose other mistakes for the page"
                text = text.replace(old, new)
            (pack / path).write_text(text, encoding="utf-8")
        run(cli, shlex.split(line)[1:], "contentpack")
        out, err = capsys.readouterr()
        shown = re.sub(r"sha256 ([0-9a-f]{8})[0-9a-f]{56}", r"sha256 \1...", out + err)
        # How long it took is no fact about the content.
        return re.sub(r" \(\d+\.\d s\)$", "", shown, flags=re.MULTILINE)

    return run_line


# -- generated parts -------------------------------------------------------------------------------------------------


def makers(session: Session) -> dict[str, Callable[[], str]]:
    """Return what makes each generated part, by its name."""
    made: dict[str, Callable[[], str]] = {
        "settings": lambda: table_of("config.contentpack"),
        "commands of SPL": commands_of_spl,
        "functions of SPL": functions_of_spl,
        "commands that run": commands_that_run,
        "commands that do not run": commands_that_do_not_run,
        "functions that run": functions_that_run,
        "kinds of mutants": kinds_of_mutants,
        "routes of serve": routes_of_serve,
        "settings of VS Code": editor_settings,
        "groups of rules": groups_of_rules,
        "rules with a fix": rules_with_a_fix,
        "sound pack": lambda: shown("contentpack validate", session("contentpack validate", {})),
        "mistakes": lambda: shown("contentpack validate", session("contentpack validate", MISTAKES)),
        "build": lambda: shown("contentpack build-app", session("contentpack build-app", {})),
        "annotations": lambda: shown(
            "contentpack validate --format github", session("contentpack validate --format github", MISTAKES)
        ),
    }
    for name in schema_names():
        if name == "config.contentpack":
            continue  # the settings
        made[f"fields of {name}"] = partial(table_of, name)
    return made


def routes_of_serve() -> str:
    """Each route with what it does, by groups, from the table that the server dispatches by."""
    parts = ["\n"]
    for title, routes in ROUTE_GROUPS:
        parts.append(f"### {title}\n\n| method | path | does |\n|---|---|---|\n")
        for route in routes:
            methods = ", ".join(route.methods.split())
            summary = route.summary.replace("|", "\\|")
            parts.append(f"| {methods} | `{route.path or '/'}` | {summary} |\n")
        parts.append("\n")
    return "".join(parts)


def table_of(name: str) -> str:
    return f"\n{field_table(load_schema(name))}\n"


def shown(line: str, output: str) -> str:
    return f"```console\n$ {line}\n{output.rstrip()}\n```\n"


def commands_of_spl() -> str:
    """The commands whose arguments are read, and those that are known by name."""
    table = load_commands()
    read, named = [], []
    for name in sorted(KNOWN):
        spec = table.get(name)
        (named if spec is None or spec.parse is None else read).append(f"`{name}`")
    return (
        f"\nRead in full ({len(read)}): {', '.join(read)}.\n\n"
        f"Known by name, arguments kept as text ({len(named)}): {', '.join(named)}.\n\n"
    )


def functions_of_spl() -> str:
    listed = {"Eval": EVAL, "Statistical": STATS}
    return "\n" + "".join(
        f"{title} ({len(names)}): {', '.join(f'`{name}`' for name in sorted(names))}.\n\n"
        for title, names in listed.items()
    )


def commands_that_run() -> str:
    """What each command does in the engine, its options, and what it refuses: from its `run` and its own source."""
    rows = []
    for name, spec in specs():
        if spec.run is None:
            continue
        about = inspect.getdoc(spec.run) or ""
        assert about, f"{name}: `run` says nothing"
        options = ", ".join(f"`{option}`" for option in spec.options)
        told = " ".join(re.split(r"\n\nRaises:", about)[0].split())
        rows.append(f"| `{name}` | {cell(told)} | {options} | {cell('; '.join(refused(spec)))} |\n")
    return f"\n| command | here | options | refused |\n| --- | --- | --- | --- |\n{''.join(rows)}\n"


def commands_that_do_not_run() -> str:
    names = [f"`{name}`" for name, spec in specs() if spec.run is None]
    return f"\n{len(names)} commands: {', '.join(names)}.\n\n"


def functions_that_run() -> str:
    groups = {
        "Eval functions": [(name, one.call is not None or one.build is not None) for name, one in EVAL.items()],
        "Aggregations": [(name, one.aggregate is not None) for name, one in STATS.items()],
    }
    told = []
    for title, functions in groups.items():
        run_here = sorted(f"`{name}`" for name, runs in functions if runs)
        missing = sorted(f"`{name}`" for name, runs in functions if not runs)
        told.append(f"{title} that run ({len(run_here)}): {', '.join(run_here)}.\n\n")
        if missing:
            told.append(f"{title} that run in some commands only, or nowhere: {', '.join(missing)}.\n\n")
    return "\n" + "".join(told)


def specs() -> list[tuple[str, CommandSpec]]:
    table = load_commands()
    return [(name, spec) for name in sorted(KNOWN) if (spec := table.get(name)) is not None]


def refused(spec: CommandSpec) -> list[str]:
    """What the module behind a command's `run` raises `UnsupportedSpl` for, with `...` for what varies."""
    tree = ast.parse(inspect.getsource(inspect.getmodule(spec.run)))  # type: ignore[arg-type]  # it has a module
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "unsupported":
            text = node.args[0]
            parts = text.values if isinstance(text, ast.JoinedStr) else [text]
            told = "".join(str(part.value) if isinstance(part, ast.Constant) else "..." for part in parts)
            found.append(re.sub(r"in `\.\.\.`$", f"in `{spec.name}`", told))
    return sorted(dict.fromkeys(found))


def cell(text: str) -> str:
    return text.replace("|", r"\|")


def kinds_of_mutants() -> str:
    """The kinds, each with the first example of its cases."""
    lines = (Path(__file__).parent / "replay" / "mutants.test").read_text("utf-8").splitlines()
    rows = ["| kind | what happens | for example |", "| --- | --- | --- |"]
    for kind, what in DESCRIPTIONS.items():
        first = next(line for line in lines if line.startswith(f"{kind}: "))
        before, _, after = first.partition(": ")[2].partition(" ->")
        example = f"`{cell(before)}` becomes `{cell(after.strip())}`" if after else f"`{cell(before)}` is gone"
        rows.append(f"| `{kind}` | {cell(what)} | {example} |")
    text = "\n".join(rows)
    return f"\n{text}\n\n"


def editor_settings() -> str:
    """The settings that tie each content folder to the schema of its kind, for a pack in the native dialect."""
    folders = {}
    for folder, kind in FOLDERS.items():
        if f"{kind.value}.native" in schema_names():
            folders.setdefault(f".schemas/{schema_name(kind, Dialect.NATIVE)}.schema.json", []).append(
                f"{folder}/**/*.yml"
            )
    folders[".schemas/config.contentpack.schema.json"] = ["contentpack.yml"]
    return f"```json\n{json.dumps({'yaml.schemas': folders}, indent=2)}\n```\n"


def groups_of_rules() -> str:
    groups = {re.sub(r"\d", "", rule.code) for rule in load_rules()}
    assert groups == GROUPS.keys(), "a group of rules has no words in tests/test_docs.py"
    rows = "".join(f"| {group} | {about} |\n" for group, about in GROUPS.items())
    return f"\n| group | about |\n| --- | --- |\n{rows}\n"


def rules_with_a_fix() -> str:
    """The rules whose case files show a fix."""
    home = Path(__file__).parent / "rules"
    found = []
    for rule in load_rules():
        cases = home / f"{rule.code}.yml"
        if cases.is_file() and any("fix" in case for case in yaml.load(cases.read_text("utf-8"), yaml.CSafeLoader)):
            found.append(f"`{rule.code}` ({rule.name})")
    return f"\nRules that offer a fix: {', '.join(found)}.\n\n"


def comparable(text: str) -> str:
    """Leave out what differs with the version of zlib."""
    return re.sub(r"[\d.]+ kB, sha256 \w+\.\.\.", "SIZE", text)


def test_generated_parts_are_fresh(all_pages: list[Path], session: Session, *, update: bool) -> None:
    known = makers(session)
    used = []
    for page in all_pages:
        text = page.read_text(encoding="utf-8")
        for block in list(BLOCK.finditer(text)):
            name = block["name"]
            assert name in known, f"{page.name}: nothing makes {name!r}"
            used.append(name)
            made = known[name]()
            if update:
                text = text.replace(block[0], f"<!-- generated: {name} -->\n{made}<!-- end of {name} -->\n")
                page.write_text(text, encoding="utf-8")
            else:
                assert comparable(block["body"]) == comparable(made), f"{page.name} is stale: --update writes it anew"
    assert sorted(used) == sorted(known)


# -- what is said by hand --------------------------------------------------------------------------------------------


def test_every_page_is_reached_from_the_index(root: Path) -> None:
    index = (root / "docs" / "index.md").read_text(encoding="utf-8")
    linked = {match["target"].partition("#")[0] for match in LINK.finditer(index)}
    folder = root / "docs"
    wanted = {path.relative_to(folder).as_posix() for path in folder.rglob("*.md")} - {"index.md"}
    assert wanted <= linked, f"not in docs/index.md: {sorted(wanted - linked)}"


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings as GitHub makes them."""
    found = set()
    outside = FENCE.sub("", page.read_text(encoding="utf-8"))
    for line in outside.splitlines():
        if line.startswith("#"):
            words = re.sub(r"[^\w\- ]", "", line.lstrip("#").strip().lower())
            found.add(words.replace(" ", "-"))
    return found


def test_links_lead_to_files_and_headings_that_exist(all_pages: list[Path]) -> None:
    broken = []
    for page in all_pages:
        for match in LINK.finditer(FENCE.sub("", page.read_text(encoding="utf-8"))):
            target, _, anchor = match["target"].partition("#")
            if "://" in target or "{" in target:
                continue
            file = (page.parent / target).resolve() if target else page
            if not file.exists() or (anchor and anchor not in anchors(file)):
                broken.append(f"{page.name}: {match['target']}")
    assert broken == []


def command_lines(page: Path) -> Iterator[list[str]]:
    for block in FENCE.finditer(page.read_text(encoding="utf-8")):
        if block["language"] not in {"console", "yaml"}:
            continue
        for line in block["body"].splitlines():
            found = re.match(r"\s*(?:\$|(?:- )?run:) (?P<line>(?:contentpack|build-app)\b.*)", line)
            if found:
                lexer = shlex.shlex(re.sub(r"\s+# .*", "", found["line"]), posix=True, punctuation_chars="|&;<>")
                lexer.whitespace_split = True
                yield list(itertools.takewhile(lambda word: word[0] not in "|&;<>", lexer))


def test_command_lines_of_the_pages_name_commands_and_options_that_exist(all_pages: list[Path]) -> None:
    seen = 0
    for page in all_pages:
        for words in command_lines(page):
            seen += 1
            rest = ["build-app", *words[1:]] if words[0] == "build-app" else words[1:]
            if not rest or rest[0].startswith("-"):
                continue
            assert rest[0] in COMMANDS, f"{page.name}: {' '.join(words)}"
            command = load_command(rest[0])
            if isinstance(command, click.Group):
                command = command.commands[rest[1]]
            options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
            for word in rest[1:]:
                if word.startswith("--"):
                    assert word.partition("=")[0] in {*options, "--help"}, f"{page.name}: {' '.join(words)}"
    assert seen > 20


def test_settings_shown_in_the_pages_are_right(root: Path) -> None:
    shown_settings = [
        block["body"]
        for block in FENCE.finditer((root / "docs" / "configuration.md").read_text(encoding="utf-8"))
        if block["language"] == "yaml" and block["body"].startswith("app:")
    ]
    assert shown_settings
    for text in shown_settings:
        _, problems = config_of("contentpack.yml", text.encode())
        assert [problem.message for problem in problems] == []


def test_tutorial_shows_the_files_of_the_pack(root: Path) -> None:
    """Each line of the tutorial's YAML and CSV stands in the detection or its lookup, whatever its indentation."""
    files = [root / RECOVERY, *(root / "lookups" / "csv").glob("*")]
    known = {line.strip() for file in files for line in file.read_text(encoding="utf-8").splitlines()}
    page = (root / "docs" / "writing-detections.md").read_text(encoding="utf-8")
    for block in FENCE.finditer(page):
        if block["language"] in {"yaml", "csv"} and "contentpack: ignore" not in block["body"]:
            for line in block["body"].splitlines():
                assert re.sub(r"\s+# .*", "", line).strip() in known, line


def test_codes_that_the_pages_name_are_rules(all_pages: list[Path]) -> None:
    codes = {rule.code for rule in load_rules()}
    for page in all_pages:
        named = set(re.findall(r"\b[A-Z]{3}\d{3}\b", page.read_text(encoding="utf-8")))
        assert named <= codes | NO_RULES, f"{page.name}: {sorted(named - codes)}"
