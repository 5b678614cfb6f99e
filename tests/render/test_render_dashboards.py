"""Boards become views; a board's own template can show values and do nothing else."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest
from records_for_rendering import document, pack, rendered

from generator.content.model import ConfStyle, Dashboard, Kind
from generator.render import UnrenderableContentError

BOARD = b'{"title": "Pond \xc3\xbc", "b": {"n": 1.5}, "a": "]]> <x>"}'


def board(**changes: Any) -> Dashboard:
    values: dict[str, Any] = {"name": "Pond & Board", "json_path": "dashboards/pond_board.json", "theme": "dark"}
    return Dashboard(document=document("dashboards/pond_board.yml", Kind.DASHBOARD), **values | changes)


def views(made: Dashboard, style: ConfStyle = ConfStyle.V5, data: bytes = BOARD, **options: Any) -> dict[str, str]:
    files = rendered(pack(style, dashboards=(made,)), data={made.json_path: data}, **options)
    return {
        path.rpartition("/")[2]: text.decode()
        for path, text in files.items()
        if path.startswith("default/data/ui/views/")
    }


@pytest.mark.parametrize(
    ("style", "name", "label", "theme", "indent"),
    [
        (ConfStyle.V4, "pond_board.xml", "HERON - Pond & Board", "dark", "\n    "),
        (ConfStyle.V5, "heron__pond_board.xml", "Pond & Board", "dark", "\n    "),
        (ConfStyle.V6, "heron__pond_board.xml", "Pond & Board", "light", "\n  "),
    ],
)
def test_a_board_is_a_studio_view(style: ConfStyle, name: str, label: str, theme: str, indent: str) -> None:
    text = views(board(), style)[name]
    root = ET.fromstring(text)  # noqa: S314 - rendered here
    assert root.attrib == {"version": "2", "theme": theme}
    assert root.findtext("label") == label
    definition = root.findtext("definition") or ""
    assert definition.strip().startswith("{" + indent + '"title": "Pond \\u00fc"')
    assert "]]\\u003e" in text


def test_a_board_without_its_file_or_left_out_is_not_rendered() -> None:
    assert not [name for name in rendered(pack(dashboards=(board(),))) if "views" in name]
    assert not views(board(), skip=frozenset({"dashboards/pond_board.yml"}))


@pytest.mark.parametrize("data", [b"{", b"\xff", b"[NaN]", b"[" * 100_000, b'"\\ud800'])
def test_a_board_that_is_no_json_is_told_with_its_file(data: bytes) -> None:
    with pytest.raises(UnrenderableContentError, match=r"dashboards/pond_board\.json") as caught:
        views(board(), data=data)
    assert caught.value.path == "dashboards/pond_board.yml"


def test_a_board_may_bring_its_own_template() -> None:
    source = (
        '<dashboard version="2" theme="{{ dashboard.theme }}"><label>{{ config.app.label }}: {{ dashboard.name|e }}'
        "</label><definition><![CDATA[{{ dashboard.pretty_print_json_obj() }}]]></definition></dashboard>"
    )
    root = ET.fromstring(views(board(j2_template=source))["heron__pond_board.xml"])  # noqa: S314 - rendered here
    assert root.findtext("label") == "HERON: Pond & Board"
    assert (root.findtext("definition") or "").startswith('{\n    "title"')


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("<a>{{ ''.__class__.__mro__ }}</a>", "not allowed|unsafe|undefined"),
        ("<a>{{ dashboard.pretty_print_json_obj.__globals__ }}</a>", "unsafe|undefined|no attribute"),
        ("<a>{{ range(9) }}</a>", "this call"),
        ("<a>{{ 'x' * 999999999 }}</a>", "`mul`"),
        ("<a>{{ 9 ** 9 ** 9 }}</a>", "`pow`"),
        ("<a>{% set x = 1 %}</a>", "`assign`"),
        ("<a>{% macro m() %}{% endmacro %}</a>", "`macro`"),
        ("<a>{% include '/etc/passwd' %}</a>", "`include`"),
        ("<a>{% import 'x' as y %}</a>", "`import`"),
        ("<a>{% extends 'x' %}</a>", "`extends`"),
        ("<a>{% for i in config.app %}{% for j in config.app %}{% endfor %}{% endfor %}</a>", "a loop inside a loop"),
        ("<a>{{ 'x'|center(99999999) }}</a>", "the filter `center`"),
        ("<a>{{ '%999999999d'|format(1) }}</a>", "the filter `format`"),
        ("<a>{{ nothing }}</a>", "undefined"),
        ("<a>{% if %}</a>", "line 1"),
        ("<a>{{ 1 + 'x' }}</a>", "unsupported operand"),
        ("<a>", "no element found|mismatched|unclosed"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "document type"),
        ("x" * 70_000, "longer than"),
    ],
)
def test_a_template_that_is_code_is_refused(source: str, message: str) -> None:
    with pytest.raises(UnrenderableContentError, match=message):
        views(board(j2_template=source))
