"""Where tests run: options, environments and the configuration, in this order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generator.base.diagnostics import ConfigError
from generator.cli.servers import ServerOptions, Servers, opened, settle
from generator.content.config import Config

ROOT = Path("/pack")
LAB = {"backend": "both", "url": ["https://a", "https://b"], "hec_url": ["https://c", "https://d"], "ca": "lab.pem"}
CONFIG = Config(
    backends={"splunk": {"container": "podman", "image": "mine:1", "platform": "", "containers": 2}},
    environments={"lab": LAB},
)


@pytest.mark.parametrize(
    ("options", "servers"),
    [
        ({}, Servers("embedded", container="podman", containers=2, image="mine:1", platform="")),
        ({"backend": "splunk"}, Servers("splunk", container="podman", containers=2, image="mine:1", platform="")),
        (
            {
                "backend": "splunk",
                "container": "docker",
                "containers": 1,
                "image": "other",
                "platform": "x",
                "accepted": True,
            },
            Servers("splunk", container="docker", image="other", platform="x", accepted=True),
        ),
        (
            {"backend": "splunk", "urls": ("https://z",), "insecure": True},
            Servers("splunk", ("https://z",), verify=False, containers=2, image="mine:1", platform=""),
        ),
    ],
)
def test_options_come_before_the_configuration(options: dict[str, Any], servers: Servers) -> None:
    assert settle(ServerOptions(**options), CONFIG, ROOT) == servers


def test_an_environment_is_a_backend_by_name() -> None:
    config = replace(CONFIG, backends={})
    assert settle(ServerOptions(environment="lab"), config, ROOT) == Servers(
        "both", ("https://a", "https://b"), ("https://c", "https://d"), ROOT / "lab.pem"
    )
    assert settle(ServerOptions(environment="lab", backend="embedded"), config, ROOT).backend == "embedded"


def test_terms_may_be_accepted_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTENTPACK_ACCEPT_SPLUNK_TERMS", "yes")
    assert settle(ServerOptions(backend="splunk"), CONFIG, ROOT).accepted


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (ServerOptions(environment="labb"), "no environment `labb`; did you mean `lab`?"),
        (ServerOptions(backend="splunk", urls=("https://a", "https://b"), hec_urls=("https://c",)), "2 servers and 1"),
    ],
)
def test_what_cannot_be_settled_is_told(options: ServerOptions, message: str) -> None:
    with pytest.raises(ConfigError, match=message.replace("?", r"\?")):
        settle(options, CONFIG, ROOT)


def test_without_a_server_there_is_no_splunk() -> None:
    with pytest.raises(ConfigError, match="--splunk-url"):
        settle(ServerOptions(backend="both"), Config(), ROOT)


def test_without_a_login_no_server_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TOKEN", "USERNAME", "PASSWORD"):
        monkeypatch.delenv(f"CONTENTPACK_SPLUNK_{name}", raising=False)
    with (
        pytest.raises(ConfigError, match="CONTENTPACK_SPLUNK_TOKEN"),
        opened(Servers("splunk", ("https://a",)), (), lambda _what: None),
    ):
        pass
    monkeypatch.setenv("CONTENTPACK_SPLUNK_TOKEN", "t")
    with opened(Servers("splunk", ("https://a",), verify=False), (), lambda _what: None) as targets:
        assert [str(target.collector) for target in targets] == ["https://a:8088"]
        assert targets[0].token == "t"


@pytest.mark.parametrize(
    ("lab", "told"),
    [
        ({"url": 5}, "`environments.lab.url` in the configuration is 5; an address or a list of addresses is expected"),
        ({"url": [None]}, "`environments.lab.url` in the configuration is [None]"),
        ({"url": {"a": "b"}}, "`environments.lab.url`"),
        ({"hec_url": [1]}, "`environments.lab.hec_url`"),
        ({"verify": "no"}, "`environments.lab.verify` in the configuration is 'no'; true or false is expected"),
        ({"container": "auto", "containers": "two"}, "`environments.lab.containers`"),
        ({"container": "auto", "containers": True}, "a whole number from 1 to 32"),
        ({"container": "lxc"}, "one of auto, docker, podman is expected"),
        ({"backend": "spunk"}, "one of embedded, splunk, both is expected"),
        ({"ca": ["lab.pem"]}, "`environments.lab.ca` in the configuration is ['lab.pem']; a text is expected"),
        ({"platform": 1}, "`environments.lab.platform`"),
        (["https://a"], "`environments.lab` in the configuration is ['https://a']; a mapping is expected"),
    ],
    ids=str,
)
def test_a_value_of_the_wrong_kind_is_told_and_not_passed_over(lab: Any, told: str) -> None:
    if isinstance(lab, dict) and not {"url", "container"} & lab.keys():
        lab = {"url": "https://a", **lab}
    config = Config(environments={"lab": lab})
    with pytest.raises(ConfigError) as caught:
        settle(ServerOptions(environment="lab", backend="splunk" if "backend" not in lab else None), config, ROOT)
    assert told in str(caught.value)
