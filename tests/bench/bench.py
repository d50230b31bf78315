#!/usr/bin/env python3
"""A black-box bench for remote-desktop software. See README.md.

  bench.py list                 the products
  bench.py run PRODUCT...       measures; writes OUT/PRODUCT.json
  bench.py legs                 Renfort: where each millisecond from a key to a pixel goes; writes OUT/legs.json
  bench.py relay-memory         Renfort: the relay's memory with 100 waiting users; writes OUT/relay-memory.json
  bench.py report               writes OUT/table.md and plots from what is in OUT
  bench.py shell PRODUCT        starts host and viewer, prints where they are, waits for Enter
"""
from __future__ import annotations

import argparse
import contextlib
import dataclasses
import fcntl
import json
import os
import runpy
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import legs
import machine
import network
import renfort
import suites
import variety
from peers import OTHERS, Peer
from stage import Options, StageError

OUT = Path(__file__).resolve().parents[2] / "target" / "bench"
LEGS, MEMORY = "legs.json", "relay-memory.json"
NOT_PRODUCTS = (LEGS, MEMORY)


def products(files: list[Path]) -> dict[str, Peer]:
    """Renfort, those that it is compared with, and those of files that define a list `PEERS`."""
    more = [peer for file in files for peer in runpy.run_path(str(file))["PEERS"]]
    return {peer.name: peer for peer in [*renfort.PEERS, *OTHERS, *more]}


def run(arguments: argparse.Namespace, known: dict[str, Peer]) -> int:
    """Measures the named products one after the other."""
    only = arguments.only.split(",") if arguments.only else []
    known_suites = [*suites.NAMES, *variety.NAMES]
    if unknown := set(only) - set(known_suites):
        sys.exit(f"no such suite: {', '.join(sorted(unknown))}; there are {', '.join(known_suites)}")

    def measure(peer: Peer) -> None:
        result = suites.measure(peer, options(arguments), only, arguments.quick)
        failed = result.pop("failed")
        file = arguments.out / f"{peer.name}{arguments.tag}.json"
        result["peer"] = file.stem
        if only and file.exists():
            result["suites"] = json.loads(file.read_text(encoding="utf-8"))["suites"] | result["suites"]
        write(file, result)
        if failed:
            raise StageError("\n  ".join(failed))

    return suites.each([known[name] for name in arguments.products], measure)


def measure_legs(arguments: argparse.Namespace, known: dict[str, Peer]) -> int:
    """Renfort once more, with its marks on: they cost some tens of microseconds each."""
    peer = known[renfort.DESKTOP]
    peer = dataclasses.replace(peer, env={**peer.env, "RUST_LOG": "warn,enigo=error,leg=trace"})

    def measure(peer: Peer) -> None:
        with suites.on_stage(peer, options(arguments)) as stage:
            stage.calibrate()
            time.sleep(1)
            keys = stage.ask(f"latency key {20 if arguments.quick else 100}")
            moves = stage.ask(f"latency motion {20 if arguments.quick else 100}")
            marks = legs.marks(stage.log_lines())
        key_legs, move_legs = legs.split(keys, marks), legs.split(moves, marks, legs.MOVE_STAGES)
        motion = {"legs": move_legs, "totals": moves["total"]}
        write(arguments.out / LEGS, {"legs": key_legs, "totals": keys["total"], "motion": motion})
        print(legs.table(key_legs, keys["total"]))
        print(legs.table(move_legs, moves["total"], legs.MOVE_STAGES, "moves"))

    return suites.each([peer], measure)


def measure_relay(arguments: argparse.Namespace, _known: dict[str, Peer]) -> int:
    """The relay's memory."""
    import relay_memory  # Only here: it needs python3-cryptography.

    result = relay_memory.measure(renfort.PROGRAMS / "renfort-relay")
    write(arguments.out / MEMORY, result)
    print(result)
    return 0


def report(arguments: argparse.Namespace, known: dict[str, Peer]) -> int:
    """The table and the plots."""
    import plots  # Only here: it needs python3-matplotlib.
    import tables

    order = list(known)
    files = [file for file in arguments.out.glob("*.json") if file.name not in NOT_PRODUCTS]
    results = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    results.sort(key=lambda result: (order.index(result["peer"]) if result["peer"] in order else len(order), result["peer"]))
    if not results:
        sys.exit(f"nothing was measured in {arguments.out}")
    found_legs, memory = (read(arguments.out / name) for name in NOT_PRODUCTS)
    (arguments.out / "table.md").write_text(tables.report(results, memory, found_legs), encoding="utf-8")
    plots.everything(results, found_legs, arguments.out)
    print((arguments.out / "table.md").read_text(encoding="utf-8"))
    return 0


def shell(arguments: argparse.Namespace, known: dict[str, Peer]) -> int:
    """For a look around."""
    with suites.on_stage(known[arguments.products[0]], options(arguments)) as stage:
        print(stage.calibrate(), stage.scratch, network.NAMES, flush=True)
        input("Enter ends it ")
    return 0


def options(arguments: argparse.Namespace) -> Options:
    return Options(build=arguments.out / "build", host_display=arguments.host_display, view_display=arguments.view_display,
                   keep=arguments.keep)


def read(file: Path) -> dict | None:
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


def write(file: Path, result: dict) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(result) + "\n", encoding="utf-8")


@contextlib.contextmanager
def alone(arguments: argparse.Namespace) -> Iterator[None]:
    """One bench at a time, with the CPU's attention."""
    arguments.out.mkdir(parents=True, exist_ok=True)
    with open("/run/lock/renfort-bench" if os.access("/run/lock", os.W_OK) else "/tmp/renfort-bench.lock", "w",
              encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        shares = machine.Shares(arguments.shares)
        try:
            yield
        finally:
            shares.close()


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=OUT, help="folder of the results")
    parser.add_argument("--products", dest="files", type=Path, action="append", default=[], metavar="FILE",
                        help="Python file with more products, in a list PEERS")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list").set_defaults(run=None)
    commands.add_parser("report").set_defaults(run=report)
    for name, function in (("run", run), ("legs", measure_legs), ("relay-memory", measure_relay), ("shell", shell)):
        command = commands.add_parser(name)
        command.set_defaults(run=function)
        if name in ("run", "shell"):
            command.add_argument("products", nargs="+" if name == "run" else 1, metavar="PRODUCT")
        command.add_argument("--host-display", default=":40")
        command.add_argument("--view-display", default=":41")
        command.add_argument("--quick", action="store_true", help="fewer samples, to try something")
        command.add_argument("--only", help="suites, separated by commas; merged into an earlier result")
        command.add_argument("--tag", default="", help="appended to the result's name, to measure something again")
        command.add_argument("--shares", type=int, default=100_000, help="the bench's CPU shares (0: as everybody)")
        command.add_argument("--keep", action="store_true", help="keep the scratch folder, with the log")
    return parser.parse_args()


def main() -> None:
    arguments = parse()
    known = products(arguments.files)
    if arguments.run is None:
        for peer in known.values():
            print(f"{peer.name:18s} {peer.about}")
        return
    if unknown := [name for name in getattr(arguments, "products", []) if name not in known]:
        sys.exit(f"no such product: {', '.join(unknown)}")
    # So that an interrupted run still tidies up.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with alone(arguments) if arguments.run is not report else contextlib.nullcontext():
        sys.exit(1 if arguments.run(arguments, known) else 0)


if __name__ == "__main__":
    main()
