#!/usr/bin/env -S python3 -I -S
"""A stand-in for `docker`: containers are namespaces with a real interface, connected as docker does it.

A container is stored beside this file, in `containers/NAME/`: its files below `root`, and `container.json`. While
running, it has network, mount and process namespaces of its own, a veth pair, NAT, and a docker-proxy that holds its
port.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

# A container is a child of the daemon, so it does not end with the unit that started it.
BOOTED = Path("/run/systemd/private").exists()
APART = ["systemd-run", "--scope", "--quiet", "--collect", "--property=TimeoutStopSec=2"] if BOOTED else []
HOME = Path(__file__).resolve().parent / "containers"
INSIDE = """
mount -t tmpfs tmpfs /run
mount -t proc proc /proc
mount -t tmpfs tmpfs /opt
for folder in {folders}; do
    mkdir -p "$folder"
    mount --bind "{root}$folder" "$folder"
done
until ip link show eth0 >/dev/null 2>&1; do sleep 0.02; done
ip link set lo up
ip address add {address}.2/24 dev eth0
ip link set eth0 up
ip route add default via {address}.1
{start}
exec sleep infinity
"""
WIREGUARD = """
sysctl -q -w net.ipv4.ip_forward=1
wg-quick up {conf}
nft add table ip nat
nft 'add chain ip nat post {{ type nat hook postrouting priority srcnat; }}'
nft add rule ip nat post oifname eth0 masquerade
"""

PROXY = """#!/usr/bin/python3
import socket, sys
held = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
held.bind(("0.0.0.0", int(sys.argv[1])))
while True:
    held.recv(4096)
"""
NAT = """
table ip docker_{name} {{
    chain ways_in {{
        type nat hook prerouting priority dstnat;
        fib daddr type local udp dport {port} dnat to {address}.2:{inside}
    }}
    chain ways_out {{
        type nat hook postrouting priority srcnat;
        ip saddr {address}.0/24 oifname != "{veth}" masquerade
    }}
}}
"""


def create(bin_folder: Path, name: str, **more: Any) -> Path:
    """Create a stopped container; return the folder for its files."""
    folder = bin_folder / "containers" / name
    (folder / "root").mkdir(parents=True)
    number = len(list(folder.parent.iterdir()))
    default = {"number": number, "restart": "always", "port": 0, "inside": 0, "conf": "", "start": "", "pid": 0,
               "image": name, "env": [], "folders": [], "address": f"172.18.{number}", "mode": "default"}  # fmt: skip
    (folder / "container.json").write_text(json.dumps(default | more))
    return folder / "root"


def load(name: str) -> dict[str, Any]:
    try:
        return dict(json.loads((HOME / name / "container.json").read_text()), name=name)
    except FileNotFoundError:
        raise SystemExit(f"Error response from daemon: No such container: {name}") from None


def save(state: dict[str, Any], **more: Any) -> None:
    file = HOME / state["name"] / "container.json"
    file.with_suffix(".new").write_text(json.dumps(state | more))
    file.with_suffix(".new").replace(file)


def child_of(state: dict[str, Any]) -> int:
    """Return the PID of a container's first process; 0 if it isn't running."""
    pid = state["pid"]
    with suppress(OSError, IndexError):
        if Path(f"/proc/{pid}/comm").read_text().strip() == "unshare":
            return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])
    return 0


def start(state: dict[str, Any]) -> None:
    if child_of(state):
        return
    root, quiet = HOME / state["name"] / "root", subprocess.DEVNULL
    proxy = 0
    if state["port"]:
        program = HOME.parent / "docker-proxy"
        if not program.exists():
            program.write_text(PROXY)
            program.chmod(0o755)
        held = subprocess.Popen([str(program), str(state["port"])], start_new_session=True, stdout=quiet, stderr=quiet)
        time.sleep(0.2)
        if held.poll() is not None:
            raise SystemExit(f"Error: failed to bind host port for 0.0.0.0:{state['port']}/udp: address already in use")
        proxy = held.pid
    first = state["start"] or WIREGUARD.format(conf=state["conf"])
    script = INSIDE.format(folders=" ".join(state["folders"]), root=root, address=state["address"], start=first)
    words = [*APART, "unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script]
    log = (HOME / state["name"] / "log").open("ab")
    process = subprocess.Popen(words, start_new_session=True, stdin=quiet, stdout=log, stderr=log)
    save(state, pid=process.pid, proxy=proxy)
    state = load(state["name"])
    while not (child := child_of(state)):
        time.sleep(0.02)
    (HOME / state["name"] / "child").write_text(str(child))
    while Path(f"/proc/{child}/ns/net").readlink() == Path("/proc/self/ns/net").readlink():
        time.sleep(0.02)
    veth = f"docker{state['number']}"
    run("ip", "link", "add", veth, "type", "veth", "peer", "eth0", "netns", str(child))
    run("ip", "address", "add", f"{state['address']}.1/24", "dev", veth)
    run("ip", "link", "set", veth, "up")
    if Path("/proc/sys/net/ipv4/ip_forward").read_text() != "1\n":
        run("sysctl", "-q", "-w", "net.ipv4.ip_forward=1")
    if state["port"]:
        name = state["name"].replace("-", "_")
        run("nft", "-f", "-", stdin=NAT.format(**state | {"name": name, "veth": veth}))


def stop(state: dict[str, Any]) -> None:
    for pid in (state["pid"], state.get("proxy", 0)):
        if pid:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            while alive(pid):
                time.sleep(0.02)
    quiet = subprocess.DEVNULL
    while Path(f"/sys/class/net/docker{state['number']}").exists():  # it disappears with a delay
        subprocess.run(["ip", "link", "delete", f"docker{state['number']}"], stderr=quiet)
    if state["port"]:
        subprocess.run(["nft", "delete", "table", "ip", f"docker_{state['name'].replace('-', '_')}"], stderr=quiet)
    (HOME / state["name"] / "child").unlink(missing_ok=True)
    save(state, pid=0, proxy=0)


def alive(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def inspect(state: dict[str, Any], form: str) -> str:
    running = bool(child_of(state))
    if form:
        return "true" if running else "false"
    bindings = {f"{state['inside']}/udp": [{"HostIp": "", "HostPort": str(state["port"])}]} if state["port"] else {}
    policy, _, count = state["restart"].partition(":")
    seen = {
        "Name": f"/{state['name']}",
        "State": {"Running": running},
        "Config": {"Image": state["image"], "Env": state["env"]},
        "HostConfig": {"NetworkMode": state["mode"], "PortBindings": bindings,
                       "RestartPolicy": {"Name": policy, "MaximumRetryCount": int(count or 0)}},
    }  # fmt: skip
    return json.dumps([seen])


def run(*words: str, stdin: str = "") -> None:
    subprocess.run(words, input=stdin, text=True, check=True)


def main(words: list[str]) -> None:
    command, options = words[0], [word for word in words[1:] if word.startswith("-")]
    denied = HOME / "denied"
    if command == "--version":
        print("Docker version 24.0.5, build stand-in")
        return
    if denied.exists() and command in denied.read_text().split():
        raise SystemExit("permission denied while trying to connect to the Docker daemon socket")
    if command == "ps":
        print("\n".join(sorted(path.name for path in HOME.iterdir() if path.is_dir())))
    elif command == "crash":
        for state in (load(path.name) for path in HOME.iterdir() if path.is_dir()):
            stop(state)
    elif command == "boot":
        for state in (load(path.name) for path in HOME.iterdir() if path.is_dir()):
            save(state, pid=0, proxy=0)  # the stored PIDs are stale
            stop(load(state["name"]))
            if state["restart"] != "no":
                start(load(state["name"]))
    elif command == "exec":
        child = child_of(load(words[2]))
        if not child:
            raise SystemExit(f"Error response from daemon: container {words[2]} is not running")
        os.execvp("nsenter", ["nsenter", f"--target={child}", "--mount", "--net", "--pid", *words[3:]])
    elif command == "cp":
        name, _, path = words[1].partition(":")
        place = HOME / load(name)["name"] / "root" / path.lstrip("/")
        os.execvp("tar", ["tar", "-C", str(place.parent), "-cf", "-", place.name])
    else:
        state = load(words[-1])
        if command == "inspect":
            print(said := inspect(state, "--format" if "--format" in options else ""))
            if "--type" in options:
                (HOME / state["name"] / "described").write_text(said)
        elif command == "update":
            save(state, restart=options[0].partition("=")[2])
        else:
            {"start": start, "stop": stop}[command](state)
            print(words[-1])


if __name__ == "__main__":
    main(sys.argv[1:])
