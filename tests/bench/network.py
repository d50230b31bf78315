"""Network namespaces: HOST and VIEW, joined by a bridge in MID, where a server may run, and PAINT without any link, where an
application on HOST's screen runs that is no part of what is measured.

Nothing can leave the machine, byte counters need no lists of ports, and whatever runs in a namespace is that side's cost
and is ended with it.
"""
from __future__ import annotations

import json
import subprocess

NAMES = {"host": "renfort-bench-host", "view": "renfort-bench-view", "mid": "renfort-bench-mid", "paint": "renfort-bench-paint"}
ADDRESSES = {"host": "10.77.0.1", "view": "10.77.0.2", "mid": "10.77.0.3"}
LINKS = {"host": "p-host", "view": "p-view"}
"""The bridge's ports in MID."""


def shell(command: str, check: bool = True) -> str:
    """Runs a command line and gives what it printed."""
    return subprocess.run(command, shell=True, check=check, text=True, capture_output=True).stdout


def up() -> None:
    """Makes all of them anew."""
    down()
    for name in NAMES.values():
        shell(f"ip netns add {name} && ip -n {name} link set lo up")
    mid = NAMES["mid"]
    shell(f"ip -n {mid} link add br0 type bridge && ip -n {mid} addr add {ADDRESSES['mid']}/24 dev br0 "
          f"&& ip -n {mid} link set br0 up")
    for side, port in LINKS.items():
        name = NAMES[side]
        shell(f"ip link add eth0 netns {name} type veth peer name {port} netns {mid}")
        shell(f"ip -n {mid} link set {port} master br0 up && ip -n {name} addr add {ADDRESSES[side]}/24 dev eth0 "
              f"&& ip -n {name} link set eth0 up")
        # Leads nowhere; Chromium gathers no candidate without one.
        shell(f"ip -n {name} route add default via {ADDRESSES['mid']}")


def down() -> None:
    """Removes what is there of them."""
    for name in NAMES.values():
        shell(f"ip netns del {name} 2>/dev/null", check=False)


def pids(side: str) -> list[int]:
    """The processes of one side."""
    return [int(pid) for pid in shell(f"ip netns pids {NAMES[side]}", check=False).split()]


def inside(side: str, command: list[str]) -> list[str]:
    """The command, run in a namespace."""
    return ["ip", "netns", "exec", NAMES[side], *command]


def listens(side: str, port: str) -> bool:
    """Does anything listen on this TCP port?"""
    return f":{port} " in shell(f"ip netns exec {NAMES[side]} ss -Hltn")


def traffic() -> dict[str, tuple[int, int]]:
    """Bytes to and from each side since the namespaces were made."""
    links = json.loads(shell(f"ip -n {NAMES['mid']} -s -j link"))
    stats = {link["ifname"]: link["stats64"] for link in links}
    return {side: (stats[port]["tx"]["bytes"], stats[port]["rx"]["bytes"]) for side, port in LINKS.items()}
