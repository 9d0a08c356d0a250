"""The bot's process in a stranger's hands, on a booted machine: what it gets with the service's own user and rights.

A hostile program runs under the otherwise unchanged unit. Where the bot's process itself held CAP_NET_ADMIN, and
CAP_DAC_OVERRIDE for a userspace interface, most of this worked; packet sockets, sysctls and D-Bus calls did not.
"""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.company import FRIEND
from tests.system.compromised import Scene, taken_over
from tests.system.network import wait

# In one process: they share a booted machine, and the last ones take the bot away.
pytestmark = [pytest.mark.root, pytest.mark.slow(90), pytest.mark.xdist_group("compromise")]

ENV, CONF, PEERS = "/etc/andreyvpn/andreyvpn.env", "/etc/wireguard/wg0.conf", "/var/lib/andreyvpn/bot_data.db.peers"
LOOK = json.dumps({"do": "look", "way_out": True})
ESCAPES = "\x1b]52;c;ZXZpbA==\x07\x1bc\x9b31m\r\x08"


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with taken_over(tmp_path_factory.mktemp("compromise")) as scene:
        yield scene


def new_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def change(add: Any = (), remove: Any = ()) -> str:
    return json.dumps({"do": "change", "add": list(add), "remove": list(remove)})


def test_it_works(scene: Scene) -> None:
    """The hostile program is where the bot was: its user, its folder, its token."""
    status = scene.gets("read", "/proc/self/status")
    uid = scene.do("id", "-u", "andreyvpn").strip()
    assert f"Uid:\t{uid}\t{uid}" in status
    assert [line.split()[1] for line in status.splitlines() if line.startswith("Cap")] == ["0" * 16] * 5
    assert "NoNewPrivs:\t1" in status
    assert scene.company.token in scene.gets("read", "/proc/self/environ")


def test_a_friend_s_traffic_is_not_read(scene: Scene) -> None:
    scene.do("nft", "add", "element", "inet", "andreyvpn_wg0", "ports", "{ 8080 }")
    scene.do("systemd-run", "--quiet", "--unit=web", "python3", "/src/tests/system/web.py", "serve", "10.8.0.1")
    wait(lambda: ":8080" in scene.do("ss", "-Hltn"), 10, "the server")
    with ThreadPoolExecutor(1) as pool:
        heard = pool.submit(scene.tries, "read_traffic", "GET /1234")
        time.sleep(1)
        scene.network.client.download(1234)
        assert "failed" in heard.result(), heard.result()
    for kind in ("packet", "raw"):
        scene.fails("listen_to_packets", kind)
    scene.do("systemctl", "stop", "web")


def test_the_firewall_and_the_routes_are_not_changed(scene: Scene) -> None:
    before = scene.network_now()
    redirect = "table ip evil { chain dns { type nat hook prerouting priority 0; udp dport 53 redirect to :5353; }; }"
    scene.fails("talk_to_the_kernel")
    scene.fails("run", "nft", "add", "table", "ip", "evil")
    scene.fails("load_rules", redirect)
    scene.fails("run", "nft", "flush", "ruleset")
    scene.fails("run", "ip", "route", "add", "198.51.100.0/24", "via", "10.99.0.2")
    scene.fails("run", "ip", "rule", "add", "from", "10.8.0.2", "blackhole")
    for path in ("/proc/sys/net/ipv4/ip_forward", "/proc/sys/net/ipv4/conf/all/rp_filter"):
        scene.fails("write", path, "0\n")
    assert scene.network_now() == before


def test_no_interface_is_taken_down_or_changed(scene: Scene) -> None:
    before = scene.network_now(), scene.do("wg", "show", "all", "allowed-ips")
    for name in ("eth0", "wg0", "lo"):
        scene.fails("take_down", name)
        scene.fails("run", "ip", "link", "set", name, "down")
    scene.fails("run", "wg", "set", "wg1", "peer", new_key(), "allowed-ips", "0.0.0.0/0")
    scene.fails("run", "wg", "set", "wg0", "listen-port", "1")
    named = json.dumps({**json.loads(change([[new_key(), None, ["10.8.0.77/32"]]])), "interface": "wg1"})
    answers = scene.gets("ask_node", named, named.replace("interface", "AWG_INTERFACE"))
    assert [json.loads(text)["error"] for text in answers] == ["refused"] * 2
    assert (scene.network_now(), scene.do("wg", "show", "all", "allowed-ips")) == before


def test_the_server_s_key_stays_where_it_is(scene: Scene) -> None:
    key = scene.do("wg", "show", "wg0", "private-key").strip()
    as_hex = base64.b64decode(key).hex()
    scene.fails("run", "wg", "show", "wg0", "private-key")
    scene.fails("read", CONF)
    for interface in ("wg0", "wg1"):
        scene.fails("ask_tunnel", interface)
    for file in ("environ", "cmdline", "maps"):
        scene.fails("look_into_others", file)
    said = scene.gets("ask_node", LOOK, change(remove=[new_key()]), change([[key, key, ["10.8.0.1/32"]]]), "x", "")
    assert json.loads(said[0])["ok"]["firewall"]
    assert not any(key in text or as_hex in text for text in said)


def test_files_of_root_s_are_not_read_and_none_is_changed(scene: Scene) -> None:
    for path in ("/etc/shadow", CONF):
        scene.fails("read", path)
    files = (ENV, CONF, "/etc/shadow", "/etc/systemd/system/andreyvpn.service", "/etc/andreyvpn/nat-wg0.nft",
             "/usr/local/sbin/andreyvpn", "/usr/local/lib/andreyvpn-node.py", "/opt/andreyvpn/current/andreyvpn_bot.py",
             "/opt/andreyvpn/current/lib/node/node.py", "/opt/andreyvpn/current/.venv/bin/python")  # fmt: skip
    new = ("/etc/systemd/system/andreyvpn.service.d/more.conf", "/run/systemd/system/evil.service", "/run/evil",
           "/run/andreyvpn-node/evil", "/etc/cron.d/evil", "/etc/ld.so.preload", "/usr/local/lib/evil.py",
           "/opt/andreyvpn/current/.venv/evil.pth", "/var/lib/evil")  # fmt: skip
    before = scene.do("sha256sum", *files)
    for path in files:
        scene.fails("run", "sh", "-c", f"rm -f {path} || mv {path} {path}.old || chmod 666 {path}")
    for path in (*files, *new):
        scene.fails("write", path, "AWG_COMMAND=/var/lib/andreyvpn/evil\n")
    outside = ("setpriv", "--reuid=andreyvpn", "--regid=andreyvpn", "--clear-groups")  # the user, without the unit
    for deed in (f"echo AWG_COMMAND=evil >>{ENV}", f"rm -f {ENV}", f"chmod 666 {ENV}", f"mv {ENV} {ENV}.old"):
        scene.do(*outside, "sh", "-c", f"! {deed}")
    scene.fails("run", "flock", "-n", "/run/andreyvpn-install.lock", "true")
    assert scene.do("sha256sum", *files) == before


def test_sockets_of_root_s_and_the_bus_are_out_of_reach(scene: Scene) -> None:
    for path in ("/run/docker.sock", "/run/systemd/private", "/run/dbus/system_bus_socket", "/run/wireguard/wg0.sock"):
        scene.fails("connect", path)
    manager = ("org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager")
    for words in (
        ("systemctl", "stop", "wg-quick@wg0"),
        ("systemctl", "start", "systemd-tmpfiles-clean"),
        ("systemd-run", "--wait", "touch", "/root/owned"),
        ("busctl", "call", *manager, "SetEnvironment", "as", "1", "A=B"),
        ("loginctl", "enable-linger"),  # polkit allows it to everybody, and what runs then has no sandbox
        ("hostnamectl", "set-hostname", "evil"),
    ):
        scene.fails("run", *words)
    scene.fails("run", "sh", "-c", "kill -0 1")
    assert not scene.company.has("/root/owned")


def test_nothing_is_typed_or_drawn_on_root_s_terminal(scene: Scene) -> None:
    name = scene.gets("query", "SELECT full_name FROM users WHERE id = ?", FRIEND)[0][0]
    scene.gets("query", "UPDATE users SET full_name = ? WHERE id = ?", f"{ESCAPES}Anna", FRIEND)
    with ThreadPoolExecutor(1) as pool:
        for command in ("check", "users"):
            reached = pool.submit(scene.tries, "reach_terminals", 4.0)
            time.sleep(0.5)
            seen = scene.do("script", "-qc", f"andreyvpn {command}; andreyvpn {command}", "/dev/null", LANG="C.UTF-8")
            assert "failed" in reached.result(), reached.result()
            assert not set(seen) & {"\x1b", "\x07", "\x08", "\x9b"}, repr(seen)
        assert "Anna" in seen
    scene.gets("query", "UPDATE users SET full_name = ? WHERE id = ?", name, FRIEND)


def test_what_the_bot_writes_is_not_believed_when_the_interface_starts(scene: Scene) -> None:
    wanted = scene.company.read(PEERS)
    peers, own = scene.company.peers(), scene.do("wg", "show", "wg0", "private-key")
    hostile = [(f"ln -s {target} $0", "") for target in ("/etc/shadow", "/dev/zero", CONF, "/proc/kmsg", PEERS)]
    hostile += [("mkfifo $0", ""), ("truncate -s 1T $0", "")]
    hostile += [('echo "$1" >$0', f"{block}\n{wanted}") for block in (
        f"[Interface]\nListenPort = 1\nPrivateKey = {new_key()}", "[Interface]\nPostUp = touch /root/owned",
        "PostUp = touch /root/owned", "$(touch /root/owned)", "Surprise = 1", "\1\2\x9b",
        f"[Peer]\nPublicKey = {new_key()}\nEndpoint = nowhere.invalid:1\nAllowedIPs = 0.0.0.0/0",
        f"[Peer]\nPublicKey = {new_key()}\nPresharedKey = {new_key()}\nAllowedIPs = 0.0.0.0/0",
    )]  # fmt: skip
    for deed, text in hostile:
        scene.gets("run", "sh", "-c", f"rm -f $0; {deed}", PEERS, text)
        scene.do("systemctl", "reset-failed", "wg-quick@wg0")
        start = time.monotonic()
        scene.do("systemctl", "restart", "wg-quick@wg0")
        assert time.monotonic() - start < 20, deed
        assert scene.do("wg", "show", "wg0", "private-key") == own
        assert scene.do("wg", "show", "wg0", "listen-port").strip() == "51820"
        assert scene.company.peers() == (peers if text else {}), (deed, text)
        assert not scene.company.has("/root/owned")
    said = scene.do("journalctl", "-u", "wg-quick@wg0", "-o", "cat", "--no-pager")
    assert "symbolic links" in said
    assert own.strip() not in said
    assert "root:" not in said
    scene.gets("run", "sh", "-c", 'rm -f $0; printf %s "$1" >$0', PEERS, wanted)
    scene.do("systemctl", "reset-failed", "wg-quick@wg0")
    scene.do("systemctl", "restart", "wg-quick@wg0")
    scene.network.client.connect(scene.conf)
    wait(scene.network.client.pings, 20, "the friend's return")


def test_the_node_refuses_what_it_should(scene: Scene) -> None:
    before, peers = scene.network_now(), scene.company.peers()
    (friend,) = peers
    one = new_key()
    foreign = ("0.0.0.0/0", "::/0", "192.0.2.0/24", "192.0.2.1/32", "10.8.0.0/16", "10.8.0.1/32", "10.8.0.9/32\nA = x")
    refused = [change([[one, None, [address]]], [friend]) for address in foreign]
    refused += [
        change([[one, None, ["10.8.0.9/32", "10.8.0.9/32"]]]),
        change([[one, None, ["10.8.0.9/32"]], [new_key(), None, ["10.8.0.9/32"]]]),
        change([[one, None, ["10.8.0.9/32"]]], [one]),
        '{"do": "change", "remove": [], "add": [' + "[]," * 1_000_000 + "[]]}",
        json.dumps({**json.loads(change()), "environment": {"LD_PRELOAD": "/var/lib/andreyvpn/evil.so"}}),
        json.dumps({**json.loads(LOOK), "AWG_COMMAND": "/var/lib/andreyvpn/evil"}),
        json.dumps({"do": "load", "file": "/etc/shadow"}), "\0\xff\xfe\x80" * 1000, "[" * 100_000, "", "null",
    ]  # fmt: skip
    for request in refused:
        assert json.loads(scene.gets("ask_node", request)[0])["error"] == "refused", request[:200]
    for amount in (10 << 20, 200 << 20):  # without an end
        assert "request does not end" in (scene.gets("flood_node", amount) or "request does not end")
    assert (scene.company.peers(), scene.network_now()) == (peers, before)
    assert scene.gets("ask_node", LOOK)[0].startswith('{"ok"')


def test_after_all_connections_were_held_the_node_answers_again(scene: Scene) -> None:
    assert scene.gets("hold_node", 2.0) > 4
    wait(lambda: scene.gets("ask_node", LOOK)[0].startswith('{"ok"'), 15, "the node's answer")


def test_what_remains_possible(scene: Scene) -> None:
    """What docs/security.md says of it, and no more."""
    (friend,) = scene.company.peers()
    address = scene.company.peers()[friend].split("/")[0]
    mine = new_key()
    own = scene.gets("query", "SELECT private_key, preshared_key FROM configs WHERE private_key IS NOT NULL")
    assert len(own) == 1
    assert own[0][1] in scene.gets("ask_node", LOOK)[0]
    scene.gets("ask_node", change([[mine, None, [f"{address}/32"]]]))
    assert scene.company.peers()[mine] == f"{address}/32", "it may let itself in, with a friend's address, too"
    assert not scene.network.client.pings()
    scene.gets("ask_node", change(remove=[friend]))
    assert friend not in scene.company.peers(), "and cut a friend off"


def test_when_the_bot_is_itself_again_it_mends_what_was_done(scene: Scene) -> None:
    ((stranger, address),) = scene.company.peers().items()
    scene.gets("hurry_node", 1000)  # systemd 252 gives up on the socket, a newer one slows it down
    scene.do("systemctl", "stop", "andreyvpn")
    scene.do("systemctl", "restart", "andreyvpn-node.socket")
    scene.stop()
    wait(scene.company.is_active, 30, "the bot's return")
    scene.network.client.connect(scene.conf)
    assert [*scene.company.peers().values()] == [address], "a peer that is not the bot's stays, and is shown"
    assert "A peer added by hand has" in scene.do("andreyvpn", "status")
    scene.do("wg", "set", "wg0", "peer", stranger, "remove")
    wait(scene.network.client.pings, 90, "the friend's return")
    assert "❌" not in scene.do("andreyvpn", "check")
    scene.start()


def test_root_s_commands_do_not_follow_what_the_bot_put_in_its_folder(scene: Scene) -> None:
    machine, data = scene.company.machine, "/var/lib/andreyvpn"
    scene.do("sh", "-c", "echo precious >/etc/victim; chmod 600 /etc/victim; install -d /etc/victims")
    files = ("/etc/victim", "/etc/shadow", "/etc/passwd", CONF, ENV)

    def state(*files: str) -> str:
        return scene.do("sha256sum", *files) + scene.do("stat", "-c", "%n %U %a", *files, "/etc/victims", "/etc")

    def check() -> None:
        assert state(*files) == before
        elsewhere = ("find", "/", "-xdev", "-user", "andreyvpn", "-not", "-path", f"{data}*")
        assert scene.do(*elsewhere) == ""
        assert scene.do("ls", "/etc/victims") == ""
        assert not scene.company.has("/root/owned")

    links = "; ".join((
        "for name in copy.db before-update.db before-update.db.new; do ln -sf /etc/victim $name; done",
        "for name in bot_data.db.peers bot_data.db.peers.new; do ln -sf /etc/shadow $name; done",
        "test -L backups || mv -T backups backups.old; ln -sfn /etc/victims backups",
    ))  # fmt: skip

    def lay() -> None:
        scene.gets("run", "sh", "-ec", f"cd {data}; {links}")

    before = state(*files)
    lay()
    for command in ("backup", "restore"):
        scene.do("sh", "-c", f"andreyvpn {command} {data}/copy.db || true")
    check()
    lay()
    scene.company.install("/src/install.sh", "--yes")
    check()
    lay()
    scene.company.install("/src/install.sh", "update", "--yes")
    check()
    lay()
    scene.gets("run", "sh", "-c", f"rm {PEERS}; truncate -s 1T {PEERS}")
    scene.company.install("/src/install.sh", "uninstall", "--purge", "--yes")
    left = machine.do("find", data, "-type", "f", "-size", "-4097k", "-user", "root")
    assert left == f"{PEERS}\n" == machine.do("find", data, "-mindepth", "1"), "what lets friends in stays"
    assert scene.do("cat", "/etc/victim") == "precious\n"
