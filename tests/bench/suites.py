"""What is measured of one product, in order."""
from __future__ import annotations

import contextlib
import json
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

import cost
import machine
import network
import variety
from figures import brief
from peers import SCREEN, Peer
from stage import HERE, Options, Stage, StageError

REST_SECONDS = 4.0
"""Before an idle screen counts as idle: what was on it last has become as good as it gets."""
FIRST_PICTURE_SECONDS = 40
CHATTER = ("dbus", "[OpenH264]")
"""In lines of a log that explain no failure."""
ALLOWED = re.compile(r"bench-hooks: allowed (\d+)")


@dataclass(frozen=True)
class Suite:
    """One command to the probe."""

    name: str
    command: str
    quick: str
    """The same with fewer samples."""


SUITES = [
    Suite("key", "latency key 100", "latency key 20"),
    Suite("motion", "latency motion 100", "latency motion 20"),
    Suite("photon", "latency photon 100", "latency photon 20"),
    Suite("key+video", "latency key 60 video", "latency key 20 video"),
    Suite("idle", "frames idle 10", "frames idle 6"),
    Suite("type", "frames type 6", "frames type 4"),
    Suite("small", "frames small 6", "frames small 4"),
    Suite("scroll", "frames scroll 8", "frames scroll 4"),
    Suite("drag", "frames drag 8", "frames drag 4"),
    Suite("video", "frames video 8", "frames video 4"),
    Suite("fullvideo", "frames fullvideo 6", "frames fullvideo 4"),
    Suite("quality", "quality 5", "quality 2"),
]
FIRST = "first"
"""The suite that starts the product anew for each sample."""
FIRST_SAMPLES = {False: 5, True: 2}
NAMES = [*(suite.name for suite in SUITES), FIRST]
"""Without those of `variety`, which are only run when they are named."""


@contextlib.contextmanager
def on_stage(peer: Peer, options: Options, screen: str = SCREEN) -> Iterator[Stage]:
    """A product on stage, which is cleared whatever happens."""
    stage = Stage(peer, options, screen)
    try:
        stage.start()
        yield stage
    except (StageError, OSError, subprocess.SubprocessError) as error:
        last = [line for line in stage.log_lines() if not any(word in line for word in CHATTER)][-20:]
        raise StageError("\n    ".join([str(error), *last])) from error
    finally:
        stage.stop()


def measure(peer: Peer, options: Options, only: Collection[str], quick: bool) -> dict:
    """All suites, or those named. What fails is told in `failed` and the rest is measured: a suite that fails ends those
    which need the same stage."""
    result: dict = {"peer": peer.name, "about": peer.about, "when": time.strftime("%Y-%m-%dT%H:%M:%S"),
                    "machine": machine.describe(), "host": f"{SCREEN}x24 Xvfb", "view": peer.view_size, "suites": {}, "failed": []}
    wanted = [suite for suite in SUITES if not only or suite.name in only]
    if wanted or FIRST in only:
        try:
            _steady(peer, options, wanted, quick, result)
        except StageError as error:
            result["failed"].append(str(error))
    for screen, cases in variety.by_screen(variety.chosen(only)).items():
        try:
            _varied(peer, options, screen, cases, quick, result)
        except StageError as error:
            result["failed"].append(f"{screen}: {error}")
    if "place" in result and not peer.local and (not only or FIRST in only):
        try:
            result["suites"][FIRST] = first = _first_pictures(peer, options, result["place"], FIRST_SAMPLES[quick])
            print(f"  {FIRST:10s} {first['ms']} ms from {first['from']}", flush=True)
        except StageError as error:
            result["failed"].append(f"{FIRST}: {error}")
    return result


def _steady(peer: Peer, options: Options, wanted: Collection[Suite], quick: bool, result: dict) -> None:
    """The suites that share one stage."""
    with on_stage(peer, options) as stage:
        result["place"] = stage.calibrate()
        time.sleep(1)
        for suite in wanted:
            measured = _run(stage, suite.quick if quick else suite.command)
            if suite.name == "scroll":
                result["memory"] = cost.memory()
            result["suites"][suite.name] = measured
            print(f"  {suite.name:10s} {brief(measured)}", flush=True)
            time.sleep(0.5)
        for file in sorted(stage.scratch.glob("stats-*.json")):
            result.setdefault("peer_stats", {})[file.stem.removeprefix("stats-")] = json.loads(file.read_text() or "{}")


def _run(stage: Stage, command: str) -> dict:
    idle = command.startswith("frames idle ")
    sniffer = None
    if idle:
        # A pointer that moves is no rest: it is sent as input.
        stage.ask("park")
        time.sleep(REST_SECONDS)
        sniffer = subprocess.Popen(
            network.inside("mid", [sys.executable, str(HERE / "media_packets.py"), network.LINKS["view"],
                                   command.split()[2]]), stdout=subprocess.PIPE, text=True)
        time.sleep(0.5)
    before = cost.snapshot(stage.groups())
    result = stage.ask(command)
    result["cost"] = cost.between(before, cost.snapshot(stage.groups()))
    if sniffer:
        result |= json.loads(sniffer.communicate(timeout=30)[0])
    return result


def _varied(peer: Peer, options: Options, screen: str, cases: Collection[variety.Case], quick: bool, result: dict) -> None:
    """Cases that share a stage of that size."""
    with on_stage(peer, options, screen) as stage:
        stage.calibrate()
        for case in cases:
            measured = variety.measure(stage, case, variety.SECONDS[quick])
            result["suites"][case.name] = measured
            print(f"  {case.name:16s} {variety.brief(measured)}", flush=True)


def _first_pictures(peer: Peer, options: Options, place: dict, samples: int) -> dict:
    """From the click that allows the session (or, where nobody is asked, from the viewer's start) to the first picture
    on VIEW, in milliseconds."""
    waits = []
    for _ in range(samples):
        with on_stage(peer, options) as stage:
            stage.ask(f"place {place['x']} {place['y']} {place['sx']} {place['sy']}")
            seen = stage.ask(f"appear {random.randrange(1, 65536)} {FIRST_PICTURE_SECONDS}")["seen_at"]
            if seen is None:
                stage.photograph("no-picture")
                raise StageError("no picture appeared")
            waits.append(round(seen - _beginning(peer, stage), 1))
    return {"from": "the user's click" if peer.asks else "the viewer's start", "ms": waits}


def _beginning(peer: Peer, stage: Stage) -> float:
    if not peer.asks:
        return stage.view_started * 1000
    for line in stage.log_lines():
        if found := ALLOWED.search(line):
            return int(found[1]) / 1000
    raise StageError("the picture came before anybody allowed it")


def each(peers: list[Peer], run: Callable[[Peer], None]) -> int:
    """Runs one product after the other; a failure is told and the rest goes on. Gives the number of failures."""
    failures = 0
    for peer in peers:
        began = time.monotonic()
        print(f"{peer.name}:", flush=True)
        try:
            run(peer)
        except StageError as error:
            failures += 1
            print(f"  FAILED: {error}", flush=True)
        print(f"  {time.monotonic() - began:.0f} s", flush=True)
    return failures
