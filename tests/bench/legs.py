"""Where each millisecond from a key, or a move of the pointer, to a pixel goes.

Renfort writes a mark with its time at each stage when `RUST_LOG=leg=trace` (`src-tauri/engine/src/leg.rs`); the probe
knows when it injected the key and when pixels changed on HOST and on VIEW. All clocks are the same machine's.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone

from figures import percentile

PICTURE = [
    ("host", "XTEST, the user's X server, the application paints"),
    ("picture: captured", "XDamage, XShm"),
    ("picture: planned", "pacing; what changed, coded exactly"),
    ("picture: to the network", "cut into datagrams, RTP, SRTP, UDP"),
    ("picture: from the network", "UDP, SRTP, update put together"),
    ("picture: composed", "decoding, and writing into the picture"),
    ("picture: into the window", "copy; the window's own thread is woken"),
    ("view", "cairo, GDK, the technician's X server"),
]
STAGES = [
    ("key: out of the window", "X server, GTK, WebKit's keydown, page script, loopback socket"),
    ("key: to the network", "picture socket to the viewer's session; carriage"),
    ("key: from the network, allowed", "RTP, SRTP, UDP; order with the channel, the sharer's check of the grant"),
    ("key: resolved", "the input's thread; whose window has the keyboard, and which key gives the character"),
    *PICTURE,
]
"""What ends each leg of a key, and what lies in it. `host` and `view` are seen by the probe."""
MOVE_STAGES = [
    ("move: out of the window", "X server, GTK, WebKit's mousemove, page script, loopback socket"),
    ("move: to the network", "picture socket to the viewer's session; carriage, which sends one every 4 ms"),
    ("move: from the network, allowed", "RTP, SRTP, UDP; order with the channel, the sharer's check of the grant"),
    ("move: resolved", "the input's thread; whose window is there"),
    *PICTURE,
]
"""The same of a jump of the pointer."""

Stages = Sequence[tuple[str, str]]

MARK = re.compile(r"^(\S+Z)\s+TRACE\s+leg: stage=\"([^\"]+)\"")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def marks(log: Iterable[str]) -> list[tuple[float, str]]:
    """Milliseconds since 1970 and stage of every mark, in order of time."""
    found = []
    for line in log:
        if match := MARK.match(COLOUR.sub("", line)):
            at = datetime.fromisoformat(match[1].replace("Z", "")[:26]).replace(tzinfo=timezone.utc)
            found.append((at.timestamp() * 1000, match[2]))
    return sorted(found)


def split(samples: dict, found: Sequence[tuple[float, str]], stages: Stages = STAGES) -> list[list[float]]:
    """The milliseconds of each leg, for every sample of which all stages were seen."""
    legs: list[list[float]] = [[] for _ in stages]
    for began, host, total in zip(samples["began"], samples["input"], samples["total"]):
        moments, last = [], began
        for stage, _ in stages:
            if stage in ("host", "view"):
                at = began + (host if stage == "host" else total)
            else:
                at = next((at for at, name in found if name == stage and at >= last), None)
            if at is None or at > began + total + 1:
                break
            # The probe looks every 0.2 ms: what it sees may lie just before the mark after it.
            last = max(at, last)
            moments.append(last)
        if len(moments) == len(stages):
            for leg, (before, after) in enumerate(zip([began, *moments], moments)):
                legs[leg].append(after - before)
    return legs


def table(legs: Sequence[Sequence[float]], totals: Sequence[float], stages: Stages = STAGES, what: str = "keys") -> str:
    """Markdown."""
    rows = ["| until | what lies in it | p50 ms | p95 ms |", "|---|---|--:|--:|"]
    for (stage, lies), values in zip(stages, legs):
        name = {"host": "pixel on the user's screen", "view": "pixel on the technician's screen"}.get(stage, stage)
        rows.append(f"| {name} | {lies} | {percentile(values, 0.5):.1f} | {percentile(values, 0.95):.1f} |")
    rows.append(f"| **all** | {len(totals)} {what} | **{percentile(totals, 0.5):.1f}** | **{percentile(totals, 0.95):.1f}** |")
    return "\n".join(rows)
