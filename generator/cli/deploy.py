"""`contentpack deploy`: a plan of what deploying would change; with --apply, deploying."""

from __future__ import annotations

import datetime
import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli import terminal
from generator.cli.collection import put_off
from generator.cli.options import example, repo_option

if TYPE_CHECKING:
    from generator.base.apptree import AppTree
    from generator.ci.deployment import Plan
    from generator.ci.installed import Target
    from generator.spl.syntax import CommandTable


@click.command("deploy", epilog=example("contentpack deploy --rest https://splunk.example:8089"))
@repo_option
@click.option("--rest", metavar="URL", help="A Splunk Enterprise, by the address of its management port.")
@click.option("--acs", metavar="STACK", help="A Splunk Cloud stack, by the Admin Config Service.")
@click.option("--classic", is_flag=True, help="The stack is one of the Classic Experience.")
@click.option("--acs-url", metavar="URL", help="Another address of the Admin Config Service.")
@click.option(
    "--package-at", metavar="PLACE", help="Where the server of --rest finds the package: its own path or an address."
)
@click.option(
    "--ca",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Certificates to trust besides the system's, such as the server's own.",
)
@click.option("--apply", "apply_it", is_flag=True, help="Deploy; without it only the plan is shown.")
@click.option("--downgrade", is_flag=True, help="Deploy even an older version than the installed one.")
@put_off()
def command(
    *,
    repo: Path,
    rest: str | None,
    acs: str | None,
    classic: bool,
    acs_url: str | None,
    package_at: str | None,
    ca: Path | None,
    apply_it: bool,
    downgrade: bool,
) -> int:
    """Show what deploying would change; deploy with --apply.

    Secrets come from the environment and are never printed: for --rest CONTENTPACK_SPLUNK_TOKEN, or CONTENTPACK_SPLUNK_USERNAME and
    CONTENTPACK_SPLUNK_PASSWORD; for --acs CONTENTPACK_ACS_TOKEN and CONTENTPACK_APPINSPECT_TOKEN (of the account that inspected the package).
    With both, the plan comes from --rest and --acs installs. Findings at error level stop before anything is asked.
    """
    from generator.base.diagnostics import ConfigError
    from generator.ci.deployment import CONFS, make_plan

    if rest is None and acs is None:
        raise click.UsageError("name the server with --rest or the stack with --acs")
    with terminal.Progress() as progress:
        progress.step("building")
        tree, archive, commands = _build(repo)
        planner = _rest(rest, package_at, ca) if rest is not None else None
        installer = _acs(acs, acs_url, ca, classic=classic) if acs is not None else planner
        asked = planner or installer
        if asked is None or installer is None:
            raise TypeError("one of them was given")
        progress.step("asking what is installed")
        plan = make_plan(tree, asked.installed(tree.app_id, CONFS), asked.name)
    terminal.emit(_told(plan, commands))
    if plan.goes_back and not downgrade:
        raise ConfigError(
            f"{plan.version_after} is older than the installed {plan.version_before}; --downgrade allows it"
        )
    if not apply_it:
        terminal.note("nothing was deployed; --apply does")
        return 0
    with terminal.Progress() as progress:
        progress.step(f"installing on {installer.name}")
        said = installer.install(tree.app_id, tree.version, archive)
    terminal.emit(
        f"{terminal.printable(said)} on {terminal.printable(installer.name)}; built here: sha256 {hashlib.sha256(archive).hexdigest()}\n"
    )
    return 0


def _build(repo: Path) -> tuple[AppTree, bytes, CommandTable]:
    """Check, render and pack the app.

    Raises:
        ConfigError: findings at error level.
    """
    from generator.analysis.environment import commands_of
    from generator.base.diagnostics import ConfigError, Severity
    from generator.build import build_app

    today = datetime.datetime.now(tz=datetime.UTC).date()
    with tempfile.TemporaryDirectory(prefix="contentpack-") as place:
        built = build_app(repo, place, today=today, cache=True)
        archive = None if built.package is None else built.package.archive.read_bytes()
    if built.tree is None or archive is None:
        errors = [each for each in built.diagnostics if each.severity is Severity.ERROR]
        first = errors[0]
        raise ConfigError(
            f"{len(errors):,} findings at error level, the first in {first.span.path}: {first.code} {first.message}; "
            "`contentpack validate` and `build-app` show all"
        )
    return built.tree, archive, commands_of(built.validation.analyzed.pack.config)


def _rest(address: str, package_at: str | None, ca: Path | None) -> Target:
    from generator.ci.installed import RestTarget
    from generator.ci.remote import Remote, basic, bearer, secret_of

    if os.environ.get("CONTENTPACK_SPLUNK_TOKEN"):
        secret = secret_of(os.environ, "CONTENTPACK_SPLUNK_TOKEN")
        header = bearer(secret)
    else:
        secret = secret_of(os.environ, "CONTENTPACK_SPLUNK_PASSWORD")
        header = basic(os.environ.get("CONTENTPACK_SPLUNK_USERNAME", "admin"), secret)
    return RestTarget(Remote(address, {"Authorization": header}, ca=ca, secrets=(secret,)), package_at)


def _acs(stack: str, address: str | None, ca: Path | None, *, classic: bool) -> Target:
    from generator.ci.installed import ACS, AcsTarget
    from generator.ci.remote import Remote, bearer, secret_of

    token = secret_of(os.environ, "CONTENTPACK_ACS_TOKEN")
    inspected = secret_of(os.environ, "CONTENTPACK_APPINSPECT_TOKEN")
    remote = Remote(address or ACS, {"Authorization": bearer(token)}, ca=ca, secrets=(token, inspected))
    return AcsTarget(remote, stack, inspected, classic=classic)


def _told(plan: Plan, commands: CommandTable) -> str:
    from generator.ci.diff_text import render
    from generator.ci.diffmodel import AppDiff
    from generator.report.visible import visible

    if not plan.version_before:
        return visible(f"{plan.app} {plan.version_after} is not installed on {plan.target}: all of it is new") + "\n"
    if plan.stanzas is None:
        line = f"{plan.app} {plan.version_before} -> {plan.version_after} on {plan.target}"
        return visible(f"{line}; what differs inside is not told by it, --rest would") + "\n"
    diff = AppDiff(
        f"installed on {plan.target}", "the package", plan.app, plan.version_before, plan.version_after, plan.stanzas
    )
    return render(diff, commands, color=terminal.use_color())
