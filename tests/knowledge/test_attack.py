from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.base.diagnostics import ConfigError, RepositoryError
from generator.knowledge import attack as module
from generator.knowledge.attack import Technique, builtin_attack, read_attack, write_attack

if TYPE_CHECKING:
    from pathlib import Path

ATTACK = builtin_attack()


# truth: attack.mitre.org, version 18
def test_technique_has_name_tactics_and_platforms() -> None:
    technique = ATTACK.techniques["T1003.001"]
    assert (technique.name, technique.tactics, technique.platforms) == (
        "LSASS Memory",
        ("credential-access",),
        ("Windows",),
    )
    assert technique.is_current


def test_tactics_are_in_the_order_of_the_matrix() -> None:
    assert [tactic.name for tactic in ATTACK.tactics.values()] == [
        "Reconnaissance",
        "Resource Development",
        "Initial Access",
        "Execution",
        "Persistence",
        "Privilege Escalation",
        "Defense Evasion",
        "Credential Access",
        "Discovery",
        "Lateral Movement",
        "Collection",
        "Command and Control",
        "Exfiltration",
        "Impact",
    ]


@pytest.mark.parametrize(
    ("technique_id", "successor"),
    [
        ("T1574.002", "T1574.001"),
        ("T1073", "T1574.001"),  # revoked by T1574.002, which was revoked in its turn
        ("T1002", "T1560"),
        ("T1003", None),
        ("T1026", None),  # deprecated, not revoked
        ("T9999", None),
    ],
)
def test_revoked_technique_leads_to_the_one_that_replaces_it_today(technique_id: str, successor: str | None) -> None:
    found = ATTACK.successor(technique_id)
    assert (found.id if found else None) == successor


def test_version_that_revoked_a_technique_is_told_where_it_is_known() -> None:
    assert ATTACK.techniques["T1574.002"].revoked_in == "17"
    assert ATTACK.techniques["T1002"].revoked_in == ""


def test_deprecated_technique_is_not_current() -> None:
    assert ATTACK.techniques["T1026"].is_deprecated
    assert not ATTACK.techniques["T1026"].is_current


def test_every_successor_exists_and_is_current() -> None:
    for technique in ATTACK.techniques.values():
        if technique.is_revoked:
            found = ATTACK.successor(technique.id)
            assert found is not None, technique.id
            assert found.is_current, technique.id


def test_successors_in_a_ring_end() -> None:
    ring = {
        "T1001": Technique("T1001", "a", revoked_by="T1002", is_revoked=True),
        "T1002": Technique("T1002", "b", revoked_by="T1001", is_revoked=True),
    }
    assert module.Attack("1", {}, ring).successor("T1001") is None


# truth: the documentation pages and conf files that were published of detections with these techniques
@pytest.mark.parametrize(
    ("ids", "phases"),
    [
        (["T1592"], ("Reconnaissance",)),
        (["T1583"], ("Weaponization",)),
        (["T1189"], ("Delivery",)),
        (["T1059.001", "T1059", "T1562.001"], ("Installation", "Exploitation")),
        (["T1573"], ("Command and Control",)),
        (["T1048.003"], ("Actions on Objectives",)),
        (["T1200", "T1498", "T1557"], ("Delivery", "Actions on Objectives", "Exploitation")),
        (["T1574.002"], ("Installation", "Exploitation")),
        (["T9999"], ()),
        ([], ()),
    ],
)
def test_kill_chain_phases_follow_the_tactics(ids: list[str], phases: tuple[str, ...]) -> None:
    assert ATTACK.kill_chain_phases(ids) == phases


def test_every_tactic_has_a_phase() -> None:
    for technique in ATTACK.techniques.values():
        assert technique.tactics
        assert set(ATTACK.kill_chain_phases([technique.id])) <= set(module.KILL_CHAIN_PHASES)
        assert ATTACK.kill_chain_phases([technique.id])


def test_written_table_reads_back_the_same(tmp_path: Path, root: Path) -> None:
    file = tmp_path / "attack.json"
    file.write_bytes(write_attack(ATTACK))
    assert read_attack(file) == ATTACK
    shipped = root / "generator" / "knowledge" / "data" / "attack" / "attack.json"
    assert shipped.read_bytes() == write_attack(ATTACK)
    assert "MITRE" in ATTACK.notice


def pattern(number: int, technique_id: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "attack-pattern",
        "id": f"attack-pattern--{number}",
        "name": f"Technique {number}",
        "external_references": [{"source_name": "mitre-attack", "external_id": technique_id}],
        "kill_chain_phases": [{"kill_chain_name": "mitre-attack", "phase_name": "impact"}],
        "x_mitre_platforms": ["Linux"],
        "x_mitre_domains": ["enterprise-attack"],
        **more,
    }


OBJECTS = [
    pattern(1, "T1001"),
    pattern(2, "T1002", revoked=True),
    pattern(3, "T1003", x_mitre_deprecated=True),
    pattern(4, "T1404", x_mitre_domains=["mobile-attack"]),
    pattern(5, "T1001", revoked=True, name="an older object of the same id"),
    {
        "type": "relationship",
        "relationship_type": "revoked-by",
        "source_ref": "attack-pattern--2",
        "target_ref": "attack-pattern--1",
    },
    {"type": "relationship", "relationship_type": "uses", "source_ref": "x", "target_ref": "attack-pattern--1"},
    {
        "type": "x-mitre-tactic",
        "id": "x-mitre-tactic--1",
        "name": "Impact",
        "x_mitre_shortname": "impact",
        "external_references": [{"source_name": "mitre-attack", "external_id": "TA0040"}],
    },
    {"type": "x-mitre-collection", "name": "Enterprise ATT&CK", "x_mitre_version": "99.1"},
]
EXPECTED = {
    "T1001": Technique("T1001", "Technique 1", ("impact",), ("Linux",)),
    "T1002": Technique("T1002", "Technique 2", ("impact",), ("Linux",), revoked_by="T1001", is_revoked=True),
    "T1003": Technique("T1003", "Technique 3", ("impact",), ("Linux",), is_deprecated=True),
}


def test_stix_bundle_becomes_the_table(tmp_path: Path) -> None:
    file = tmp_path / "bundle.json"
    file.write_text(json.dumps({"type": "bundle", "objects": OBJECTS}))
    found = read_attack(file)
    assert found.version == "99.1"
    assert found.techniques == EXPECTED
    assert found.tactics == {"impact": module.Tactic("impact", "TA0040", "Impact")}


def test_folder_of_stix_objects_and_bundles_becomes_the_table(tmp_path: Path) -> None:
    for number, item in enumerate(OBJECTS):
        folder = tmp_path / item["type"]
        folder.mkdir(exist_ok=True)
        content = item if number % 2 else {"type": "bundle", "objects": [item]}
        (folder / f"{number}.json").write_text(json.dumps(content))
    (tmp_path / "package.json").write_text('{"name": "not STIX"}')
    assert read_attack(tmp_path).techniques == EXPECTED


def test_version_is_taken_from_the_file_name_when_the_bundle_has_none(tmp_path: Path) -> None:
    file = tmp_path / "enterprise-attack-17.1.json"
    file.write_text(json.dumps({"type": "bundle", "objects": OBJECTS[:1]}))
    assert read_attack(file).version == "17.1"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is not JSON"),
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("3", "neither a STIX bundle nor"),
        ('{"type": "bundle"}', "neither a STIX bundle nor"),
        ('{"type": "bundle", "objects": []}', "holds no ATT&CK techniques"),
        ('{"techniques": {}}', "`version` must be a text"),
        ('{"version": "1", "tactics": {}, "techniques": {}}', "must be objects"),
        ('{"version": "1", "tactics": {}, "techniques": {"X": {}}}', "`X` is no technique"),
        ('{"version": "1", "tactics": {}, "techniques": {"T1001": {}}}', "`T1001` is incomplete"),
        (
            '{"version": "1", "tactics": {}, "techniques": {"T1001": {"name": "a", "tactics": [1]}}}',
            "`T1001` is incomplete",
        ),
        ('{"version": "1", "tactics": {"a": 1}, "techniques": {"T1001": {"name": "a"}}}', "tactic `a` is malformed"),
        ('{"version": "1", "tactics": {}, "techniques": {}, "more": 1}', "`more` is not a key"),
    ],
)
def test_what_is_no_attack_data_is_refused_with_its_path(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(content)
    with pytest.raises(ConfigError, match=message) as caught:
        read_attack(file)
    assert "x.json" in str(caught.value)


def test_an_unreadable_or_huge_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RepositoryError, match=r"gone\.json"):
        read_attack(tmp_path / "gone.json")
    with pytest.raises(ConfigError, match="no ATT&CK techniques"):
        read_attack(tmp_path)
    monkeypatch.setattr(module, "MAX_FILE_BYTES", 10)
    (tmp_path / "x.json").write_text(json.dumps(OBJECTS))
    with pytest.raises(RepositoryError, match="larger"):
        read_attack(tmp_path / "x.json")
    monkeypatch.setattr(module, "MAX_FOLDER_BYTES", 10)
    with pytest.raises(RepositoryError, match="more JSON"):
        read_attack(tmp_path)


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside.json", tmp_path / "stix"
    folder.mkdir()
    outside.write_text(json.dumps({"type": "bundle", "objects": OBJECTS}))
    (folder / "link.json").symlink_to(outside)
    with pytest.raises(ConfigError):
        read_attack(folder)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(0, 9)
    | st.sampled_from(["T1001", "bundle", "attack-pattern", "mitre-attack"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "objects",
                    "external_references",
                    "source_name",
                    "external_id",
                    "techniques",
                    "tactics",
                    "version",
                    "T1001",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
)


@given(JSON)
def test_no_json_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    file = tmp_path_factory.getbasetemp() / "any.json"
    file.write_text(json.dumps(value))
    with contextlib.suppress(ConfigError):
        read_attack(file)


@pytest.mark.corpus
def test_stix_and_table_of_one_release_say_the_same(corpus: Path, reference: Path) -> None:
    table = read_attack(reference / "attack_v18.json")
    stix = read_attack(corpus / "ng" / "pack" / "MITRE_enterprise_attack_fallback.json")
    assert stix.techniques.keys() == table.techniques.keys()
    for technique in table.techniques.values():
        other = stix.techniques[technique.id]
        # that bundle is v18 with one tactic renamed as v19 has it
        assert {tactic.replace("stealth", "defense-evasion") for tactic in other.tactics} == set(technique.tactics)
        assert (other.name, other.is_revoked, other.revoked_by, other.is_deprecated) == (
            technique.name,
            technique.is_revoked,
            technique.revoked_by,
            technique.is_deprecated,
        )
        assert set(stix.kill_chain_phases([technique.id])) == set(table.kill_chain_phases([technique.id]))


@pytest.mark.corpus
def test_older_release_is_read(corpus: Path) -> None:
    old = read_attack(corpus / "docs_pages" / "attack_v12.json")
    assert old.version == "12.1"
    assert old.techniques["T1574.002"].is_current
