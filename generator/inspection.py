"""Splunk's AppInspect runs on a package, and its report becomes findings.

`splunk-appinspect` pins old libraries, so it lives in an environment of its own and is run as a command. It is told not
to refresh its list of trusted libraries, the only thing that it uses the network for (seen with 4.3.1). Left out on
purpose: the hosted API, which needs an account.

AppInspect takes an unknown tag in silence and then runs almost nothing, so tags are checked here first; and its exit
code is 0 whatever it found, so the verdict is taken from the report alone.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.base.diagnostics import Diagnostic, GeneratorError, Severity, closest
from generator.base.source import Span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DEFAULT_TAGS = ("cloud", "private_victoria")

#: The tags of AppInspect 4.3.1. A newer one is asked for its own when a tag is not among these.
KNOWN_TAGS = frozenset(
    {
        "aarch64_compatibility",
        "ast",
        "cloud",
        "future",
        "migration_victoria",
        "packaging_standards",
        "private_app",
        "private_classic",
        "private_victoria",
        "splunk_appinspect",
    }
)

VARIABLE = "CONTENTPACK_APPINSPECT"
LOCAL_COMMAND = ".appinspect/bin/splunk-appinspect"
_COMMAND = "splunk-appinspect"

_SEVERITIES = {
    "error": Severity.ERROR,
    "failure": Severity.ERROR,
    "future_failure": Severity.WARNING,
    "warning": Severity.WARNING,
}
_QUIET = frozenset({"success", "not_applicable", "skipped"})
_TRAILING_PLACE = re.compile(r"\s*(?:File: \S.*?)?\s*(?:Line Number: \d+)?\s*$")
_TAG_LINE = re.compile(r"([a-z][a-z0-9_-]*)\s+\d+")
_TEXT_LIMIT = 64 * 1024 * 1024


class InspectionError(GeneratorError):
    """AppInspect could not be run, or gave no usable report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What AppInspect said: findings, and how many checks ended how (`success`, `not_applicable`, `warning`, ...)."""

    version: str
    diagnostics: tuple[Diagnostic, ...]
    results: Mapping[str, int]

    @property
    def checks(self) -> int:
        """How many checks there were."""
        return sum(self.results.values())


def find_appinspect(given: str | None, environ: Mapping[str, str], folders: Sequence[Path]) -> tuple[str, ...]:
    """Return the command to run: `given`, else CONTENTPACK_APPINSPECT, else `.appinspect/` in one of `folders`, else PATH.

    Raises:
        InspectionError: there is none, or the one that was asked for does not exist.
    """
    for origin, wanted in (("--appinspect", given), (VARIABLE, environ.get(VARIABLE))):
        if wanted:
            words = (wanted,) if Path(wanted).exists() else tuple(shlex.split(wanted))
            if not words or shutil.which(words[0], path=environ.get("PATH")) is None:
                raise InspectionError(f"{origin}: `{wanted}` is not a command that can be run")
            return words
    for folder in folders:
        local = folder / LOCAL_COMMAND
        if local.is_file():
            return (str(local.absolute()),)
    found = shutil.which(_COMMAND, path=environ.get("PATH"))
    if found is None:
        raise InspectionError(
            f"`{_COMMAND}` was not found; set it up with `make inspect`, or install it in an environment of its own "
            f"and name it with --appinspect or {VARIABLE}"
        )
    return (found,)


def inspect_package(
    package: Path, command: Sequence[str], *, tags: Sequence[str] = DEFAULT_TAGS, timeout: float = 600
) -> Inspection:
    """Run AppInspect on a package (an archive or an app's folder); `timeout` is in seconds.

    Raises:
        InspectionError: no such package, an unknown tag, AppInspect failed or took too long.
    """
    if not package.exists():
        raise InspectionError(f"{package}: no such package; make one with `contentpack build-app`")
    _check_tags(tags, command)
    with tempfile.TemporaryDirectory(prefix="contentpack-inspect-") as folder:
        report = Path(folder) / "report.json"
        words = [
            *command,
            "inspect",
            str(package.absolute()),
            *(word for tag in tags for word in ("--included-tags", tag)),
            "--skip-trusted-libraries-update",
            "--max-messages",
            "all",
            "--data-format",
            "json",
            "--output-file",
            str(report),
        ]
        code, printed = _run(words, timeout)
        try:
            data = json.loads(report.read_bytes())
        except (OSError, ValueError) as error:
            raise InspectionError(f"AppInspect gave no report (exit code {code}): {_last_line(printed)}") from error
    return read_report(data, package.name)


def read_report(data: object, package_name: str) -> Inspection:
    """Turn AppInspect's JSON report into findings, sorted by place; those without a file are about the package.

    Raises:
        InspectionError: it is no such report, or no check was run.
    """
    found: list[Diagnostic] = []
    results: dict[str, int] = {}
    version = "unknown"
    for report in _records(data, "reports"):
        parameters = report.get("run_parameters")
        if isinstance(parameters, dict):
            version = str(parameters.get("appinspect_version", version))
        for check in (check for group in _records(report, "groups") for check in _records(group, "checks")):
            result = str(check.get("result"))
            results[result] = results.get(result, 0) + 1
            found.extend(_findings(check, package_name))
    ran = sum(count for result, count in results.items() if result != "skipped")
    if not ran:
        raise InspectionError("AppInspect ran no check at all")
    if results.get("skipped"):
        found.append(
            Diagnostic(
                code="APP-skipped",
                name="skipped",
                severity=Severity.WARNING,
                message=f"AppInspect skipped {results['skipped']} of its checks",
                span=Span(package_name),
                hint="settle the other findings first: after one about the package itself, AppInspect checks no further",
            )
        )
    found.sort(key=Diagnostic.sort_key)
    return Inspection(version=version, diagnostics=tuple(found), results=results)


def package_text(package: Path, path: str) -> str | None:
    """Return the text of a file of the inspected app (its path as in the findings), None when there is none."""
    if package.is_dir():
        file = package / path
        if ".." in Path(path).parts or not file.is_file() or file.is_symlink() or file.stat().st_size > _TEXT_LIMIT:
            return None
        return file.read_text("utf-8", errors="replace")
    try:
        with tarfile.open(package, "r:gz") as archive:
            for member in archive:
                if member.isfile() and member.name.partition("/")[2] == path and member.size <= _TEXT_LIMIT:
                    content = archive.extractfile(member)
                    return None if content is None else content.read().decode("utf-8", errors="replace")
    except (tarfile.TarError, EOFError, OSError):
        return None  # only the code frame is lost; that the archive is broken is among the findings
    return None


def _check_tags(tags: Sequence[str], command: Sequence[str]) -> None:
    unknown = [tag for tag in tags if tag not in KNOWN_TAGS]
    if not unknown:
        return
    _, listed = _run([*command, "list", "tags"], 60)
    offered = {match[1] for line in listed.splitlines() if (match := _TAG_LINE.fullmatch(line.strip()))}
    for tag in unknown:
        if tag not in offered:
            near = closest(tag, sorted(offered | KNOWN_TAGS))
            known = f"did you mean `{near[0]}`?" if near else f"known are {', '.join(sorted(offered | KNOWN_TAGS))}"
            raise InspectionError(f"AppInspect has no tag `{tag}`; {known}")


def _run(words: Sequence[str], timeout: float) -> tuple[int, str]:
    """Run a command and return its exit code and what it printed."""
    try:
        done = subprocess.run(  # noqa: S603 - the user's own AppInspect, arguments as a list
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InspectionError(f"AppInspect did not end within {timeout:g} s") from error
    except OSError as error:
        raise InspectionError(f"`{words[0]}` cannot be run: {error.strerror or error}") from error
    return done.returncode, done.stdout.decode("utf-8", errors="replace")


def _last_line(printed: str) -> str:
    lines = [line.strip() for line in printed.splitlines() if line.strip()]
    return lines[-1] if lines else "it printed nothing"


def _records(container: object, key: str) -> list[dict[str, Any]]:
    """Return the list of objects under a key, empty when it is absent.

    Raises:
        InspectionError: there is something else. A report that is read wrongly must not look like a clean one.
    """
    value = container.get(key, []) if isinstance(container, dict) else None
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise InspectionError(f"AppInspect's report is not understood at `{key}`; is this version of it supported?")
    return value


def _findings(check: Mapping[str, Any], package_name: str) -> list[Diagnostic]:
    slug = str(check.get("name", "unknown")).removeprefix("check_").replace("_", "-")
    found = []
    for message in _records(check, "messages"):
        result = str(message.get("result"))
        if result in _QUIET:
            continue
        path, line = str(message.get("message_filename") or "None"), _line(message.get("message_line"))
        text = " ".join(_TRAILING_PLACE.sub("", str(message.get("message", ""))).split()).rstrip(".")
        found.append(
            Diagnostic(
                code=f"APP-{slug}",
                name=slug,
                severity=_SEVERITIES.get(result, Severity.WARNING),
                message=text or slug,
                span=Span(package_name) if path == "None" else Span(path, line, 1, line, 1),
                hint="this becomes a failure in a coming version of AppInspect" if result == "future_failure" else None,
            )
        )
    result = str(check.get("result"))
    if not found and result not in _QUIET:
        description = " ".join(str(check.get("description", "")).split()).rstrip(".")
        severity = _SEVERITIES.get(result, Severity.WARNING)
        found.append(Diagnostic(f"APP-{slug}", slug, severity, description or slug, Span(package_name)))
    return found


def _line(value: object) -> int:
    """AppInspect gives a line as a number, as text, or not at all."""
    try:
        return max(1, int(str(value)))
    except ValueError:
        return 1
