"""`contentpack.yml`, `contentctl.yml` or `build.yml` becomes a `Config`: what the app is called and how it is checked.

The first of `contentpack.yml`, `build.yml` and `contentctl.yml` that exists is read. Settings of the peers that have no
meaning here (container settings, a test instance, ...) are accepted and left out.
"""

from __future__ import annotations

from dataclasses import field, fields, replace
from typing import TYPE_CHECKING, Any

from generator.base.diagnostics import ConfigError
from generator.base.frozen import dataclass
from generator.content import schema
from generator.content.model import ConfStyle, Dialect, Document, Kind, Problem
from generator.content.reader import read, read_limited
from generator.content.values import boolean, mapping, mappings, optional_integer, text, texts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SEVERITIES = ("error", "warning", "info", "off")
CONFIG_FILES = ("contentpack.yml", "build.yml", "contentctl.yml")


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
    """What another app defines, so that using it is no finding.

    `data_models` are models of its own, whose datasets and fields are not known; `data_model_fields` are fields that it
    adds to a dataset of a known model, by `Model.Dataset`.
    """

    app_name: str
    macros: tuple[str, ...] = ()
    lookups: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    data_models: tuple[str, ...] = ()
    data_model_fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


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
class AcceptedMutant:
    """Changes of a detection's search that its tests need not notice, and why.

    `detection` is a name, an id or a path (or a glob). `kind` empty, `before` or `after` None: any.
    """

    detection: str
    reason: str
    kind: str = ""
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MutationConfig:
    """What `contentpack test --mutate` asks for: `minimum` in per cent (None: nothing), and what was accepted."""

    minimum: float | None = None
    accepted: tuple[AcceptedMutant, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownNoise:
    """A reviewed finding of a noise run: rows that a detection may find in benign data (`at_most`, None for any number)."""

    detection: str
    reason: str
    at_most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The configuration of a pack. `document` is the file it came from, None when there is none.

    `attack` is the path of an ATT&CK table in the pack (`contentpack attack update`), empty for the built-in one.
    `environments` and `backends` hold the settings of each by name, as written; who uses one knows its keys.
    """

    document: Document | None = None
    app: AppConfig = AppConfig()
    conf_style: ConfStyle = ConfStyle.V6
    external_apps: tuple[ExternalApp, ...] = ()
    rules: tuple[RuleSelection, ...] = ()
    docs: DocsConfig = DocsConfig()
    build_api: bool = False
    enforce_deprecation_mapping: bool = False
    attack: str = ""
    mutation: MutationConfig = MutationConfig()
    environments: Mapping[str, Any] = field(default_factory=dict)
    backends: Mapping[str, Any] = field(default_factory=dict)
    noise: tuple[KnownNoise, ...] = ()


def load_config(root: Path) -> tuple[Config, tuple[Problem, ...]]:
    """Read the configuration of a pack: `contentpack.yml`, else `build.yml`, else `contentctl.yml`.

    What cannot be used is a problem and the default takes its place; without a file, all is default.
    """
    for name in CONFIG_FILES:
        if (root / name).is_file():
            raw = read_limited(root, name)
            return (Config(), (raw,)) if isinstance(raw, Problem) else config_of(name, raw)
    return Config(), ()


def config_of(path: str, raw: bytes) -> tuple[Config, tuple[Problem, ...]]:
    """Turn the bytes of a configuration file into a configuration and the problems in it. Pure."""
    read_file = read(path, raw)
    name = path.rpartition("/")[2]
    if read_file.data is None:
        # Nothing in the file is not an error here: it is the default of everything.
        problems = tuple(problem for problem in read_file.problems if problem.kind != "file-empty")
        return Config(), problems
    dialect = Dialect.V5 if name == "contentctl.yml" else Dialect.NATIVE
    document = Document(path, read_file.text, read_file.data, Kind.CONFIG, dialect)
    problems = (
        *(replace(problem, document=document) for problem in read_file.problems),
        *schema.problems(document),
    )
    build = {"contentctl.yml": _from_contentctl, "build.yml": _from_build}.get(name, _from_contentpack)
    return build(document), problems


def _from_contentctl(document: Document) -> Config:
    data = document.data
    return Config(
        document=document,
        app=_app(mapping(data.get("app"))),
        conf_style=ConfStyle.V5,
        build_api=boolean(data.get("build_api")),
        enforce_deprecation_mapping=boolean(data.get("enforce_deprecation_mapping_requirement")),
    )


def _app(data: Mapping[str, Any]) -> AppConfig:
    default = AppConfig()
    return AppConfig(
        id=text(data.get("id", data.get("appid"))),
        title=text(data.get("title")),
        label=text(data.get("label")),
        prefix=text(data.get("prefix")),
        version=text(data.get("version"), default.version) or default.version,
        description=text(data.get("description")),
        author_name=text(data.get("author_name")),
        author_email=text(data.get("author_email")),
        author_company=text(data.get("author_company")),
        uid=optional_integer(data.get("uid")),
    )


def _from_build(document: Document) -> Config:
    """Read contentctl-ng's file. Its `label` is the name shown in Splunk, `content_prefix` begins the stanza names."""
    data = document.data
    label = text(data.get("label"))
    default = AppConfig()
    return Config(
        document=document,
        app=AppConfig(
            id=text(data.get("id")),
            title=label,
            label=label,
            prefix=text(data.get("content_prefix")),
            version=text(data.get("app_version"), default.version) or default.version,
            description=text(data.get("description")),
            author_name=text(data.get("author")),
            author_email=text(data.get("author_email")),
        ),
        conf_style=ConfStyle.V6,
        external_apps=_external_apps(data.get("external_app_content")),
        build_api=True,
        enforce_deprecation_mapping=True,
    )


def _external_apps(value: object) -> tuple[ExternalApp, ...]:
    return tuple(
        ExternalApp(
            app_name=text(entry.get("app_name")),
            macros=texts(entry.get("macros")),
            lookups=texts(entry.get("lookups")),
            commands=texts(entry.get("commands")),
            data_models=texts(entry.get("data_models")),
            data_model_fields={name: texts(fields) for name, fields in mapping(entry.get("data_model_fields")).items()},
        )
        for _, entry in mappings(value)
    )


def _from_contentpack(document: Document) -> Config:
    data = document.data
    docs = mapping(data.get("docs"))
    style = text(data.get("conf_style"))
    selections = data.get("rules")
    return Config(
        document=document,
        app=_app(mapping(data.get("app"))),
        conf_style=ConfStyle(style) if style in tuple(ConfStyle) else ConfStyle.V6,
        external_apps=_external_apps(data.get("external_apps")),
        rules=tuple(
            RuleSelection(
                paths=texts(entry.get("paths")),
                select=texts(entry.get("select")),
                ignore=texts(entry.get("ignore")),
                severity=_severities(entry.get("severity")),
            )
            for _, entry in mappings([selections] if isinstance(selections, dict) else selections)
        ),
        docs=DocsConfig(**{name: text(docs[name]) for name in _DOCS_KEYS if name in docs}),
        build_api=boolean(data.get("build_api")),
        enforce_deprecation_mapping=boolean(data.get("enforce_deprecation_mapping")),
        attack=text(data.get("attack")),
        mutation=_mutation(mapping(data.get("mutation"))),
        environments=mapping(data.get("environments")),
        backends=mapping(data.get("backends")),
        noise=tuple(_noise(entry) for _, entry in mappings(data.get("noise"))),
    )


def known_noise(value: object, where: str) -> tuple[KnownNoise, ...]:
    """Return the entries of a list of known noise that stands in a file of its own.

    Raises:
        ConfigError: an entry lacks its detection or its reason, or has a key that there is not.
    """
    entries = mappings(value)
    if not isinstance(value, list) or len(entries) != len(value):
        raise ConfigError(f"{where}: is no list of entries with `detection` and `reason`")
    for index, entry in entries:
        wrong = sorted(set(entry) - {"detection", "reason", "at_most"})
        if wrong or not text(entry.get("detection")) or not text(entry.get("reason")).strip():
            raise ConfigError(
                f"{where}: entry {index + 1} needs `detection` and `reason`, may have `at_most`"
                + (f", and has `{wrong[0]}`" if wrong else "")
            )
    return tuple(_noise(entry) for _, entry in entries)


def _noise(entry: Mapping[str, Any]) -> KnownNoise:
    return KnownNoise(
        detection=text(entry.get("detection")),
        reason=text(entry.get("reason")),
        at_most=optional_integer(entry.get("at_most")),
    )


def _mutation(data: Mapping[str, Any]) -> MutationConfig:
    minimum = data.get("minimum")
    return MutationConfig(
        minimum=float(minimum) if isinstance(minimum, int | float) and not isinstance(minimum, bool) else None,
        accepted=tuple(
            AcceptedMutant(
                detection=text(entry.get("detection")),
                reason=text(entry.get("reason")),
                kind=text(entry.get("kind")),
                before=text(entry["before"]) if "before" in entry else None,
                after=text(entry["after"]) if "after" in entry else None,
            )
            for _, entry in mappings(data.get("accepted"))
        ),
    )


def _severities(value: object) -> Mapping[str, str]:
    """Return the severities by code; what is none is a problem of the schema. YAML reads a bare `off` as false."""
    labels = {key: "off" if label is False else text(label) for key, label in mapping(value).items()}
    return {key: label for key, label in labels.items() if label in SEVERITIES}


_DOCS_KEYS = tuple(entry.name for entry in fields(DocsConfig))
