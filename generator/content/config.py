"""`contentpack.yml`, `contentctl.yml` or `build.yml` becomes a `Config`: what the app is called and how it is checked.

The first of the three that exists is read. Settings of the peers that have no meaning here (container settings, a test
instance, ...) are accepted and left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from generator.content.model import ConfStyle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.content.model import Document

CONFIG_FILES = ("contentpack.yml", "contentctl.yml", "build.yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class AppConfig:
    """The app that the pack becomes. `label` is shown in Splunk; `prefix` begins each saved search's name."""

    id: str = ""
    title: str = ""
    label: str = ""
    prefix: str = ""
    version: str = "0.0.1"
    description: str = ""
    author_name: str = ""
    author_email: str = ""
    author_company: str = ""
    uid: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalApp:
    """Macros and lookups that another app defines, so that using them is no finding."""

    app_name: str
    macros: tuple[str, ...] = ()
    lookups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSelection:
    """Which rules run, and at what severity, for paths that match one of `paths` (globs; empty = everywhere)."""

    paths: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocsConfig:
    """Where generated pages link to. `{path}`, `{name}`, `{slug}` are filled in."""

    source_url: str = ""
    macro_url: str = ""
    lookup_url: str = ""
    site_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The configuration of a pack. `document` is the file it came from, None when there is none."""

    document: Document | None = None
    app: AppConfig = AppConfig()
    conf_style: ConfStyle = ConfStyle.V6
    external_apps: tuple[ExternalApp, ...] = ()
    rules: tuple[RuleSelection, ...] = ()
    docs: DocsConfig = DocsConfig()
    build_api: bool = False
    enforce_deprecation_mapping: bool = False
