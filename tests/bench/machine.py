"""The machine that is measured on, and the bench's share of its CPU."""
from __future__ import annotations

import os
import platform
from pathlib import Path


def describe() -> dict[str, object]:
    """What names the machine beside figures."""
    model = next((line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
                 platform.machine())
    memory = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    system = next((line.split("=", 1)[1].strip('"') for line in _lines("/etc/os-release") if line.startswith("PRETTY_NAME=")),
                  platform.system())
    return {"cpu": model, "cores": os.cpu_count(), "memory_gib": round(memory / 2**20, 1), "kernel": platform.release(),
            "system": system, "gpu": Path("/dev/dri").exists()}


def _lines(file: str) -> list[str]:
    try:
        return Path(file).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


class Shares:
    """A CPU cgroup of the bench's own, so that other work on the machine does not starve what is measured. A session
    has its own scheduler autogroup, so nice values of other work would not protect it."""

    PLACES = (("/sys/fs/cgroup/cpu", "cpu.shares", lambda n: n), ("/sys/fs/cgroup", "cpu.weight", lambda n: min(10_000, n // 10)))

    def __init__(self, shares: int) -> None:
        """Moves this process, and all that it starts, into the group; 0 shares: nothing is done."""
        self.group: Path | None = None
        for parent, limit, value in self.PLACES:
            group = Path(parent) / "renfort-bench"
            if not shares or not (Path(parent) / "cgroup.procs").exists():
                continue
            try:
                group.mkdir(exist_ok=True)
                (group / limit).write_text(str(value(shares)))
                # A stock group of version 1 forbids SCHED_FIFO, in which the probe watches pixels.
                if (group / "cpu.rt_runtime_us").exists():
                    (group / "cpu.rt_runtime_us").write_text("300000")
                (group / "cgroup.procs").write_text(str(os.getpid()))
            except OSError:
                continue
            self.group = group
            return

    def close(self) -> None:
        """Back to where this process was."""
        if self.group:
            (self.group.parent / "cgroup.procs").write_text(str(os.getpid()))
            try:
                self.group.rmdir()
            except OSError:
                pass  # Something of the bench still ends; the next run uses the group again.
