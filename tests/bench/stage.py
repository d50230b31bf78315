"""Puts one product on the stage: two virtual screens, three namespaces, the probe, and the product's own processes.

Flow: `start` makes all of it, `ask` talks to the probe, `stop` ends and removes everything. Nothing outside the stage's own
namespaces, displays and scratch folder is touched.
"""
from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import network
from peers import SCREEN, Peer

HERE = Path(__file__).resolve().parent
SIDES = ("host", "view")
NOT_PASSED_ON = ("DBUS_SESSION_BUS_ADDRESS", "XAUTHORITY", "WAYLAND_DISPLAY", "DISPLAY")
"""Variables of the caller's desktop that a product must not see."""
READY_SECONDS = 40
END_SECONDS = 1.0
WINDOW_MANAGER = """<?xml version="1.0"?>
<openbox_config xmlns="http://openbox.org/3.4/rc"><focus><focusNew>yes</focusNew></focus><keyboard/>
<mouse><context name="Client"><mousebind button="Left" action="Press"><action name="Focus"/></mousebind></context></mouse>
<applications><application class="*" type="normal"><decor>no</decor><position force="yes"><x>0</x><y>0</y></position>
<focus>yes</focus></application></applications></openbox_config>
"""


class StageError(Exception):
    """The product or the bench did not come up."""


@dataclass(frozen=True)
class Options:
    """What is the same for every product of a run."""

    build: Path
    """Where the probe is built."""
    host_display: str = ":40"
    view_display: str = ":41"
    keep: bool = False
    """Keep the scratch folder."""


PROBE = [*sorted((HERE / "probe").glob("*.c"))]
PAINTER = [HERE / "applications" / "painter.c", *(HERE / "probe" / name for name in ("clock.c", "counter.c"))]


def build(folder: Path, name: str, sources: list[Path]) -> Path:
    """Compiles a program when it is older than its sources."""
    program, header = folder / name, HERE / "probe" / "probe.h"
    if not program.exists() or program.stat().st_mtime < max(file.stat().st_mtime for file in (header, *sources)):
        folder.mkdir(parents=True, exist_ok=True)
        flags = network.shell("pkg-config --cflags --libs xft xtst xext x11").split()
        files = [str(source) for source in sources]
        subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-o", str(program), *files, *flags, "-lm"], check=True)
    return program


def end(sides: Iterable[str]) -> None:
    """Ends whatever runs in these namespaces."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        pids = [pid for side in sides for pid in network.pids(side)]
        for pid in pids:
            try:
                os.kill(pid, sign)
            except OSError:
                pass  # It has ended meanwhile.
        until = time.monotonic() + END_SECONDS
        while time.monotonic() < until and any(network.pids(side) for side in sides):
            time.sleep(0.05)


class Stage:
    """One product on stage."""

    def __init__(self, peer: Peer, options: Options, screen: str = SCREEN) -> None:
        self.peer, self.options = peer, options
        self.sizes = {"host": screen, "view": screen if peer.local else peer.view_for(screen)}
        self.scratch = Path(tempfile.mkdtemp(prefix="renfort-bench-"))
        self.log_file = self.scratch / "log"
        self._log = open(self.log_file, "w", encoding="utf-8")
        self.displays = {"host": options.host_display,
                         "view": options.host_display if peer.local else options.view_display}
        self._servers: dict[str, subprocess.Popen[bytes]] = {}
        self._processes: list[subprocess.Popen[bytes]] = []
        self._window_manager: subprocess.Popen[bytes] | None = None
        self._probe: subprocess.Popen[str] | None = None
        self._target_pid = 0
        self.view_started = 0.0
        """Seconds since 1970."""

    def start(self) -> None:
        """Starts everything; afterwards the product's viewer is on its way."""
        network.up()
        self._start_screens()
        self._start_probe()
        for side, commands in (("mid", self.peer.mid), ("host", self.peer.host)):
            for command in commands:
                self._spawn(side, command)
        self._wait_until_ready()
        self.view_started = time.time()
        for command in self.peer.view:
            self._spawn("view", command)

    def groups(self) -> dict[str, list[int]]:
        """Processes outside the namespaces, as `cost.snapshot` wants them."""
        assert self._probe is not None
        return {"xhost": [self._servers["host"].pid], "xview": [self._servers["view"].pid],
                "probe": [self._probe.pid, self._target_pid]}

    def ask(self, command: str) -> dict:
        """One command to the probe, and its answer."""
        assert self._probe is not None and self._probe.stdin is not None and self._probe.stdout is not None
        self._probe.stdin.write(command + "\n")
        self._probe.stdin.flush()
        answer = self._probe.stdout.readline()
        if not answer:
            raise StageError("the probe ended")
        return json.loads(answer)

    def calibrate(self) -> dict:
        """Finds where the shared picture lies on VIEW, and gives it the keyboard."""
        time.sleep(self.peer.settle)
        found: dict = {}
        for _ in range(6):
            found = self.ask("calibrate")
            if found["ok"]:
                return found
            time.sleep(2)
        self.photograph("not-found")
        raise StageError(f"the shared picture was not found on VIEW: {found}")

    @contextlib.contextmanager
    def application(self, command: str) -> Iterator[Path]:
        """An application over all of HOST, above the target. It keeps still once the file is there that is given."""
        still = self.scratch / "still"
        still.unlink(missing_ok=True)
        self.ask("aside")
        build(self.options.build, "painter", PAINTER)
        self._spawn("paint", command)
        try:
            yield still
        finally:
            end(["paint"])
            self.ask("back")

    def photograph(self, name: str) -> None:
        """Both screens as PPM files in the scratch folder."""
        for side in SIDES:
            self.ask(f"dump {side} {self.scratch}/{name}-{side}.ppm")

    def log_lines(self) -> list[str]:
        """What the product's processes printed so far."""
        self._log.flush()
        return self.log_file.read_text(encoding="utf-8", errors="replace").splitlines()

    def stop(self) -> None:
        """Ends and removes everything."""
        if self._probe:
            try:
                self._probe.communicate("quit\n", timeout=3)
            except (OSError, ValueError, subprocess.TimeoutExpired):
                self._probe.kill()
        end(network.NAMES)
        for process in (self._window_manager, *self._servers.values(), *self._processes):
            if process:
                process.terminate()
                try:
                    process.wait(5)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        network.down()
        self._log.close()
        if not self.options.keep:
            shutil.rmtree(self.scratch, ignore_errors=True)

    def _fill(self, text: str) -> str:
        return text.format(hd=self.displays["host"], vd=self.displays["view"], hs=self.sizes["host"], vs=self.sizes["view"],
                           hip=network.ADDRESSES["host"], vip=network.ADDRESSES["view"], mip=network.ADDRESSES["mid"],
                           tmp=self.scratch, bench=HERE, py=sys.executable, painter=self.options.build / "painter",
                           still=self.scratch / "still")

    def _spawn(self, side: str, command: str) -> None:
        home = self.scratch / f"home-{side}"
        (home / "run").mkdir(parents=True, exist_ok=True)
        (home / "run").chmod(0o700)
        env = {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON}
        env |= {"HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run"), "XDG_CONFIG_HOME": str(home / ".config")}
        if side != "mid":
            env["DISPLAY"] = self.displays["view" if side == "view" else "host"]
        env |= {name: self._fill(value) for name, value in self.peer.env.items()}
        line = self._fill(command)
        print(f"[{side}] {line}", file=self._log, flush=True)
        self._processes.append(subprocess.Popen(network.inside(side, ["sh", "-c", line]), env=env, cwd=home,
                                                stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log,
                                                start_new_session=True))

    def _start_screens(self) -> None:
        for side in SIDES[:1] if self.peer.local else SIDES:
            display = self.displays[side]
            socket = Path(f"/tmp/.X11-unix/X{display[1:]}")
            if socket.exists():
                raise StageError(f"display {display} is in use")
            buffer = self.scratch / f"buffer-{side}"
            buffer.mkdir()
            self._servers[side] = subprocess.Popen(
                ["Xvfb", display, "-screen", "0", f"{self.sizes[side]}x24", "-fbdir", str(buffer), "-nolisten", "tcp", "-noreset",
                 "-dpi", "96"], stdout=self._log, stderr=self._log, start_new_session=True)
            for _ in range(100):
                if socket.exists():
                    break
                time.sleep(0.1)
        self._servers.setdefault("view", self._servers["host"])
        time.sleep(0.3)
        settings = self.scratch / "openbox.xml"
        settings.write_text(WINDOW_MANAGER, encoding="utf-8")
        self._window_manager = subprocess.Popen(
            ["openbox", "--config-file", str(settings)], env={**os.environ, "DISPLAY": self.displays["view"]},
            stdout=self._log, stderr=self._log, start_new_session=True)

    def _start_probe(self) -> None:
        buffers = [str(self.scratch / f"buffer-{side}" / "Xvfb_screen0")
                   for side in (("host", "host") if self.peer.local else SIDES)]
        self._probe = subprocess.Popen(
            [str(build(self.options.build, "rdprobe", PROBE)), self.displays["host"], self.displays["view"], *buffers], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, start_new_session=True)
        assert self._probe.stdout is not None
        first = self._probe.stdout.readline()
        if not first:
            raise StageError("the probe did not start")
        self._target_pid = json.loads(first)["target_pid"]

    def _wait_until_ready(self) -> None:
        kind, _, argument = self.peer.ready.partition(":")
        if kind == "sleep":
            time.sleep(float(argument))
            return
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            if any(process.poll() for process in self._processes):
                raise StageError("the host's part ended")
            if kind == "tcp" and network.listens(*argument.split(":")):
                return
            if kind == "file" and Path(self._fill(argument)).exists():
                return
            time.sleep(0.2)
        raise StageError("the host's part did not become ready")
