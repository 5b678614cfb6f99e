from __future__ import annotations

import contextlib
import json
import re
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.base.diagnostics import RepositoryError
from generator.knowledge import datamodels, modelfiles
from generator.knowledge.datamodels import ALWAYS_FIELDS, load_models

if TYPE_CHECKING:
    from pathlib import Path

MODELS = load_models()


def test_index_says_what_the_model_files_say(root: Path, *, update: bool) -> None:
    made = modelfiles.index_of(modelfiles.addon_models(addon) for addon in modelfiles.ADDONS)
    file = root / "generator" / "knowledge" / "data" / "datamodels.json"
    text = json.dumps(made, separators=(",", ":")) + "\n"
    if update:
        file.write_text(text, encoding="utf-8", newline="\n")
    assert file.read_text(encoding="utf-8") == text, "run pytest --update to write the index anew"


def test_every_model_file_is_named_like_its_model_and_reads_in_full() -> None:
    for addon in modelfiles.ADDONS:
        for model in modelfiles.addon_models(addon)[1]:
            assert modelfiles.load_definition(model.name) == model
            assert model.name in MODELS


# truth: Splunk's CIM documentation of each data model
@pytest.mark.parametrize(
    ("model", "dataset", "fields"),
    [
        (
            "Endpoint",
            "Processes",
            {"process_name", "parent_process_name", "process_guid", "original_file_name", "dest"},
        ),
        ("Endpoint", "Registry", {"registry_path", "registry_value_data", "registry_key_name"}),
        ("Network_Traffic", "Allowed_Traffic", {"src_ip", "dest_port", "bytes_out", "action"}),
        ("Web", "Web", {"http_user_agent", "url", "status", "url_domain"}),
        ("Change", "Account_Management", {"src_user", "object", "dest"}),
        ("Authentication", "Failed_Authentication", {"user", "app", "src"}),
        ("Updates", "Updates", {"signature", "status", "dest"}),
        ("Splunk_Audit", "Search_Activity", {"search", "user", "info"}),
    ],
)
def test_dataset_has_declared_calculated_and_inherited_fields(model: str, dataset: str, fields: set[str]) -> None:
    found = MODELS.fields(model, dataset)
    assert found is not None
    assert fields <= found
    assert not found & {"_time", "_raw"}


def test_a_child_has_what_its_parent_has_and_more() -> None:
    parent, child = MODELS.fields("Change", "All_Changes"), MODELS.fields("Change", "Instance_Changes")
    assert parent is not None
    assert child is not None
    assert parent < child
    assert "image_id" in child - parent


def test_fields_of_an_open_model_are_known_but_never_complete() -> None:
    assert MODELS.fields("Risk", "All_Risk") is None
    assert "risk_score" in MODELS.known_fields("Risk", "All_Risk")
    assert MODELS.is_open("Risk")
    assert not MODELS.is_open("Endpoint")


def test_unknown_model_and_dataset() -> None:
    assert "Endpoints" not in MODELS
    assert MODELS.dataset("Endpoints", "Processes") is None
    assert MODELS.dataset("Endpoint", "Process") is None
    assert MODELS.fields("Endpoint", "Process") is None
    assert MODELS.known_fields("Endpoint", "Process") == frozenset()
    assert MODELS.root_dataset("Nope") is None


def test_tree() -> None:
    assert MODELS.lineage("Change", "Accounts_Created") == ("All_Changes", "Account_Management", "Accounts_Created")
    assert MODELS.children("Network_Traffic", "All_Traffic") == ("Traffic_By_Action",)
    assert set(MODELS.descendants("Network_Traffic", "All_Traffic")) == {
        "Traffic_By_Action",
        "Allowed_Traffic",
        "Blocked_Traffic",
    }
    root = MODELS.root_dataset("Change")
    assert root is not None
    assert (root.name, root.parent, root.base) == ("All_Changes", None, "BaseEvent")
    assert MODELS.models["Endpoint"].roots == ("Ports", "Processes", "Services", "Filesystem", "Registry")


def test_a_dataset_is_found_by_its_lineage_but_not_by_a_wrong_one() -> None:
    found = MODELS.dataset("Change", "All_Changes.Account_Management")
    assert found is not None
    assert found.prefix == "All_Changes.Account_Management"
    assert MODELS.dataset("Change", "Auditing_Changes.Account_Management") is None


@pytest.mark.parametrize(
    ("model", "dotted", "datasets", "field", "is_known"),
    [
        ("Endpoint", "Processes.process_name", ("Processes",), "process_name", True),
        ("Endpoint", "Processes.proces_name", ("Processes",), "proces_name", False),
        ("Endpoint", "Processes._time", ("Processes",), "_time", True),
        ("Change", "All_Changes.Instance_Changes.image_id", ("All_Changes", "Instance_Changes"), "image_id", True),
        ("Change", "All_Changes.image_id", ("All_Changes",), "image_id", False),
        ("Change", "Instance_Changes.image_id", ("Instance_Changes",), "image_id", True),
        ("Network_Traffic", "All_Traffic.is_Traffic_By_Action", ("All_Traffic",), "is_Traffic_By_Action", True),
        ("Network_Traffic", "All_Traffic.is_not_Traffic_By_Action", ("All_Traffic",), "is_not_Traffic_By_Action", True),
        (
            "Risk",
            "All_Risk.annotations.mitre_attack.mitre_tactic",
            ("All_Risk",),
            "annotations.mitre_attack.mitre_tactic",
            True,
        ),
        ("Risk", "All_Risk.something_new", ("All_Risk",), "something_new", None),
        ("Change", "All_Changes.Account_Management", ("All_Changes", "Account_Management"), "", True),
    ],
)
def test_prefixed_field_is_taken_apart(
    *, model: str, dotted: str, datasets: tuple[str, ...], field: str, is_known: bool | None
) -> None:
    assert MODELS.split_field(model, dotted) == datamodels.FieldPath(datasets, field, is_known)


def test_a_name_without_a_dataset_is_no_prefixed_field() -> None:
    assert MODELS.split_field("Endpoint", "Web.url") is None
    assert MODELS.split_field("Nope", "Web.url") is None


def test_prefixes_name_every_model_that_has_the_dataset() -> None:
    assert MODELS.prefixes["Processes"] == (("Application_State", "Processes"), ("Endpoint", "Processes"))


def test_definition_keeps_searches_and_calculations() -> None:
    (dns,) = modelfiles.load_definition("Network_Resolution").datasets
    assert dns.constraints == ("(`cim_Network_Resolution_indexes`) tag=network tag=resolution tag=dns",)
    lookup = next(item for item in dns.calculations if item.kind == "Lookup")
    assert (lookup.lookup, lookup.lookup_inputs, lookup.lookup_outputs) == (
        "cim_dns_reply_code_lookup",
        (("reply_code_id", "reply_code_id"),),
        (("reply_code", "reply_code"),),
    )
    with pytest.raises(KeyError):
        modelfiles.load_definition("internal_server")


MINIMAL = {
    "modelName": "Mine",
    "objects": [
        {"objectName": "Top", "parentName": "BaseEvent", "fields": [{"fieldName": "a", "type": "number"}]},
        {"objectName": "Under", "parentName": "Top", "fields": [{"fieldName": "b"}]},
    ],
}


def test_a_packs_own_model_is_added() -> None:
    mine = modelfiles.parse_model(json.dumps(MINIMAL).encode(), "data/models/Mine.json")
    both = MODELS.with_definitions([mine], app="my_app")
    assert both.fields("Mine", "Under") == {"a", "b"}
    assert both.models["Mine"].app == "my_app"
    assert "Endpoint" in both
    assert "Mine" not in MODELS


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{", "not a data model"),
        (b"\xff", "not a data model"),
        (b"[" * 100_000, "not a data model"),
        (b"[]", "no `modelName`"),
        (b'{"modelName": "x", "objects": 3}', "`objects` must be a list"),
        (b'{"modelName": "x", "objects": [{"parentName": "BaseEvent"}]}', "`objectName` must be a text"),
        (b'{"modelName": "x", "objects": [{"objectName": "a", "parentName": "b"}]}', "does not exist"),
        (b'{"modelName": "x", "objects": [{"objectName": "a", "parentName": "a"}]}', "own ancestor"),
        (
            b'{"modelName": "x", "objects": ['
            + b",".join([b'{"objectName": "a", "parentName": "BaseEvent"}'] * 2)
            + b"]}",
            "same name",
        ),
    ],
)
def test_what_is_no_data_model_is_refused_with_its_path(data: bytes, message: str) -> None:
    with pytest.raises(RepositoryError, match=message) as caught:
        modelfiles.parse_model(data, "app/x.json")
    assert "app/x.json" in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["modelName", "objects", "objectName", "parentName", "fields", "fieldName", "constraints"]),
            inner,
            max_size=4,
        )
    ),
)


@given(JSON)
def test_no_json_breaks_the_reader(value: object) -> None:
    with contextlib.suppress(RepositoryError):
        modelfiles.parse_model(json.dumps(value).encode(), "x.json")


def test_event_fields_are_apart() -> None:
    assert {
        "_time",
        "host",
        "source",
        "sourcetype",
        "index",
        "splunk_server",
        "_raw",
        "linecount",
        "punct",
    } <= ALWAYS_FIELDS


# Each is a field that no version of the CIM has: the author of the search meant another one or a site's own addition.
AUTHOR_ERRORS = {"Authentication.method", "Processes.path", "Processes.orig_process_name", "DNS.flow_id"}


@pytest.mark.corpus
@pytest.mark.slow
def test_real_searches_use_no_unknown_model_dataset_or_field_but_by_mistake(corpus: Path) -> None:
    unknown = set()
    count = 0
    for file in sorted((corpus / "security_content" / "detections").rglob("*.yml")):
        search = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["search"]
        for part in re.split(
            r"(?=\|\s*(?:tstats|from|datamodel)\b)", re.sub(r"```.*?```", "", search, flags=re.DOTALL)
        ):
            use = re.search(r"datamodel\s*[=:]\s*\"?(\w+)(?:\.(\w+))?", part)
            if use is None:
                continue
            model, dataset = use.groups()
            assert model in MODELS, (file.name, model)
            assert dataset is None or MODELS.dataset(model, dataset), (file.name, dataset)
            for dotted in re.findall(
                r"(?<![\w.\\/*-])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+", part[: use.start()] + part[use.end() :]
            ):
                path = MODELS.split_field(model, dotted)
                count += path is not None
                if path is not None and path.is_known is False:
                    unknown.add(dotted)
    assert count > 5_000
    assert unknown == AUTHOR_ERRORS
