"""What a product costs while a suite runs: CPU of each side, bytes to and from the viewer, memory."""
from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass

import network

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Snapshot:
    """CPU seconds of each process by group, of the whole machine, and the byte counters, at a moment."""

    at: float
    cpu: dict[str, dict[int, float]]
    busy: float
    traffic: dict[str, tuple[int, int]]


def snapshot(others: Mapping[str, list[int]]) -> Snapshot:
    """Of every namespace, and of `others`: groups of processes outside them."""
    groups = {side: network.pids(side) for side in network.NAMES} | dict(others)
    with open("/proc/stat", encoding="utf-8") as stat:
        fields = [int(field) for field in stat.readline().split()[1:9]]
    return Snapshot(
        at=time.monotonic(),
        cpu={group: {pid: _cpu_seconds(pid) for pid in members} for group, members in groups.items()},
        busy=(sum(fields) - fields[3] - fields[4]) / TICKS,
        traffic=network.traffic())


def between(before: Snapshot, after: Snapshot) -> dict[str, float]:
    """CPU in % of one core, by group and of everything else on the machine (`cpu_other`); Mbit/s on the viewer's network
    interface."""
    seconds = after.at - before.at
    cost: dict[str, float] = {"secs": round(seconds, 2)}
    own = 0.0
    for group, members in after.cpu.items():
        used = sum(max(0.0, now - before.cpu[group].get(pid, 0.0)) for pid, now in members.items())
        own += used
        cost["cpu_" + group] = round(100 * used / seconds, 2)
    cost["cpu_other"] = round(max(0.0, 100 * (after.busy - before.busy - own) / seconds), 1)
    for index, name in enumerate(("mbit_to_view", "mbit_from_view")):
        bits = (after.traffic["view"][index] - before.traffic["view"][index]) * 8
        cost[name] = round(bits / seconds / 1e6, 3)
    cost["load1"] = os.getloadavg()[0]
    return cost


def memory() -> dict[str, dict[str, int]]:
    """Resident and proportional set in MiB, and the number of processes, by side."""
    sides = {}
    for side in network.NAMES:
        sizes = [_memory_mib(pid) for pid in network.pids(side)]
        sides[side] = {"rss": round(sum(rss for rss, _ in sizes)), "pss": round(sum(pss for _, pss in sizes)),
                       "processes": len(sizes)}
    return sides


def _cpu_seconds(pid: int) -> float:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0  # It has ended.
    return (int(fields[11]) + int(fields[12])) / TICKS


def _memory_mib(pid: int) -> tuple[float, float]:
    found = {}
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="utf-8") as rollup:
            for line in rollup:
                name, _, value = line.partition(":")
                if name in ("Rss", "Pss"):
                    found[name] = int(value.split()[0]) / 1024
    except OSError:
        pass  # It has ended.
    return found.get("Rss", 0.0), found.get("Pss", 0.0)
