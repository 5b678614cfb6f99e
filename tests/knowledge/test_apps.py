from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.knowledge import apps, conf
from generator.knowledge.datamodels import load_models

if TYPE_CHECKING:
    from pathlib import Path


# truth: Splunk_SA_CIM 5.0.1; the ES admin manual; build.yml of Splunk's public pack names the macros that it takes from elsewhere
@pytest.mark.parametrize(
    ("name", "arity", "app"),
    [
        ("drop_dm_object_name", 1, "Splunk_SA_CIM"),
        ("cim_corporate_web_domain_search", 1, "Splunk_SA_CIM"),
        ("cim_Endpoint_indexes", 0, "Splunk_SA_CIM"),
        ("get_asset", 1, "SplunkEnterpriseSecuritySuite"),
        ("get_risk_severity", 1, "SplunkEnterpriseSecuritySuite"),
        ("summariesonly", 0, "SplunkEnterpriseSecuritySuite"),
        ("ctime", 1, "SplunkEnterpriseSecuritySuite"),
        ("ut_shannon", 1, "utbox"),
        ("globedistance", 4, ""),
    ],
)
def test_macro_of_another_app_is_known_with_its_arguments(name: str, arity: int, app: str) -> None:
    assert [(len(macro.arguments), macro.app) for macro in apps.external_macros()[name]] == [(arity, app)]


def test_overloads_are_listed_by_arity() -> None:
    assert [len(macro.arguments) for macro in apps.external_macros()["notable"]] == [0, 1]
    assert [len(macro.arguments) for macro in apps.external_macros()["cim_filter_vuln_severity"]] == [0, 1]


def test_definition_is_known_or_said_to_be_unknown() -> None:
    (drop,) = apps.external_macros()["drop_dm_object_name"]
    assert drop.definition == 'rename "$object$.*" as *'
    assert drop.is_complete
    (asset,) = apps.external_macros()["get_asset"]
    assert asset.definition is None
    assert not asset.is_complete


def test_every_definition_uses_exactly_its_arguments() -> None:
    for macros in apps.external_macros().values():
        for macro in macros:
            if macro.definition is not None:
                for argument in macro.arguments:
                    assert f"${argument}$" in macro.definition, macro.name
                assert macro.definition.count("$") % 2 == 0, macro.name


def test_every_cim_model_has_its_index_macro() -> None:
    models = load_models().models
    without = {"Splunk_Audit", "Splunk_CIM_Validation"}  # they search Splunk's own indexes
    for model in models.values():
        if model.app == "Splunk_SA_CIM" and model.name not in without:
            assert f"cim_{model.name}_indexes" in apps.external_macros()


# truth: as above, and the lookups that Splunk's public packs use without defining them
@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("identity_lookup_expanded", None),
        ("asset_lookup_by_str", None),
        ("interesting_ports_lookup", None),
        ("alexa_lookup_by_str", ("rank", "domain")),
        ("cim_corporate_web_domain_lookup", ("domain",)),
        ("cim_corporate_web_domains.csv", ("domain",)),
        ("cim_corporate_email_domain_lookup", ("domain",)),
        ("cim_cloud_domain_lookup", None),
        ("ut_shannon_lookup", ("word", "ut_shannon")),
        ("admon_groups_def", None),
        ("mitre_attack_lookup", None),
        ("asn_lookup_by_cidr", None),
        ("known_devices_public_ip_filter", None),
        ("dnslookup", ("clienthost", "clientip")),
    ],
)
def test_lookup_of_another_app_is_known_with_its_columns(name: str, fields: tuple[str, ...] | None) -> None:
    assert apps.external_lookups()[name].fields == fields


@pytest.mark.parametrize(
    ("stanza", "args", "expected"),
    [
        ("plain", "", ("plain", ())),
        ("m(2)", "a, b", ("m", ("a", "b"))),
        ("m(2)", "a", ("m", ("a", "arg2"))),
        ("m(1)", "a, b", ("m", ("a",))),
        ("m(99999999)", "", ("m", ())),
        ("odd(x)", "", ("odd(x)", ())),
    ],
)
def test_stanza_name_gives_the_arity(stanza: str, args: str, expected: tuple[str, tuple[str, ...]]) -> None:
    assert apps.macro_signature(stanza, args) == expected


def test_every_shipped_conf_file_reads_without_an_issue(root: Path) -> None:
    files = sorted((root / "generator" / "knowledge" / "data").rglob("*.conf"))
    assert files
    for file in files:
        assert conf.read_conf(file).issues == (), file.name
