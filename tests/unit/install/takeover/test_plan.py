"""What can be taken over, and each refusal, before anything is changed."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from lib.install.takeover import plan
from lib.install.takeover.plan import Plan, Refused, make_plan
from lib.install.takeover.tools import Failed
from lib.install.takeover.words import TEXTS, text
from tests.unit.install.takeover.servers import FOUND, PEER, Tools, inspected

HOST = replace(FOUND, name="host:wg1", kind="host")
LOOKS = ("docker --version", "docker inspect", "docker update --restart=always", "docker exec", "ss ", "podman",
         "systemctl is-enabled")  # fmt: skip


def make(tools: Tools | None = None, name: str = FOUND.name, used: tuple[str, ...] = (), **changes: object) -> Plan:
    server = replace(FOUND, **changes)  # type: ignore[arg-type]
    return make_plan(tools or Tools(), [server, HOST], name, used, "1.1.1.1")


def refusal(*words: object, **values: object) -> str:
    """Return a refusal's key; check that nothing was changed and that its text can be formatted."""
    tools = next((word for word in words if isinstance(word, Tools)), Tools())
    with pytest.raises(Refused) as caught:
        make(tools, **values)  # type: ignore[arg-type]
    assert not [line for line in tools.called if not line.startswith(LOOKS)]
    assert "{" not in text(caught.value.key, **caught.value.values)
    return caught.value.key


def test_it_works() -> None:
    found = make()
    assert (found.tool, found.port, found.address6) == ("wg", 443, "")
    assert (found.resolver, found.resolver_to) == ("172.29.172.254", "1.1.1.1")
    assert make(version="2.0").tool == "awg"
    assert make(addresses=("10.8.1.0/24", "fd00::1/64")).address6 == "fd00::1/64"


def test_a_resolver_that_is_there_is_reached() -> None:
    assert make(Tools(docker_inspect___format="true\n")).resolver_to == "1.1.1.1"
    tools = Tools()
    tools.answers["docker inspect --format"] = "true\n"
    assert (make(tools).resolver, make(tools).resolver_to) == ("172.29.172.254", "")
    easy = make(kind="wg-easy-14")
    assert (easy.resolver, easy.resolver_to) == ("", "")


@pytest.mark.parametrize(
    ("dns", "resolver", "to"),
    [(("9.9.9.9", "2620:fe::fe"), "", ""), (("fd00::53", "10.42.42.43"), "10.42.42.43", ""),
     (("192.168.1.1",), "192.168.1.1", ""), (("10.8.1.0",), "10.8.1.0", "1.1.1.1")],
)  # fmt: skip
def test_a_resolver_of_the_owners_stays_reached(dns: tuple[str, ...], resolver: str, to: str) -> None:
    """wg-easy's guide sets up Pi-hole in a second container; a resolver in the container itself stops with it."""
    found = make(kind="wg-easy-15", dns=dns)
    assert (found.resolver, found.resolver_to) == (resolver, to)


@pytest.mark.parametrize(
    ("policy", "count", "expected"),
    [("always", 0, "always"), ("", 0, "no"), ("on-failure", 3, "on-failure:3"), ("on-failure", 0, "on-failure")],
)
def test_what_starts_a_container_is_read(policy: str, count: int, expected: str) -> None:
    tools = Tools()
    tools.answers["docker inspect --type"] = inspected(policy, count)
    assert make(tools).container.restart == expected


@pytest.mark.parametrize("policy", ["", "sometimes", "always --privileged", "on-failure:x", "$(reboot)"])
def test_a_policy_that_is_none_is_refused(policy: str) -> None:
    tools = Tools()
    tools.answers["docker inspect --type"] = inspected(policy or "on-failure", -1 if not policy else 0)
    assert refusal(tools) == "docker_refuses"


def test_podmans_unit_is_known() -> None:
    tools = Tools(podman=Failed("no such container"))
    tools.answers["docker --version"] = "podman version 4.9"
    tools.answers["systemctl is-enabled container-amnezia-awg"] = "enabled\n"
    container = make(tools).container
    assert (container.is_podman, container.unit) == (True, "container-amnezia-awg.service")
    assert [line for line in tools.called if "update" in line] == ["docker update --restart=always amnezia-awg"]
    tools.called.clear()
    tools.answers["docker inspect --type"] = inspected("no")
    assert make(tools).container.restart == "no"
    assert not [line for line in tools.called if "update" in line], "older ones can't, and need not"


def test_names_that_are_none_are_refused() -> None:
    assert refusal(name="wg-easy") == "not_found"
    assert refusal(name="host:wg1") == "is_of_the_host"
    assert refusal(name="host:wg7") == "not_found"
    with pytest.raises(Refused, match="none_found"):
        make_plan(Tools(), [HOST], "wg-easy", (), "1.1.1.1")


@pytest.mark.parametrize("changes", [{"private_key": ""}, {"port": None}, {"addresses": ()}])
def test_what_can_not_be_read_is_refused(changes: dict[str, object]) -> None:
    assert refusal(**changes) == "not_readable"


@pytest.mark.parametrize("command", ["docker inspect --type", "docker update", "docker exec"])
def test_rights_that_docker_does_not_give_are_refused(command: str) -> None:
    tools = Tools()
    tools.answers[command] = Failed("permission denied while trying to connect")
    assert refusal(tools) == "docker_refuses"


OTHER = inspected().replace("/amnezia-awg", "/nextcloud")


@pytest.mark.parametrize("text", ["", "[]", "[{}]", "{", "[" * 100_000, OTHER,
                                  '[{"Name": 7}]', json.dumps([{"Name": "x", "State": 0}])])  # fmt: skip
def test_what_docker_says_may_be_anything(text: str) -> None:
    tools = Tools()
    tools.answers["docker inspect --type"] = text
    assert refusal(tools) == "docker_refuses"


@pytest.mark.parametrize(
    ("answer", "key"),
    [(inspected(network="host"), "host_network"), (inspected(ports={}), "not_published"),
     (inspected(ports={"51820/tcp": [{"HostPort": "443"}]}), "not_published"),
     (inspected(ports={"51820/udp": None}), "not_published")],
)  # fmt: skip
def test_a_container_that_is_reached_otherwise_is_refused(answer: str, key: str) -> None:
    tools = Tools()
    tools.answers["docker inspect --type"] = answer
    assert refusal(tools) == key


def test_a_container_with_several_ports_is_refused() -> None:
    tools = Tools()
    tools.answers["docker inspect --type"] = inspected(ports={"51820/udp": [{"HostPort": "443"}, {"HostPort": "53"}]})
    assert refusal(tools) == "several_ports"
    places = [{"HostIp": ip, "HostPort": "443"} for ip in ("0.0.0.0", "::")]
    tools.answers["docker inspect --type"] = inspected(ports={"51820/udp": places, "9/udp": [{"HostPort": "9"}]})
    assert make(tools).port == 443


def test_a_container_that_would_not_come_back_is_refused() -> None:
    tools = Tools()
    tools.answers["docker inspect --type"] = inspected(AutoRemove=True)
    assert refusal(tools) == "goes_when_stopped"
    [seen] = json.loads(inspected())
    labels = {"com.docker.swarm.service.id": "x"}
    tools.answers["docker inspect --type"] = json.dumps([seen | {"Config": {"Labels": labels}}])
    assert refusal(tools) == "in_swarm"


def test_a_container_that_runs_must_say_who_is_online() -> None:
    assert refusal(faults=("tool_failed",)) == "shows_nothing"
    tools = Tools()
    tools.answers["docker inspect --type"] = inspected().replace('"Running": true', '"Running": false')
    assert make(tools, faults=("tool_failed",)).port == 443


def test_where_ipv6_is_switched_off_the_server_goes_without(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Compose files often give wg-easy IPv6, but this kernel would refuse the address."""
    both = replace(PEER, addresses=("10.8.1.1/32", "fd00::2/128"))
    more = {"addresses": ("10.8.1.0/24", "fd00::1/64"), "peers": (both,)}
    for content, six in (("0\n", "fd00::1/64"), ("1\n", ""), (None, "")):
        monkeypatch.setattr(plan, "WITHOUT_SIX", tmp_path / "value")
        (tmp_path / "value").unlink(missing_ok=True)
        if content:
            (tmp_path / "value").write_text(content)
        found = make(**more)  # type: ignore[arg-type]
        assert found.address6 == six
        assert found.here.peers[0].addresses == (("10.8.1.1/32", "fd00::2/128") if six else ("10.8.1.1/32",))
        assert found.server.peers[0] == both, "the copy is of all that there was"
    assert make(addresses=("fd00::1/64",)).address6 == "fd00::1/64", "it has nothing else"


def test_whose_time_is_over_is_not_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 1_800_000_000.0)
    ends = {"Anna": 1_800_000_000, "Boris": 1_800_000_001, "Cat": None}
    found = make(peers=tuple(replace(PEER, name=name, expires_at=end) for name, end in ends.items()))
    assert {peer.name: peer.enabled for peer in found.here.peers} == {"Anna": False, "Boris": True, "Cat": True}


@pytest.mark.parametrize(
    ("holder", "is_free"),
    [('users:(("docker-proxy",pid=1,fd=4))', True), ('users:(("dockerd",pid=1,fd=4))', True), ("", False),
     ('users:(("nginx",pid=1,fd=4))', False), ('users:(("docker-proxy",pid=1,fd=4),("nginx",pid=2,fd=4))', False)],
)  # fmt: skip
def test_only_docker_may_hold_the_port(holder: str, is_free: bool) -> None:
    tools = Tools(ss=f"UNCONN 0 0 0.0.0.0:443 0.0.0.0:* {holder}\n")
    if is_free:
        assert make(tools).port == 443
    else:
        assert refusal(tools) == "port_is_taken"


@pytest.mark.parametrize(
    ("line", "is_free"),
    [('[{"dst": "10.8.0.0/16"}]', False), ('[{"dst": "10.8.1.5"}]', False), ("10.8.1.0/25", False),
     ('[{"dst": "0.0.0.0/1"}, {"dst": "default"}]', True), ('[{"dst": "10.9.0.0/16"}, {"dst": "fd00::/8"}]', True)],
)  # fmt: skip
def test_a_network_in_use_is_refused(line: str, is_free: bool) -> None:
    if is_free:
        assert make(used=(line,))
    else:
        assert refusal(used=(line,)) == "network_is_used"


def test_what_peers_have_concerns_the_whole_machine() -> None:
    office = replace(PEER, addresses=("10.8.1.1/32", "192.168.7.0/24"))
    assert make(peers=(office,))
    assert refusal(peers=(office,), used=('[{"dst": "192.168.0.0/16"}]',)) == "network_is_used"
    for everything in ("0.0.0.0/0", "128.0.0.0/1", "::/0"):
        assert refusal(peers=(replace(PEER, addresses=(everything,)),)) == "peer_takes_all"
        assert make(peers=(replace(PEER, addresses=(everything,), enabled=False),))


def test_a_disk_that_is_full_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "SPACE", 1 << 60)
    assert refusal() == "no_space"


def test_all_is_said_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    for key, (english, russian) in TEXTS.items():
        fields = dict.fromkeys(re.findall("{([a-z]+)}", english), 7)
        assert english.count("{") == russian.count("{"), key
        assert text(key, **fields) == english.format(**fields)
        monkeypatch.setenv("LANGUAGE", "ru")
        assert text(key, **fields) == russian.format(**fields)
        monkeypatch.delenv("LANGUAGE")
