"""Keys and values of the conf files, by style. Truth: the reference notes on the outputs of the three older tools."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from records_for_rendering import (
    APP,
    DAY,
    SeventyEight,
    conf,
    deployment,
    detection,
    document,
    lookup,
    macro,
    pack,
    rendered,
    story,
)

from generator.base.diagnostics import ConfigError
from generator.content.config import DocsConfig
from generator.content.model import (
    Baseline,
    ConfStyle,
    Deprecation,
    DeprecationEntry,
    Dialect,
    Finding,
    Investigation,
    Kind,
    Risk,
    RiskObject,
    ThreatObject,
    Throttling,
)

RULE = "HERON - Grey Heron - Rule"
NOTABLE = {"rule_title": "%name%", "rule_description": "%description%", "nes_fields": ["user", "dest"]}
STYLES = (ConfStyle.V4, ConfStyle.V5, ConfStyle.V6)


def saved(made: Any, style: ConfStyle = ConfStyle.V5, **changes: Any) -> dict[str, str]:
    return conf(rendered(pack(style, detections=(made,), **changes), attack=SeventyEight()), "savedsearches")[RULE]


@pytest.mark.parametrize("style", STYLES)
def test_a_saved_search_has_its_schedule_and_search(style: ConfStyle) -> None:
    found = saved(detection(), style, deployments=(deployment(rba_enabled=True),))
    assert found["search"] == "index=pond | stats count by dest | `grey_heron_filter`"
    assert found["cron_schedule"] == "7 * * * *"
    assert found["dispatch.earliest_time"] == "-2h@h"
    assert found["dispatch.latest_time"] == "-1h@h"
    assert found["schedule_window"] == "auto"
    assert found["action.correlationsearch.label"] == RULE


@pytest.mark.parametrize(
    ("style", "off", "no"), [(ConfStyle.V4, "true", "false"), (ConfStyle.V5, "true", "false"), (ConfStyle.V6, "1", "0")]
)
def test_booleans_are_spelt_as_the_style_does(style: ConfStyle, off: str, no: str) -> None:
    assert saved(detection(), style)["disabled"] == off
    assert saved(detection(), style)["is_visible"] == no
    assert saved(detection(enabled_by_default=True), style)["disabled"] == no


def test_only_the_newer_styles_have_the_default_stanza_and_a_detection_type() -> None:
    for style in STYLES:
        found = conf(rendered(pack(style, detections=(detection(),))), "savedsearches")
        assert ("default" in found) == (style is not ConfStyle.V4)
        assert ("action.correlationsearch.detection_type" in found[RULE]) == (style is not ConfStyle.V4)


def test_the_native_style_has_none_of_the_escu_keys() -> None:
    found = saved(detection(dialect=Dialect.NATIVE), ConfStyle.V6)
    assert not [key for key in found if key.startswith("action.escu")]
    assert saved(detection())["action.escu.search_type"] == "detection"


@pytest.mark.parametrize(
    ("kind", "risk", "notable"),
    [("TTP", True, True), ("Anomaly", True, False), ("Hunting", False, False), ("Correlation", False, True)],
)
def test_without_deployments_the_type_decides_the_actions(kind: str, *, risk: bool, notable: bool) -> None:
    found = saved(detection(type=kind))
    assert ("action.risk" in found) == risk
    assert ("action.notable" in found) == notable
    assert found["cron_schedule"] == "0 * * * *"


def test_an_inline_deployment_replaces_the_default_one_whole() -> None:
    inline = deployment(
        inline=True,
        notable={
            "rule_title": "%type%: %name%",
            "rule_description": "v%version%, %owner%, %gone%, %risk_score%",
            "nes_fields": ["a ", "b"],
        },
        email={"subject": "%name% (%security_domain%)", "to": "a@example.com", "message": "%description%"},
        slack={"channel": "#pond", "message": "$result.dest$ 100% %name%"},
        phantom={
            "cam_workers": '["w"]',
            "label": "l",
            "phantom_server": "s",
            "sensitivity": "amber",
            "severity": "low",
        },
    )
    made = detection(deployment=inline, data={"tags": {"security_domain": "endpoint"}, "owner": "me"})
    found = saved(made, deployments=(deployment(rba_enabled=True),))
    assert "action.risk" not in found
    assert found["action.notable.param.rule_title"] == "TTP: Grey Heron"
    assert found["action.notable.param.rule_description"] == "v3, me, %gone%, 64"
    assert found["action.notable.param.nes_fields"] == "a,b"
    assert found["action.email"] == "1"
    assert found["action.email.subject.alert"] == "Grey Heron (endpoint)"
    assert found["action.email.message.alert"] == "A heron stands."
    assert found["action.slack.param.message"] == "$result.dest$ 100% Grey Heron"
    assert found["action.sendtophantom.param._cam_workers"] == '["w"]'
    assert found["action.sendtophantom.param.severity"] == "low"
    assert "action.email" not in saved(made, ConfStyle.V4)
    assert saved(made, ConfStyle.V4)["action.email.useNSSubject"] == "1"


def test_a_correlation_title_says_that_it_is_risk_based() -> None:
    assert saved(detection(type="Correlation"))["action.notable.param.rule_title"] == "RBA: Grey Heron"


@pytest.mark.parametrize(
    ("score", "severity"),
    [(0, "informational"), (20, "informational"), (21, "low"), (40, "low"), (41, "medium"), (60, "medium"), (61, "high"),
     (80, "high"), (81, "critical"), (100, "critical")],
)  # fmt: skip
def test_severity_follows_the_highest_score(score: int, severity: str) -> None:
    risk = Risk(objects=(RiskObject(field="a", type="user", score=0), RiskObject(field="b", type="user", score=score)))
    assert saved(detection(risk=risk))["action.notable.param.severity"] == severity


def test_severity_is_high_without_a_score() -> None:
    assert saved(detection(type="Correlation", risk=Risk()))["action.notable.param.severity"] == "high"


def test_risk_objects_are_sorted_and_threats_follow() -> None:
    risk = Risk(
        message="m",
        objects=(RiskObject(field="z", type="user", score=1), RiskObject(field="a", type="other", score=2)),
        threats=(ThreatObject(field="y", type="url"), ThreatObject(field="b", type="process")),
    )
    found = json.loads(saved(detection(risk=risk))["action.risk.param._risk"])
    assert [entry.get("risk_object_field") or entry["threat_object_field"] for entry in found] == ["a", "z", "b", "y"]


def test_scores_of_one_object_are_sorted_as_text_but_as_numbers_in_the_native_style() -> None:
    objects = tuple(RiskObject(field="a", type="user", score=score) for score in (50, 100))
    for style, wanted in ((ConfStyle.V5, [100, 50]), (ConfStyle.V6, [50, 100])):
        found = json.loads(saved(detection(risk=Risk(objects=objects)), style)["action.risk.param._risk"])
        assert [entry["risk_score"] for entry in found] == wanted


def test_v4_keeps_the_order_of_the_observables() -> None:
    risk = Risk(
        objects=(RiskObject(field="dest", type="system", score=9, pointer=("tags", "observable", 10)),),
        threats=(ThreatObject(field="src", type="url", pointer=("tags", "observable", 2)),),
        confidence=30,
        impact=30,
    )
    found = saved(detection(risk=risk), ConfStyle.V4)
    assert [next(iter(entry)) for entry in json.loads(found["action.risk.param._risk"])] == [
        "threat_object_field",
        "risk_object_field",
    ]
    annotations = json.loads(found["action.correlationsearch.annotations"])
    assert (annotations["confidence"], annotations["impact"]) == (30, 30)


def test_v4_has_no_risk_without_a_story() -> None:
    made = detection(analytic_story=())
    assert "action.risk" not in saved(made, ConfStyle.V4)
    assert "action.risk" in saved(made, ConfStyle.V5)


def test_native_findings_and_intermediate_findings() -> None:
    found = saved(detection(dialect=Dialect.NATIVE), ConfStyle.V6)
    assert json.loads(found["action.risk.param._risk"])[0] == {
        "risk_message": "heron on $dest$",
        "risk_object_field": "dest",
        "risk_object_type": "system",
        "risk_score": 64,
    }
    assert found["action.notable.param.rule_title"] == "Heron at $dest$"
    assert found["action.notable.param.nes_fields"] == "user,dest"
    assert json.loads(found["action.notable.param._entities"])[0]["risk_object_field"] == "dest"
    assert json.loads(found["action.notable.param.drilldown_searches"])[0]["search"] == (
        f'| savedsearch "{RULE}" | head 1'
    )


def test_a_native_finding_without_intermediate_findings_still_names_its_threats() -> None:
    entity = RiskObject(field="dest", type="system", score=81)
    made = detection(
        dialect=Dialect.NATIVE,
        finding=Finding(title="T $dest$", entity=entity),
        risk=Risk(threats=(ThreatObject(field="src", type="url"),)),
        drilldowns=(),
    )
    found = saved(made, ConfStyle.V6)
    assert found["action.risk.param._risk"] == '[{"threat_object_field":"src","threat_object_type":"url"}]'
    assert "action.risk" not in found
    assert "action.notable.param.drilldown_searches" not in found
    assert found["action.notable.param.severity"] == "critical"


@pytest.mark.parametrize("style", [ConfStyle.V4, ConfStyle.V5])
def test_native_content_keeps_its_findings_in_the_older_styles(style: ConfStyle) -> None:
    found = saved(detection(dialect=Dialect.NATIVE), style)
    assert found["action.notable.param.rule_title"] == "Heron at $dest$"
    assert found["action.risk.param._risk_message"] == "heron on $dest$"


def test_older_content_in_the_native_style_has_the_best_entity_and_the_message_at_each_object() -> None:
    found = saved(detection(), ConfStyle.V6)
    assert json.loads(found["action.notable.param._entities"])[0]["risk_score"] == 64
    assert json.loads(found["action.risk.param._risk"])[0]["risk_message"] == "heron on $dest$"


def test_throttling_is_written_in_every_style() -> None:
    made = detection(throttling=Throttling(fields=("dest", "user"), period="86400s"))
    for style in STYLES:
        found = saved(made, style)
        assert found["alert.suppress.fields"] == "dest,user"
        assert found["alert.suppress.period"] == "86400s"


def test_drilldowns_hold_the_search_and_leave_out_absent_offsets() -> None:
    found = json.loads(saved(detection())["action.notable.param.drilldown_searches"])
    assert found == [
        {
            "latest_offset": "now",
            "name": "See",
            "search": "index=pond | stats count by dest | `grey_heron_filter` | head 1",
        }
    ]


def test_kill_chain_phases_only_in_the_native_style() -> None:
    for style in STYLES:
        mappings = json.loads(saved(detection(), style)["action.correlationsearch.annotations"])
        assert mappings.get("kill_chain_phases") == (["Delivery", "Installation"] if style is ConfStyle.V6 else None)
        assert mappings["mitre_attack"] == ["T1078"]
        assert mappings["nist"] == ["DE.CM"]
        assert mappings["cis20"] == ["CIS 10"]


def test_json_is_escaped_as_jinja_does_it_and_compact_in_the_native_style() -> None:
    made = detection(analytic_story=("A & <B> 'ü'",))
    assert saved(made)["action.escu.analytic_story"] == '["A \\u0026 \\u003cB\\u003e \\u0027\\u00fc\\u0027"]'
    assert (
        '"analytic_story":["A & <B> \'\\u00fc\'"]' in saved(made, ConfStyle.V6)["action.correlationsearch.annotations"]
    )


@pytest.mark.parametrize("status", ["experimental", "deprecated"])
def test_a_status_warns_in_the_description(status: str) -> None:
    for style in STYLES:
        found = saved(detection(status=status), style)
        assert status.upper() in found["description"]
        assert found["description"].endswith("A heron stands.")
    assert saved(detection(status=status), ConfStyle.V4)["action.escu.eli5"] == "A heron stands."
    assert "heron@example.com" in saved(detection(status=status), ConfStyle.V6)["description"]


def test_derived_models_and_technologies_are_substrings_of_the_search() -> None:
    found = saved(detection(search="| tstats count from datamodel=Endpoint.Processes | `okta` `grey_heron_filter`"))
    assert found["action.escu.data_models"] == '["Endpoint"]'
    assert json.loads(found["action.escu.providing_technologies"])[-2:] == ["Okta", "Symantec Endpoint Protection"]
    assert saved(detection(search="index=a"))["action.escu.providing_technologies"] == "null"


@pytest.mark.parametrize("style", STYLES)
def test_baselines_are_support_searches(style: ConfStyle) -> None:
    made = Baseline(
        document=document("baselines/b.yml", Kind.BASELINE),
        name="Count Fishes",
        description="d",
        search="index=pond | outputlookup fishes",
        analytic_story=("B", "A"),
        creation_date=DAY,
        modification_date=DAY,
    )
    found = conf(rendered(pack(style, baselines=(made,))), "savedsearches")["HERON - Count Fishes"]
    assert found["cron_schedule"] == "10 0 * * *"
    assert found["search"] == "index=pond | outputlookup fishes"
    if style is not ConfStyle.V6:
        assert found["action.escu.search_type"] == "support"
        assert found["action.escu.analytic_story"] == '["A", "B"]'


def test_investigations_become_response_tasks_panels_and_actions_in_v4_only() -> None:
    made = Investigation(
        document=document("investigations/i.yml", Kind.INVESTIGATION, Dialect.V4),
        name="Who Is There",
        description="d",
        search="index=pond dest=$dest$ a<3",
        how_to_implement="how",
        analytic_story=("Pond Life",),
        modification_date=DAY,
    )
    other = replace(
        made, name="Two", search="$a$ $b$ $a$", document=document("investigations/j.yml", Kind.INVESTIGATION)
    )
    files = rendered(pack(ConfStyle.V4, investigations=(made, other), stories=(story(),)))
    assert conf(files, "savedsearches")["HERON - Who Is There - Response Task"]["search"] == made.search
    tokens = json.loads(
        conf(files, "es_investigations")["panel://workbench_panel_who_is_there___response_task"]["tokens"]
    )
    assert tokens["dest"]["value"] == "asset"
    assert tokens["dest"]["delimiter"] == " OR dest="
    assert list(conf(files, "workflow_actions")) == ["workbench_panel_who_is_there___response_task"]
    panel = files["default/data/ui/panels/workbench_panel_who_is_there___response_task.xml"].decode()
    assert "a&lt;3" in panel
    stories = conf(files, "analyticstories")
    assert stories["savedsearch://HERON - Who Is There - Response Task"]["earliest_time_offset"] == "14400"
    assert json.loads(stories["analytic_story://Pond Life"]["searches"])[0] == "HERON - Who Is There - Response Task"
    assert "HERON - Who Is There - Response Task" not in conf(rendered(pack(investigations=(made,))), "savedsearches")


def test_stories_name_their_searches_and_maintainers() -> None:
    made = pack(detections=(detection(),), stories=(story(),))
    found = conf(rendered(made), "analyticstories")["analytic_story://Pond Life"]
    assert found["category"] == "Malware"
    assert found["searches"] == f'["{RULE}"]'
    assert found["references"] == '["https://example.com/"]'
    assert json.loads(found["maintainers"]) == [{"company": "Heronry, Ltd.", "email": "-", "name": "A. Heron"}]
    assert found["last_updated"] == "2024-02-29"
    one = conf(rendered(pack(stories=(story(author="Solo"),))), "analyticstories")["analytic_story://Pond Life"]
    assert json.loads(one["maintainers"])[0]["company"] == "no"


def test_macros_have_arguments_and_filters_are_made_where_they_are_missing() -> None:
    made = pack(
        detections=(detection(), detection("Night Heron")),
        macros=(
            macro(definition="eval a=$x$\n| eval b=1", arguments=("x", "y")),
            macro("night_heron_filter", "search x"),
            macro("len", "1+1", iseval=True),
        ),
    )
    found = conf(rendered(made), "macros")
    assert found["pond(2)"] == {"args": "x, y", "definition": "eval a=$x$\n| eval b=1", "description": "The pond."}
    assert found["grey_heron_filter"]["definition"] == "search *"
    assert found["night_heron_filter"]["definition"] == "search x"
    assert found["len"]["iseval"] == "1"


def test_lookup_options_and_dated_files() -> None:
    table = lookup(
        default_match="No", match_type=("CIDR(ip)", "WILDCARD(owner)"), min_matches=0, max_matches=1000,
        case_sensitive_match="true", description="two\nlines [x]\nend \\",
    )  # fmt: skip
    store = lookup("nests", type="kvstore", data_path=None, fields=("_key", "a"), case_sensitive_match="false")
    model = lookup("__mlspl_m", type="mlmodel", data_path="lookups/__mlspl_m.mlmodel", data={"lookup_type": "mlmodel"})
    data = {"lookups/fishes.csv": b"\xef\xbb\xbfip,owner\r\n1,2\r\n", "lookups/__mlspl_m.mlmodel": b"a\r\nb"}
    files = rendered(pack(lookups=(table, store, model)), data=data)
    found = conf(files, "transforms")
    assert found["fishes"] == {
        "filename": "fishes_20240229.csv",
        "default_match": "No",
        "case_sensitive_match": "true",
        "match_type": "CIDR(ip), WILDCARD(owner)",
        "max_matches": "1000",
        "min_matches": "0",
    }
    assert found["nests"] == {
        "collection": "nests",
        "external_type": "kvstore",
        "case_sensitive_match": "false",
        "fields_list": "_key, a",
    }
    assert "__mlspl_m" not in found
    assert files["lookups/fishes_20240229.csv"] == b"ip,owner\n1,2\n"
    assert files["lookups/__mlspl_m.mlmodel"] == b"a\r\nb"
    assert conf(files, "collections") == {"nests": {"enforceTypes": "false", "replicate": "false"}}
    assert conf(rendered(pack(ConfStyle.V6, lookups=(store,))), "transforms")["nests"]["case_sensitive_match"] == "0"
    older = rendered(pack(ConfStyle.V4, lookups=(table, model)), data=data)
    assert conf(older, "transforms")["fishes"]["filename"] == "fishes.csv"
    assert conf(older, "transforms")["__mlspl_m"]["filename"] == "__mlspl_m.mlmodel"
    assert "default/collections.conf" not in older


def test_a_lookup_without_its_file_is_left_out() -> None:
    files = rendered(pack(lookups=(lookup(),)))
    assert "fishes" not in conf(files, "transforms")


def test_the_deprecation_table_tells_what_goes_and_what_replaces_it() -> None:
    old = detection("Old Heron", status="deprecated", document=document("detections/deprecated/o.yml", Kind.DETECTION))
    entry = DeprecationEntry(
        section="detections",
        content="Old Heron",
        deprecation=Deprecation(
            reason="Too old.", removed_in_version="2.0.0", replacement_content=("Pond Life", "Grey Heron")
        ),
        document=old.document,
        pointer=(),
    )
    made = pack(
        detections=(detection(), old),
        stories=(story(),),
        deprecation_entries=(entry,),
        settings={"enforce_deprecation_mapping": True, "docs": DocsConfig(site_url="https://herons.example/")},
    )
    found = rendered(made)["lookups/deprecation_info_20240229.csv"].decode()
    assert found.splitlines()[1:] == [
        'HERON - Old Heron - Rule,Detection,2.0.0,Too old.,"Grey Heron',
        'Pond Life","https://herons.example/endpoint/00000000-0000-4000-8000-000000000001',
        'https://herons.example/stories/pond_life"',
    ]


def test_own_saved_searches_are_appended() -> None:
    data = {"static_configs/savedsearches_fbd.conf": b"# c\n[HERON - Own]\nsearch = a \\\n| b\ndisabled = 1\n"}
    found = conf(rendered(pack(detections=(detection(),)), data=data), "savedsearches")
    assert found["HERON - Own"] == {"search": "a \n| b", "disabled": "1"}


@pytest.mark.parametrize("style", STYLES)
def test_the_app_is_complete_without_a_template(style: ConfStyle) -> None:
    files = rendered(pack(style, detections=(detection(),)))
    app = conf(files, "app")
    assert app["id"] == {"name": "heron_pack", "version": "1.2.3"}
    assert app["package"]["id"] == "heron_pack"
    assert app["launcher"]["version"] == "1.2.3"
    for name in ("analyticstories", "content-version"):
        assert app["triggers"][f"reload.{name}"] == "simple"
        assert f"conf_replication_include.{name}" in conf(files, "server")["shclustering"]
    assert "reload.savedsearches" not in app["triggers"]
    assert app["install"]["build"].startswith("20240229")
    assert b"sc_admin" in files["metadata/default.meta"]
    assert json.loads(files["app.manifest"])["info"]["id"]["version"] == "1.2.3"
    assert "README.md" in files
    assert "default/data/ui/nav/default.xml" in files


def test_private_apps_are_not_looked_for_on_splunkbase() -> None:
    assert conf(rendered(pack()), "app")["package"]["check_for_updates"] == "false"
    assert conf(rendered(pack(ConfStyle.V6)), "app")["package"]["check_for_updates"] == "0"
    own = replace(APP, uid=3449)
    assert conf(rendered(pack(app=own)), "app")["package"]["check_for_updates"] == "true"


def test_the_build_number_changes_with_the_content_only() -> None:
    one = conf(rendered(pack(detections=(detection(),))), "app")["install"]["build"]
    again = conf(rendered(pack(detections=(detection(),))), "app")["install"]["build"]
    other = conf(rendered(pack(detections=(detection(search="index=lake"),))), "app")["install"]["build"]
    assert one == again != other
    assert len(one) == 14


def test_the_template_is_copied_without_what_does_not_belong_in_an_app() -> None:
    static = {
        "default/use_case_library.conf": b"# x\n",
        "default/server.conf": b"[shclustering]\nconf_replication_include.own = true\n[diag]\nEXCLUDE-x = y\n",
        "metadata/default.meta": b"[]\naccess = read : [ * ], write : [ admin ]\n\n[governance]\naccess = write : [ * ]\n",
        "metadata/local.meta": b"[]",
        "local/app.conf": b"[x]",
        "static/appIcon.png": b"png",
        "static/logo.svg": b"svg",
        "default/macros.conf": b"[lost]\ndefinition = x\n",
        "README.md": b"mine",
    }
    files = rendered(pack(detections=(detection(),)), static)
    assert files["README.md"] == b"mine"
    assert files["static/appIcon.png"] == b"png"
    assert not {"static/logo.svg", "local/app.conf", "metadata/local.meta"} & files.keys()
    assert "lost" not in conf(files, "macros")
    triggers = conf(files, "app")["triggers"]
    assert {"reload.use_case_library", "reload.governance"} <= triggers.keys()
    server = conf(files, "server")
    assert server["diag"] == {"EXCLUDE-x": "y"}
    assert server["shclustering"]["conf_replication_include.own"] == "true"
    assert b"[savedsearches/default]\nexport = none" in files["metadata/default.meta"]


def test_content_can_be_left_out_by_path() -> None:
    made = pack(detections=(detection(), detection("Night Heron")), stories=(story(),))
    files = rendered(made, skip=frozenset({"detections/endpoint/night_heron.yml"}))
    assert "HERON - Night Heron - Rule" not in conf(files, "savedsearches")
    assert "night_heron_filter" not in conf(files, "macros")
    assert conf(files, "analyticstories")["analytic_story://Pond Life"]["searches"] == f'["{RULE}"]'


def test_of_two_detections_of_one_name_the_first_is_kept() -> None:
    second = detection(search="index=lake", document=document("detections/x/grey_heron.yml", Kind.DETECTION))
    found = conf(rendered(pack(detections=(detection(), second))), "savedsearches")
    assert found[RULE]["search"].startswith("index=pond")


def test_an_app_needs_an_id() -> None:
    with pytest.raises(ConfigError, match="app id"):
        rendered(pack(app=replace(APP, id="")))


def test_a_native_pack_denies_its_lookups_to_search_peers() -> None:
    found = conf(rendered(pack(ConfStyle.V6)), "distsearch")
    assert found["replicationDenylist"] == {"excludeHERON": r"apps[/\\]heron_pack[/\\]lookups[/\\]..."}


def test_everything_is_sorted_in_the_native_style() -> None:
    text = rendered(pack(ConfStyle.V6, detections=(detection("B"), detection("A"))))["default/macros.conf"].decode()
    assert text.index("[a_filter]") < text.index("[b_filter]")
    keys = [line.partition(" =")[0] for line in text.splitlines() if " = " in line][:2]
    assert keys == ["definition", "description"]
