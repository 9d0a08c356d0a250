"""The installation on servers as they are: broken files, hostile values, another apt, other people's networks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.archive import control, make_archive, make_key
from tests.system.machine import fresh_debian, need_machine
from tests.system.sandbox import Sandbox

pytestmark = [pytest.mark.root, pytest.mark.slow(10)]

ENV = "/etc/andreyvpn/andreyvpn.env"
FOLDERS = ("etc", "srv", "opt", "home", "root", "usr/local", "var/lib/dpkg", "var/lib/systemd")
GOOD = "BOT_TOKEN=123456:ABC-DEF_ghijkl\nADMIN_IDS=1\nSERVER_ENDPOINT=vpn.example.org\n"
PHOTOS = "AWG_INTERFACE=wg0 # my pictures are in /srv/photos , see /etc/wireguard for more"
SCRIPT = "/src/install.sh"


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    need_machine()
    with fresh_debian(tmp_path_factory.mktemp("sandbox")) as root:
        yield Sandbox(root)


@pytest.fixture
def sandbox(machine: Sandbox) -> Iterator[Sandbox]:
    """Lend the machine of this module, with what its owner has on it."""
    machine.write("/srv/photos/2019/sea.jpg", b"\xff\xd8 the sea")
    machine.write("/srv/a file, with a name", "mine")
    machine.write("/etc/wireguard/home.conf", "[Interface]\nPrivateKey = mine\n")
    yield machine
    machine.do("rm", "-rf", "/etc/andreyvpn", "/etc/wireguard", "/etc/amnezia", "/opt/andreyvpn", "/srv")


@pytest.mark.parametrize("command", ["", "update"])
@pytest.mark.parametrize(
    ("line", "said"),
    [
        (PHOTOS, "AWG_INTERFACE: That's not an interface name"),
        ("AWG_INTERFACE=../../srv/photos", "AWG_INTERFACE: That's not an interface name"),
        ("AWG_INTERFACE=a+b", "AWG_INTERFACE: That's not an interface name"),
        ("AWG_INTERFACE=$(touch /srv/hello)", "AWG_INTERFACE: That's not an interface name"),
        ('AWG_INTERFACE="wg0', "AWG_INTERFACE: That's not an interface name"),
        ("SERVER_ENDPOINT=user@host # /srv", "SERVER_ENDPOINT: Friends can't reach that"),
        ("BOT_TOKEN=/srv/photos /etc", "BOT_TOKEN: That's not a bot token"),
        ("ADMIN_IDS=*", "ADMIN_IDS: Those aren't Telegram ids"),
        ("TELEGRAM_PROXY=http://a b", "TELEGRAM_PROXY must look like http"),
        ("TELEGRAM_API=/srv", "TELEGRAM_API must begin with http"),
        ("AWG_COMMAND='", "AWG_COMMAND: must be a command"),
        ("MAX_CONFIGS=/srv/photos", "MAX_CONFIGS: must be a whole number"),
        ("rm -rf /srv/photos", "should be NAME=value"),
        ("FOLDER=/srv/photos", "unknown setting 'FOLDER'"),
    ],
)
def test_a_broken_settings_file_is_refused_by_its_line_and_nothing_is_changed(
    sandbox: Sandbox, line: str, said: str, command: str
) -> None:
    sandbox.write(ENV, f"{GOOD}# mine\n\n{line}\n")
    sandbox.write("/opt/andreyvpn/old/andreyvpn_bot.py", "")
    (sandbox.root / "opt/andreyvpn/current").symlink_to("/opt/andreyvpn/old")
    before = sandbox.listing(*FOLDERS)
    code, shown = sandbox.run(SCRIPT, *filter(None, [command]), "--yes", *([] if command else ["--plain"]))
    assert sandbox.listing(*FOLDERS) == before
    assert code == 2
    last = shown.splitlines()[-1]
    assert f"{ENV}, line 6: {said}" in last or (f"{ENV}, line 6: " in last and said in last)
    assert "Nothing was changed" in last
    assert "Traceback" not in shown


@pytest.mark.parametrize("content", [b"BOT_TOKEN=\xff\xfe\n", None])
def test_a_settings_file_that_is_no_text_is_refused(sandbox: Sandbox, content: bytes | None) -> None:
    if content is None:
        (sandbox.root / ENV.lstrip("/")).mkdir(parents=True)
    else:
        sandbox.write(ENV, content)
    before = sandbox.listing(*FOLDERS)
    code, shown = sandbox.run(SCRIPT, "--yes", "--plain")
    assert (code, sandbox.listing(*FOLDERS)) == (2, before)
    assert f"{ENV}: can't be read" in shown


def test_a_good_settings_file_is_taken_and_what_is_given_mends_a_broken_line(sandbox: Sandbox) -> None:
    sandbox.write(ENV, f"{GOOD}; a comment\n CLIENT_DNS = '1.1.1.1,\t8.8.8.8'\nTELEGRAM_PROXY=\n")
    assert sandbox.parts("judge_settings; from_file ADMIN_IDS; from_file CLIENT_DNS").splitlines() == [
        "1", "1.1.1.1,\t8.8.8.8"
    ]  # fmt: skip
    sandbox.write(ENV, f"{GOOD}SERVER_ENDPOINT=-bad\n")
    said = sandbox.parts("endpoint=впн.рф; judge_settings; token=$(from_file BOT_TOKEN); "
                         "id andreyvpn >/dev/null || useradd --system andreyvpn; undo_add() { :; }; tool=wg; "
                         "interface=wg0; write_settings; cat $env_file")  # fmt: skip
    assert "SERVER_ENDPOINT=xn--b1awf.xn--p1ai\n" in said
    assert said.count("SERVER_ENDPOINT") == 1


@pytest.mark.parametrize("name", ["TELEGRAM_PROXY", "TELEGRAM_API", "BOT_TOKEN", "ADMIN_IDS", "SERVER_ENDPOINT"])
@pytest.mark.parametrize("good", [True, False])
def test_a_value_with_a_line_break_is_refused(sandbox: Sandbox, name: str, good: bool) -> None:
    value = {"BOT_TOKEN": "123456:ABC-DEF_ghijkl", "ADMIN_IDS": "1,", "SERVER_ENDPOINT": "a"}.get(name, "http://a")
    before = sandbox.listing(*FOLDERS)
    code, shown = sandbox.run(SCRIPT, "--yes", "--plain", **{name: f"{value}\nMAX_CONFIGS={5 if good else '*'}"})
    assert (code, sandbox.listing(*FOLDERS)) == (2, before)
    assert name in shown.splitlines()[-1]
    assert "MAX_CONFIGS" not in shown


def test_undo_removes_what_was_made_and_brings_back_what_was_there(sandbox: Sandbox) -> None:
    before = sandbox.listing("etc", "srv")
    said = sandbox.parts("""
        watch_over
        undo_add "/srv/new file *" "/srv/a file, with a name" /etc/wireguard/home.conf
        echo made >"/srv/new file *"
        echo changed >"/srv/a file, with a name"
        undo_add "/srv/a file, with a name"
        rm /etc/wireguard/home.conf
        die nothing_changed
    """, code=2)  # fmt: skip
    assert "nothing was changed" in said
    assert sandbox.listing("etc", "srv") == before
    sandbox.parts('watch_over; undo_add /srv/b; echo >/srv/b; undo_done; die nothing_changed', code=2)
    assert (sandbox.root / "srv/b").exists(), "what is done stays"


def test_undo_removes_the_folders_that_were_made_and_makes_those_that_are_gone(sandbox: Sandbox) -> None:
    before = sandbox.listing("etc", "srv")
    sandbox.parts("""
        watch_over
        undo_add /srv/new/one /etc/wireguard/home.conf
        mkdir /srv/new
        echo made >/srv/new/one
        rm -r /etc/wireguard
        die nothing_changed
    """, code=2)  # fmt: skip
    assert sandbox.listing("etc", "srv") == before


OLD_LINE = "PostUp = test ! -s {peers} || {tool} addconf %i {peers}"
NEW_LINE = "PostUp = AWG_COMMAND={tool} python3 -I -S -B /usr/local/lib/andreyvpn-node.py load %i {peers} || true"


@pytest.mark.parametrize(("folder", "tool"), [("/etc/wireguard", "wg"), ("/etc/amnezia/amneziawg", "awg")])
def test_only_the_old_line_of_an_interface_s_file_is_replaced(sandbox: Sandbox, folder: str, tool: str) -> None:
    names = {"tool": tool, "peers": "/var/lib/andreyvpn/bot_data.db.peers"}
    old, new = OLD_LINE.format(**names), NEW_LINE.format(**names)
    theirs = f"# mine\r\n[Interface]\n{old} # mine\n  {old}\n#{old}\n{{}}\nPostUp = echo '&' \\1 %%i\n\n{{}}\n\t[Peer]"
    file = sandbox.write(f"{folder}/friends.conf", theirs.format(old, old))
    file.chmod(0o640)
    other = sandbox.write(f"{folder}/other.conf", theirs.format("x", "y"))
    (file.parent / "link.conf").symlink_to("friends.conf")
    before = sandbox.listing(folder.lstrip("/"))
    sandbox.parts("watch_over; renew_loading; die nothing_changed", code=2)
    assert sandbox.listing(folder.lstrip("/")) == before, "undone"
    assert "friends.conf, the line" in sandbox.parts("watch_over; renew_loading; undo_done; renew_loading")
    assert file.read_bytes().decode() == theirs.format(new, new)
    assert other.read_bytes().decode() == theirs.format("x", "y")
    assert file.stat().st_mode & 0o777 == 0o640
    assert (file.parent / "link.conf").is_symlink()
    place = "watch_over; release=/src; place_loader; undo_done; forget_loader; test -e $loader; "
    sandbox.parts(f"{place} rm {folder}/*.conf; forget_loader; ! test -e $loader")


def test_a_release_that_was_placed_goes_when_the_rest_fails(sandbox: Sandbox) -> None:
    for number in range(5):
        sandbox.write(f"/opt/andreyvpn/releases/2026010{number}-000000/code.py", "")
    sandbox.write("/opt/andreyvpn/unfinished/code.py", "new")
    sandbox.parts("watch_over; place_release; false", code=2)
    assert len(list((sandbox.root / "opt/andreyvpn/releases").iterdir())) == 5
    sandbox.parts("prune_releases")
    names = sorted(path.name for path in (sandbox.root / "opt/andreyvpn/releases").iterdir())
    assert names == ["20260102-000000", "20260103-000000", "20260104-000000"]
    assert not (sandbox.root / "opt/andreyvpn/unfinished").exists()


HOLD = """rm -f /tmp/held
python3 -c '
import fcntl, sys, time
file = open(sys.argv[1], "w")
fcntl.lockf(file, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(3)' {lock} >/tmp/held &
until grep -q held /tmp/held; do sleep 0.05; done
"""


LOCKS = ["/var/lib/apt/lists/lock", "/var/cache/apt/archives/lock", "/var/lib/dpkg/lock-frontend"]


@pytest.mark.parametrize("lock", LOCKS)
def test_another_apt_is_waited_for(sandbox: Sandbox, lock: str) -> None:
    make_tools(sandbox)
    words = "update" if "lists" in lock else "install -y amneziawg-tools"
    sandbox.do("dpkg", "--purge", "amneziawg-tools")
    said = sandbox.parts(f"{ARCHIVE_AT_HAND}; {HOLD.format(lock=lock)} apt_get {words}; echo went on")
    assert "went on" in said
    assert ("Another apt is running" in said) == ("dpkg" not in lock), "apt itself waits for dpkg's"


def test_an_apt_that_fails_of_something_else_fails_at_once(sandbox: Sandbox) -> None:
    said = sandbox.parts("apt_get install -y no-such-package || echo failed: $?")
    assert "Unable to locate package" in said
    assert "failed: 100" in said


TRUSTED = ("trace=/tmp/trace; exec 2>>$trace; plainly=; kernel=none; archive=file:/archive; keyring=/known.gpg; "
           "wanted=known")  # fmt: skip
ARCHIVE_AT_HAND = f"{TRUSTED}; mkdir -p /etc/apt/sources.list.d /etc/apt/preferences.d; add_archive >/dev/null"


def make_tools(sandbox: Sandbox) -> None:
    """Lay an archive with the packages of AmneziaWG, and two that are none of its business; once."""
    if not (sandbox.root / "archive").exists():
        key = make_key(sandbox, "known")
        sandbox.do("gpg", "--output", "/known.gpg", "--export", "known")
        names = {"amneziawg-tools": "1.0", "amneziawg-dkms": "1.0", "openssh-server": "99", "bash": "99"}
        packages = {name: {"DEBIAN/control": control(name, version)} for name, version in names.items()}
        make_archive(sandbox, key, "jammy", packages)


def test_the_archive_brings_its_own_packages_and_nothing_else(sandbox: Sandbox) -> None:
    make_tools(sandbox)
    policy = "apt-cache policy openssh-server bash amneziawg-tools amneziawg-dkms | grep -E '^[a-z]|Candidate'"
    said = sandbox.parts(f"{ARCHIVE_AT_HAND}; {policy}; echo; pin_archive; {policy}; rm $pin $sources")
    unpinned, _, pinned = said.partition("\n\n")
    assert unpinned.count("Candidate: 99") == 2, "without a pin they would replace the system's"
    words = pinned.split()
    assert words[words.index("openssh-server:") + 2] == "(none)"
    assert words[words.index("bash:") + 2].startswith("5.")
    assert words.count("1.0") == 2


def test_the_archive_goes_where_no_interface_is_set_up(sandbox: Sandbox) -> None:
    files = "$sources $keyring $pin $kernel_sources.list"
    conf = "/etc/amnezia/amneziawg/awg7.conf"
    said = sandbox.parts(f"mkdir -p /etc/amnezia/amneziawg; touch {files} {conf}; forget_archive; ls {files} | wc -l; "
                         f"rm {conf}; forget_archive; ls {files} 2>/dev/null | wc -l")  # fmt: skip
    assert said.split() == ["4", "0"]


@pytest.fixture
def release(sandbox: Sandbox) -> Iterator[Path]:
    """Return the file that says which system this is, for a test to write."""
    file = sandbox.root / "etc/os-release"
    usual = file.readlink()
    file.unlink()
    yield file
    file.unlink()
    file.symlink_to(usual)


def test_a_release_that_the_archive_does_not_have_takes_the_nearest_older_one(sandbox: Sandbox, release: Path) -> None:
    make_tools(sandbox)
    for id_, codename, taken in (("ubuntu", "noble", "jammy"), ("ubuntu", "zesty", "jammy"),
                                 ("debian", "trixie", "jammy"), ("ubuntu", "jammy", "")):  # fmt: skip
        release.write_text(f"ID={id_}\nVERSION_CODENAME={codename}\n")
        said = sandbox.parts(f"{TRUSTED}; add_archive; cat $sources; rm $sources")
        wish = "focal" if id_ == "debian" else codename
        assert "Suites: jammy" in said
        assert (f"has nothing for {wish} yet: using {taken}," in said) == bool(taken)
    release.write_text("ID=ubuntu\nVERSION_CODENAME=focal\n")
    said = sandbox.parts(f"{TRUSTED}; add_archive", code=2)
    assert "the archive file:/archive can't be used" in said


def test_a_free_network_is_free_in_every_table(sandbox: Sandbox) -> None:
    pick = "pick_networks; echo $address $address6"
    assert sandbox.parts(pick).strip() == "10.8.0.1/16 fd10:8:0:1::1/64"
    wide = "ip address add 10.42.0.5/8 dev lo; ip -6 address add fd10:8:0:1::7/60 dev lo; "
    assert sandbox.parts(wide + pick).strip() == "172.31.0.1/16 fd10:8:0:10::1/64"
    routes = "ip route add 10.0.0.0/8 dev lo table 777; ip route add blackhole 172.16.0.0/12 table 52; "
    assert sandbox.parts(routes + pick).split()[0] == "192.168.224.1/20"
    sandbox.write("/etc/wireguard/wg5.conf", "[Interface]\nAddress = fd10:8:0:1::1/64, 10.8.9.1/24 # down\n")
    sandbox.write("/etc/wireguard/wg6.conf", "Address=nonsense,10.9.0.1\n")
    assert sandbox.parts(pick).split() == ["10.11.0.1/16", "fd10:8:0:2::1/64"]


INTERFACE = """
make() { # NAME ADDRESS ALLOWED [ENDPOINT]
    wireguard-go "$1" >/dev/null 2>&1
    wg genkey >/tmp/key
    wg set "$1" private-key /tmp/key peer "$(wg genkey | wg pubkey)" allowed-ips "$3" ${4:+endpoint "$4"}
    ip address add "$2" dev "$1"
    ip link set "$1" up
}
find() { plain=yes known= new=wg tool=; if find_running; then echo "found $tool $interface"; else echo none; fi; }
warp() { make "$1" 172.16.0.2/32 0.0.0.0/0,::/0 162.159.192.1:2408; }
"""


def test_a_vpn_client_is_not_taken_for_the_friends_interface(sandbox: Sandbox) -> None:
    said = sandbox.parts(f"{INTERFACE} warp wg0; find; tool=wg folder=/etc/wireguard; free_name")
    assert "wg0 isn't a server for friends" in said
    assert "none\nwg1\n" in said, "a new one gets a name of its own"
    everything = "make upstream 10.5.0.2/16 0.0.0.0/0 192.0.2.1:51820"
    assert "none" in sandbox.parts(f"{INTERFACE} {everything}; find"), "a wide address alone makes no server"
    single = "make site 10.5.0.2/32 10.6.0.0/16 192.0.2.1:51820"
    assert "none" in sandbox.parts(f"{INTERFACE} {single}; find")
    server = "make friends 10.66.0.1/24 10.66.0.2/32 192.0.2.7:40000"
    assert "found wg friends" in sandbox.parts(f"{INTERFACE} warp wg0; {server}; find")
    named = f"{INTERFACE} warp wg0; {server}; interface=wg0; find"
    assert "found wg wg0" in sandbox.parts(named), "who names it may have it"


def test_of_several_servers_the_owner_says_which(sandbox: Sandbox) -> None:
    several = (f"{INTERFACE} make friends 10.66.0.1/24 10.66.0.2/32; make office 10.67.0.1/24 10.67.0.2/32; "
               "warp wg0; find")  # fmt: skip
    said = sandbox.parts(several, stdin="wg0x\noffice\n")
    assert re.search("Several interfaces are running: (friends office|office friends). Which one is for friends", said)
    assert "wg0x is none of them" in said
    assert "found wg office" in said
    said = sandbox.parts(several, code=2, YES="yes")
    assert "this is required" in said
    sandbox.write("/etc/wireguard/office.conf", "PostUp = nft -f /etc/andreyvpn/nat-office.nft\n")
    assert "found wg office" in sandbox.parts(several, YES="yes"), "the installer's own needs no question"


def test_a_client_that_is_down_is_not_started(sandbox: Sandbox) -> None:
    text = "[Interface]\nAddress = 172.16.0.2/32\n[Peer]\nAllowedIPs = ::/0, 0.0.0.0/0\nEndpoint = 192.0.2.1:2408\n"
    sandbox.write("/etc/wireguard/wg0.conf", text)
    down = "plain=yes new=wg tool=; find_conf && echo found $interface; folder=/etc/wireguard tool=wg; free_name"
    said = sandbox.parts(down)
    assert "found" not in said
    assert "wg1\n" in said
    sandbox.write("/etc/wireguard/wg0.conf", text.replace("Endpoint", "# Endpoint"))
    assert "found wg0" in sandbox.parts(down)


def test_what_is_written_can_be_read_by_nft(sandbox: Sandbox) -> None:
    for name in ("awg0", "wg-home.2", "0", "a" * 15):
        sandbox.write("/etc/wireguard/of.conf", "[Interface]\nAddress = 10.8.0.1/16, fd10::1/64\nListenPort = 51820\n")
        write = (f"interface={name} nat=/tmp/nat known=; watch_over; write_policy /etc/wireguard/of.conf; nft -f $nat; "
                 "nft list ruleset")  # fmt: skip
        said = sandbox.parts(write)
        assert f"table inet andreyvpn_{name} " in said
        assert said.count("masquerade") == 2
    sandbox.write("/etc/wireguard/of.conf", "[Interface]\nAddress = 10.8.0.1/16\n")
    assert sandbox.parts(write).count("masquerade") == 1


def test_the_zone_of_a_copied_file_is_known(sandbox: Sandbox) -> None:
    local = sandbox.root / "etc/localtime"
    local.unlink(missing_ok=True)
    (sandbox.root / "etc/timezone").unlink(missing_ok=True)
    local.write_bytes((sandbox.root / "usr/share/zoneinfo/Europe/Moscow").read_bytes())
    ask = "import sys; sys.path.insert(0, '/src'); from lib.values import system_timezone; print(system_timezone())"
    assert sandbox.do("python3", "-B", "-c", ask).strip() == "Europe/Moscow"


@pytest.mark.parametrize("encoding", ["iso-8859-1", "koi8-r", "cp1251"])
def test_a_terminal_of_another_encoding_sees_sentences(sandbox: Sandbox, encoding: str) -> None:
    locale = {"LC_ALL": f"en_US.{encoding}", "PYTHONIOENCODING": encoding}
    code, said = sandbox.run(SCRIPT, "--plain", "--yes", "--token", "77", **locale)
    assert code == 2
    assert "That's not a bot token" in said
    assert "Traceback" not in said


def test_the_copied_script_finds_its_parts(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.parts("make_environment() { mkdir $release/.venv $release/.venv/bin; "
                  "ln -s /usr/bin/python3 $release/.venv/bin/python; }; mkdir -p $app/releases; install_code; "
                  "place_release; use_release $release")  # fmt: skip
    code, said = sandbox.run("/opt/andreyvpn/current/install.sh", "update", "--yes")
    assert code == 2
    assert "there is no installation to update" in said
    code, said = sandbox.run("sh", "-c", "cd /opt/andreyvpn/current && exec sh install.sh --help", LANG="ru_RU.UTF-8")
    assert code == 0
    assert "Как пользоваться" in said


AWG = """#!/bin/sh
echo "amneziawg-tools v%s - https://example.org"
"""


@pytest.mark.parametrize(
    ("tool", "answers", "said"),
    [("3.1.20260812", "3.1\n", "chosen 3.1"), ("2.0.20260101", "\n", "chosen 2.0"),
     ("2.0.20260101", "9\n2.0\n", "chosen 2.0"), ("10.0.1", "3.1\n", "chosen 3.1")],
)  # fmt: skip
def test_a_new_interface_speaks_the_version_that_the_owner_chose(
    sandbox: Sandbox, tool: str, answers: str, said: str
) -> None:
    sandbox.write("/usr/local/bin/awg", AWG % tool).chmod(0o755)
    assert said in sandbox.parts("choose_version; echo chosen $version", stdin=answers)
    assert "chosen 2.0" in sandbox.parts("choose_version; echo chosen $version", YES="yes")


@pytest.mark.parametrize("tool", ["3.0.20260101", "2.0.20260101", "1.0.20210914"])
def test_a_version_that_the_tool_does_not_know_is_refused_before_anything_is_made(sandbox: Sandbox, tool: str) -> None:
    sandbox.write("/usr/local/bin/awg", AWG % tool).chmod(0o755)
    said = sandbox.parts("choose_version", stdin="3.1\n", code=2)
    assert f"newer than what is installed here (amneziawg-tools v{tool}" in said
    assert "--awg must be 2.0 or 3.1" in sandbox.parts("read_options --awg 1.9", code=2)
