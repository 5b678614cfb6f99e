"""`contentpack pr`: what a pull request changes, checked, tested, built, and reported where the CI system shows it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli import terminal
from generator.cli.collection import put_off
from generator.cli.options import cache_option, example, jobs_option, repo_option, workspace_prefix
from generator.cli.test import attack_data_option, offline_option, shard_option

if TYPE_CHECKING:
    from generator.ci.review import Review
    from generator.cli.reviewing import Reviewed
    from generator.replay.results import TestReport


@click.command("pr", epilog=example("contentpack pr --base origin/main --out review"))
@repo_option
@click.option("--base", metavar="REV", help="What to compare with. [default: what the CI system says]")
@click.option("--all", "everything", is_flag=True, help="Look at all of the pack, whatever changed.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default="contentpack-review",
    show_default=True,
    metavar="DIR",
    help="Where reports and package are written.",
)
@click.option("--no-test", is_flag=True, help="Run no tests.")
@attack_data_option
@offline_option
@shard_option
@click.option(
    "--results",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Take the tests' results from the files that --shard wrote, below this folder.",
)
@jobs_option
@cache_option
@put_off()
def command(
    *,
    repo: Path,
    base: str | None,
    everything: bool,
    out: Path,
    no_test: bool,
    attack_data: Path | None,
    offline: bool,
    shard: tuple[int, int] | None,
    results: Path | None,
    jobs: int | None,
    no_cache: bool,
) -> int:
    """Check, test and build what a change touches, and report it.

    The base is found by itself in GitHub Actions (pull requests, merge queues, pushes) and GitLab CI. Writes to DIR
    summary.md, comment.md, report.json, results.sarif, junit.xml, diff.html, diff.json and the package; in GitHub Actions
    also annotations, the job's summary and outputs. With --shard only that part of the tests runs, and a later run takes
    all parts with --results. Needs no network but for attack data, no secrets, and no permission to write.
    """
    from generator.ci.basis import find_basis
    from generator.cli import reviewing

    with terminal.Progress() as progress:
        progress.step("comparing with the base")
        basis = find_basis(repo, os.environ, base)
        job = reviewing.Job(repo, basis, everything, jobs, not no_cache, progress)
        checked = reviewing.check(job)
        if shard is not None:
            tests = reviewing.run_tests(job, checked, attack_data, offline=offline, shard=shard)
            progress.clear()
            return _write_shard(out, tests, shard)
        found = None
        if results is not None:
            found = reviewing.read_shards(results)
        elif not no_test:
            found = reviewing.run_tests(job, checked, attack_data, offline=offline)
        untested = "" if found is not None else "tests were switched off with --no-test"
        reviewed = reviewing.review(job, checked, found, untested, out)
    return _report(reviewed, out, workspace_prefix(repo))


def _write_shard(out: Path, tests: TestReport, shard: tuple[int, int]) -> int:
    from generator.base.files import write_files
    from generator.ci.exchange import to_data
    from generator.report.testrun import junit, words
    from generator.report.visible import json_line

    name = f"tests-{shard[0]}-of-{shard[1]}"
    files = {
        f"{name}.json": json_line(to_data(tests)).encode(),
        f"junit-{shard[0]}.xml": junit.render(tests).encode("utf-8", "replace"),
    }
    write_files(out, files)
    terminal.emit(f"part {shard[0]} of {shard[1]}: {words.summary_line(tests)}\n")
    # Failures are the whole run's to report, with --results; here they would hide the other parts'.
    return 0


def _report(reviewed: Reviewed, out: Path, prefix: str) -> int:
    from generator.base.files import write_files

    review = reviewed.review
    files = _files(reviewed, prefix)
    write_files(out, files)
    if os.environ.get("GITHUB_ACTIONS") == "true":
        from generator.ci import actions, annotations

        terminal.emit(annotations.render(review, prefix))
        actions.append_summary(os.environ, files["summary.md"])
        actions.set_outputs(os.environ, _outputs(review, out))
    terminal.emit(_told(reviewed))
    terminal.note(f"reports are in {out}")
    return int(review.failed)


def _files(reviewed: Reviewed, prefix: str) -> dict[str, bytes]:
    from generator.ci import diff_html, diff_json, review_markdown, scanning
    from generator.ci.exchange import to_data
    from generator.cli.findings import rule_page_of
    from generator.report.findings import Report
    from generator.report.testrun import junit
    from generator.report.visible import json_line

    review, commands = reviewed.review, reviewed.commands
    source = review_markdown.source_of(os.environ)
    if source and prefix:
        source = f"{source}/{prefix.rstrip('/')}"
    sarif = Report(
        diagnostics=reviewed.all_findings,
        files=reviewed.files,
        text_of=reviewed.texts.get,
        page_of=rule_page_of,
        prefix=prefix,
    )
    found = {
        "summary.md": review_markdown.summary(review, commands, source),
        "comment.md": review_markdown.comment(review, commands, source),
        "report.json": json_line(to_data(review)),
        "results.sarif": scanning.render(sarif),
    }
    if review.diff is not None:
        found["diff.html"] = diff_html.render(review.diff, commands)
        found["diff.json"] = diff_json.render(review.diff)
    if review.tests is not None:
        found["junit.xml"] = junit.render(review.tests)
    return {name: text.encode("utf-8", "replace") for name, text in found.items()}


def _told(reviewed: Reviewed) -> str:
    """Return what the log says: findings of the change, then what changes in Splunk."""
    from generator.ci import diff_text
    from generator.ci.review_markdown import headline
    from generator.report.visible import visible

    review = reviewed.review
    lines = [visible(review.basis.said)]
    if review.everything:
        lines.append(visible(f"everything is looked at: {review.everything}"))
    for each in sorted(review.findings, key=lambda each: each.sort_key()):
        place = f"{each.span.path}:{each.span.line}:{each.span.col}"
        name = each.code or f"{each.name} {each.object}"
        lines.append(visible(f"{place}: {each.severity.label} {name} {each.message.splitlines()[0][:500]}"))
    text = "".join(f"{line}\n" for line in lines)
    if review.diff is not None:
        text += f"\n{diff_text.render(review.diff, reviewed.commands, color=terminal.use_color())}"
    return f"{text}\n{'failed' if review.failed else 'passed'}: {visible(headline(review))}\n"


def _outputs(review: Review, out: Path) -> dict[str, str]:
    from generator.base.diagnostics import Severity

    return {
        "failed": str(review.failed).lower(),
        "errors": str(review.count(Severity.ERROR)),
        "touched": str(len(review.touched)),
        "tests": str(0 if review.tests is None else len(review.tests.tests)),
        "changes": str(0 if review.diff is None else len(review.diff.stanzas) + len(review.diff.tables)),
        "out": str(out),
        "package": str(out / "app" / review.package) if review.package else "",
    }
