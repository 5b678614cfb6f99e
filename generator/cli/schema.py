"""`contentpack schema`: the JSON Schemas of content files and configuration, for editors and for reading."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli import terminal
from generator.cli.options import example

_DIALECTS = ("v3", "v4", "v5", "native")
_CONFIG = "config"


@click.command("schema", epilog=example("contentpack schema detection --dialect v5"))
@click.argument("kind", required=False)
@click.option(
    "--dialect",
    metavar="D",
    help="v3, v4, v5 or native; of config: contentpack, contentctl or build. [default: native, contentpack]",
)
@click.option("--list", "list_all", is_flag=True, help="List the schemas that there are.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write all schemas into a folder, for an editor to use.",
)
def command(*, kind: str | None, dialect: str | None, list_all: bool, out: Path | None) -> int:
    """Print the JSON Schema of a kind of content file."""
    if sum((kind is not None, list_all, out is not None)) != 1:
        raise click.UsageError("name one kind (`--list` shows them), or give --list or --out DIR")
    if dialect is not None and kind is None:
        raise click.UsageError("--dialect goes with a kind")
    from generator.content.schema import load_schema, schema_names

    if list_all:
        terminal.emit(_listed(schema_names()))
    elif out is not None:
        from generator.base.files import write_files

        files = {f"{name}.schema.json": _json(load_schema(name)) for name in schema_names()}
        write_files(out, files)
        terminal.note(f"{len(files)} schemas in {out}")
        terminal.note(
            f"help: begin a detection with `# yaml-language-server: $schema={out}/detection.native.schema.json`"
        )
    elif kind is not None:
        terminal.emit_bytes(_json(load_schema(_chosen(kind, dialect))))
    return 0


def _chosen(kind: str, dialect: str | None) -> str:
    """Return the name of the schema that is meant; a kind that a dialect lacks has that of the nearest one."""
    from generator.base.diagnostics import did_you_mean
    from generator.content.model import Dialect, Kind
    from generator.content.schema import schema_name, schema_names

    folded = kind.lower().replace("-", "_")
    kinds = sorted({name.partition(".")[0] for name in schema_names()})
    if folded not in kinds:
        nearest = did_you_mean(folded, kinds) or f"there are {', '.join(kinds)}"
        raise click.UsageError(f"there is no kind `{kind}`; {nearest}")
    if folded == _CONFIG:
        tools = [name.partition(".")[2] for name in schema_names() if name.startswith(f"{_CONFIG}.")]
        if dialect is not None and dialect not in tools:
            raise click.UsageError(f"config has no dialect `{dialect}`; there are {', '.join(tools)}")
        return f"{_CONFIG}.{dialect or 'contentpack'}"
    if dialect is not None and dialect not in _DIALECTS:
        raise click.UsageError(f"there is no dialect `{dialect}`; there are {', '.join(_DIALECTS)}")
    return schema_name(Kind(folded), Dialect(dialect or "native"))


def _listed(names: tuple[str, ...]) -> str:
    dialects: dict[str, list[str]] = {}
    for name in names:
        kind, _, dialect = name.partition(".")
        dialects.setdefault(kind, []).append(dialect)
    width = max(len(kind) for kind in dialects)
    return "".join(f"{kind:<{width}}  {', '.join(listed)}\n" for kind, listed in dialects.items())


def _json(schema: dict[str, object]) -> bytes:
    import json

    return (json.dumps(schema, indent=2, ensure_ascii=False) + "\n").encode("utf-8")
