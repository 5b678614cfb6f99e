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
    """Where generated pages link to. `{path}`, `{name}`, `{slug}` are filled in.

    An empty value means: to the generated site itself where it has such a page, else no link. `site_url` is put before
    the site's own paths (`/stories/...`). `data_url` is for lookup data, `{path}` its file. For data models `{slug}` is
    the name without `_`; for techniques `{path}` is `T1053/005`. `try_url` is a button at the top of each page.
    """

    source_url: str = ""
    macro_url: str = ""
    lookup_url: str = ""
    site_url: str = ""
    data_url: str = ""
    type_url: str = ""
    datamodel_url: str = "https://docs.splunk.com/Documentation/CIM/latest/User/{slug}"
    technique_url: str = "https://attack.mitre.org/techniques/{path}/"
    cve_url: str = "https://nvd.nist.gov/vuln/detail/{name}"
    try_url: str = "https://www.splunk.com/en_us/cyber-security.html"


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
