"""The bot as a process with real tunnels: wireguard-go in two namespaces, and the file that was delivered."""

from __future__ import annotations

import re
import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from tests.company import FRIEND, SECOND_FRIEND, TOKEN, Company
from tests.reporting import Figures
from tests.stand import Json, labels, words
from tests.system.network import (
    PORT,
    SERVER_ADDRESS,
    TUNNEL_ADDRESS6,
    Network,
    wait,
)
from tests.system.tunnel import MB, ROUND, SAMPLE, cut_off

pytestmark = [pytest.mark.root, pytest.mark.slow(20)]

OVERHEAD = 1.3  # headers of IP, TCP and WireGuard on packets of 1280 bytes are 7 %; the rest is for what is sent twice
ACKNOWLEDGED = 0.1  # a stream one way costs at most this share the other way
RETURN = 40  # seconds: a client that hears nothing starts a new handshake after 15, then every 5


@pytest.fixture
def company(tmp_path: Path, network: Network) -> Iterator[Company]:
    with found(tmp_path, network) as company:
        yield company


@contextmanager
def found(folder: Path, network: Network, token: str = TOKEN) -> Iterator[Company]:
    """Start a company on the real interface; stop its bot even if the start failed."""
    company = Company(folder, interface=network.interface, token=token, SERVER_ENDPOINT=SERVER_ADDRESS)
    with ExitStack() as stack:
        stack.callback(company.stop)
        yield stack.enter_context(company)


@pytest.fixture
def conf(company: Company, network: Network) -> str:
    """Take the friend from /start to a .conf, and connect the client with it."""
    company.let_in(company.friend)
    conf = company.give_config(company.friend).decode()
    network.client.connect(conf)
    wait(network.client.pings, 10, "the first ping through the tunnel")
    return conf


def month(company: Company) -> tuple[int, int]:
    """Return the bytes received and sent by the server on all days."""
    received, sent = company.rows("SELECT coalesce(sum(received), 0), coalesce(sum(sent), 0) FROM stats")[0]
    return received, sent


def settle(company: Company, base: tuple[int, int] = (0, 0)) -> tuple[int, int]:
    """Wait until the month equals `base` plus what the interface counts, to the byte, and return it."""
    key = company.rows("SELECT public_key FROM configs")[0][0]

    def equal() -> bool:
        received, sent = company.interface.transfer(key)
        return month(company) == (base[0] + received, base[1] + sent)

    try:
        wait(equal, 6, "the count")
    except AssertionError:
        counted = company.interface.transfer(key)
        raise AssertionError(f"the month is {month(company)}, not {base} and {counted}") from None
    return month(company)


def shown(company: Company) -> tuple[float, float]:
    """Return the download and upload in bytes that /stats shows."""
    last = company.friend.last()
    company.friend.send("/stats")
    text = words(company.friend.wait_for("Traffic in", after=last))
    total = re.search(r"Total: ⬇️ ([\d.]+) (\w+)\s+⬆️ ([\d.]+) (\w+)", text)
    assert total, text
    units = {"B": 1, "KB": 1e3, "kB": 1e3, "MB": 1e6, "GB": 1e9}
    return float(total[1]) * units[total[2]], float(total[3]) * units[total[4]]


def offers(button: str) -> Callable[[Json], bool]:
    """Return a predicate for messages with this button."""
    return lambda message: any(button in label for label in labels(message))


def test_it_works(company: Company, network: Network, conf: str, figures: Figures) -> None:
    down, up = 8 * MB, 2 * MB
    assert f"Endpoint = {SERVER_ADDRESS}:{PORT}\n" in conf
    assert f"PublicKey = {network.interface.public_key()}\n" in conf
    network.client.download(down)
    network.client.upload(up)
    received, sent = settle(company)
    figures.say(f"downloaded {down}, counted {sent}; uploaded {up}, counted {received}")
    assert down <= sent <= OVERHEAD * down + ACKNOWLEDGED * up
    assert up <= received <= OVERHEAD * up + ACKNOWLEDGED * down
    download, upload = shown(company)
    figures.say(f"/stats shows {download:.0f} and {upload:.0f}")
    assert (download, upload) == (pytest.approx(sent, rel=0.01), pytest.approx(received, rel=0.01))


def test_ipv6_works_inside_the_tunnel(network: Network, conf: str) -> None:
    assert ", fd10:8::2/128" in conf
    assert network.client.pings(TUNNEL_ADDRESS6)


def test_an_interface_made_anew_has_its_peers_within_one_sample_and_the_month_goes_on(
    company: Company, network: Network, conf: str, figures: Figures
) -> None:
    network.client.download(2 * MB)
    base, peers, sums = settle(company), network.interface.peers(), [month(company)]
    network.interface.down()
    company.admin.wait_for("can't be reached")
    sums.append(month(company))
    network.interface.up()
    seconds = wait(lambda: network.interface.peers() == peers, SAMPLE + ROUND, "the peers' return")
    figures.say(f"peers were back after {seconds:.2f} s")
    seconds = wait(network.client.pings, RETURN, "the tunnel's return")
    figures.say(f"the tunnel was back after {seconds:.2f} s")
    sums.append(month(company))
    network.client.download(MB)
    sums.append(settle(company, base))
    assert [sum(pair) for pair in sums] == sorted(sum(pair) for pair in sums)
    assert base[1] + MB <= sums[-1][1] <= base[1] + OVERHEAD * MB


def test_bytes_that_an_interface_made_anew_moved_while_the_bot_was_away_are_all_counted(
    company: Company, network: Network, conf: str
) -> None:
    network.client.download(MB)
    base = settle(company)
    company.stop(signal.SIGKILL)
    network.interface.down()
    network.interface.up()
    network.interface.load_peers(peers_file(company))
    network.client.connect(conf)
    network.client.download(3 * MB)
    company.start()
    assert settle(company, base)[1] >= base[1] + 3 * MB


def peers_file(company: Company) -> Path:
    """Return the file from which the interface's PostUp loads the peers."""
    return company.database.with_name("bot_data.db.peers")


def test_a_block_cuts_the_real_tunnel_and_an_unblock_brings_the_same_one_back(
    company: Company, network: Network, conf: str, figures: Figures
) -> None:
    before = network.interface.peers()
    company.block(company.admin.wait_for(f"ID: {FRIEND}"))
    wait(lambda: network.interface.peers() == {}, 5, "the cut")
    assert cut_off(network.client)
    company.admin.press("Unblock", message=company.admin.wait_for(f"ID: {FRIEND}", offers("Unblock")))
    wait(lambda: network.interface.peers() == before, 5, "the return")
    seconds = wait(network.client.pings, RETURN, "the tunnel's return")
    figures.say(f"the tunnel was back after {seconds:.2f} s, the device untouched")


def test_a_port_changed_in_flight_is_rolled_out_and_who_is_back_is_counted(
    company: Company, network: Network, conf: str
) -> None:
    admin, friend = company.admin, company.friend
    last = friend.last()
    network.interface.set("listen-port", str(PORT + 1))
    notice = admin.wait_for("The server has changed")
    assert f"{SERVER_ADDRESS}:{PORT + 1}" in words(notice)
    wait(lambda: cut_off(network.client), 20, "the old port's end")
    friend.send("/configs")
    friend.press("Phone", message=friend.wait_for("My configs"))
    friend.press("Not working?", message=friend.wait_for("Connection:"))
    friend.wait_for("The server has changed since you got this file")
    admin.press("Outdated configs", message=notice)
    admin.press("Send everyone", message=admin.wait_for("New ones keep the same keys"))
    admin.press("Send all", message=admin.wait_for("people: 1"))
    page = admin.wait_for("0 of 1 reconnected")
    document = friend.wait_for(predicate=lambda message: "document" in message, after=last)
    renewed = friend.download(document).decode()
    assert renewed == conf.replace(f":{PORT}\n", f":{PORT + 1}\n")
    network.client.connect(renewed)
    wait(network.client.pings, 10, "a ping through the new port")
    wait(lambda: admin.press("Refresh", message=page) and "1 of 1" in words(admin.messages()[-1]), 10, "the return")


def test_a_peer_made_by_hand_stays_and_keeps_its_address(company: Company, network: Network) -> None:
    private = network.interface.generate_key()
    public = network.interface.public_key(private)
    network.interface.set("peer", public, "allowed-ips", "10.8.0.2/32,fd10:8::2/128")
    company.let_in(company.friend)
    conf = company.give_config(company.friend).decode()
    assert "Address = 10.8.0.3/32, fd10:8::3/128\n" in conf
    company.block(company.admin.wait_for(f"ID: {FRIEND}"))
    wait(lambda: list(network.interface.peers()) == [public], 5, "the cut")
    company.admin.press("Unblock", message=company.admin.wait_for(f"ID: {FRIEND}", offers("Unblock")))
    wait(lambda: len(network.interface.peers()) == 2, 5, "the return")
    company.stop(signal.SIGKILL)
    company.start()
    sampled = company.rows("SELECT value FROM meta WHERE key = 'sampled'")
    wait(lambda: company.rows("SELECT value FROM meta WHERE key = 'sampled'") > sampled, 5, "a sample")
    assert network.interface.peers()[public] == "10.8.0.2/32,fd10:8::2/128"
    network.client.connect(
        f"[Interface]\nAddress = 10.8.0.2/32\nMTU = 1280\nPrivateKey = {private}\n\n[Peer]\nAllowedIPs = 0.0.0.0/0\n"
        f"PublicKey = {network.interface.public_key()}\nEndpoint = {SERVER_ADDRESS}:{PORT}\n"
    )
    wait(network.client.pings, 10, "a ping through the tunnel made by hand")


def test_a_tunnel_made_by_hand_is_adopted_counted_cut_and_issued_anew(company: Company, network: Network) -> None:
    admin, friend = company.admin, company.friend
    private = network.interface.generate_key()
    public = network.interface.public_key(private)
    network.interface.set("peer", public, "allowed-ips", "10.8.0.2/32,fd10:8::2/128")
    by_hand = (
        f"[Interface]\nAddress = 10.8.0.2/32\nMTU = 1280\nPrivateKey = {private}\n\n[Peer]\nAllowedIPs = 0.0.0.0/0\n"
        f"PublicKey = {network.interface.public_key()}\nEndpoint = {SERVER_ADDRESS}:{PORT}\n"
    )
    network.client.connect(by_hand)
    network.client.download(MB)
    company.let_in(friend)
    admin.press("Added by hand", message=admin.wait_for("1 new"))
    admin.press("10.8.0.2", message=admin.wait_for("Choose one"))
    admin.press("Give to a friend", message=admin.wait_for(public))
    admin.press("Anna", message=admin.wait_for("Whose device"))
    admin.press("Yes", message=admin.wait_for("see its traffic"))
    friend.wait_for("A device you already use")
    network.client.download(2 * MB)
    wait(lambda: 2 * MB <= month(company)[1] < 3 * MB, 6, "the count of what came after the adoption")
    company.block(company.admin.wait_for(f"ID: {FRIEND}"))
    wait(lambda: network.interface.peers() == {}, 5, "the cut")
    company.admin.press("Unblock", message=company.admin.wait_for(f"ID: {FRIEND}", offers("Unblock")))
    wait(network.client.pings, RETURN, "the return of the tunnel made by hand")
    last = friend.last()
    friend.press(data="renew:1", message=last, forge=True)
    document = friend.wait_for(predicate=lambda message: "document" in message, after=last)
    wait(lambda: cut_off(network.client), 20, "the end of the key made by hand")
    conf = friend.download(document).decode()
    assert "Address = 10.8.0.2/32, fd10:8::2/128\n" in conf
    network.client.connect(conf)
    wait(network.client.pings, 10, "a ping with the new file")


def test_the_vpn_outlives_the_bot_and_the_peers_file_alone_brings_back_whom_the_admin_let_in(
    company: Company, network: Network, conf: str
) -> None:
    company.let_in(company.second_friend)
    blocked = company.give_config(company.second_friend).decode()
    network.client.connect(blocked)
    wait(network.client.pings, 10, "the second friend's ping")
    company.block(company.admin.wait_for(f"ID: {SECOND_FRIEND}"))
    wait(lambda: len(network.interface.peers()) == 1, 5, "the cut")
    network.client.connect(conf)
    wait(network.client.pings, 10, "the ping with the bot")
    company.stop(signal.SIGKILL)
    assert network.client.pings()
    network.interface.down()
    network.interface.up()
    network.interface.load_peers(peers_file(company))
    network.client.connect(conf)
    wait(network.client.pings, 10, "the ping without the bot")
    network.client.connect(blocked)
    assert cut_off(network.client)


class CommandLines:
    """Collect every command line that is seen on this machine during the `with` block, joined by spaces."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> CommandLines:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(0.01):
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                with suppress(OSError):
                    self.seen.add(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))


def test_no_secret_is_ever_on_a_command_line(tmp_path: Path, network: Network) -> None:
    lingering = tmp_path / "wg"
    lingering.write_text('#!/bin/sh\nwg "$@"\ncode=$?\nsleep 0.2\nexit $code\n')  # so that no look misses it
    lingering.chmod(0o755)
    network.interface.command = network.interface.command.removesuffix("wg") + str(lingering)
    token = f"123456:{secrets.token_hex(16)}"  # not that of other tests, who type it on machines that run beside
    with CommandLines() as lines, found(tmp_path, network, token) as company:
        company.let_in(company.friend)
        company.give_config(company.friend)
        keys = [token, *company.secrets()]
        company.block(company.admin.wait_for(f"ID: {FRIEND}"))
        wait(lambda: network.interface.peers() == {}, 10, "the cut")
        time.sleep(0.3)
    called = {line.split(f"{lingering} ")[1].split()[0] for line in lines.seen if f"{lingering} " in line}
    assert called >= {"genkey", "pubkey", "genpsk", "show", "addconf", "set"}
    assert len(keys) == 3
    assert [line for line in lines.seen if any(key in line for key in keys)] == []
