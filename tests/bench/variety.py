"""What other applications show: other directions, steps, contents and sizes of the screen. Nothing here is run by default.

Each case is an application over all of HOST, in a namespace of its own, that paints a frame counter with each picture, and
then keeps still.
"""
from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import cost
from peers import SCREEN
from stage import Stage

ALL = "variety"
"""The name of all of them."""
SECONDS = {False: 8, True: 3}
SOON_SECONDS, LATE_SECONDS = 1.0, 4.0
"""When a picture at rest is judged; the second only where it was not exact at the first."""


@dataclass(frozen=True)
class Case:
    """One application in one setting."""

    name: str
    group: str
    paints: str
    """Its command; `Stage.application` says how it behaves."""
    screen: str = SCREEN


def painter(content: str, motion: str, step: int = 0, fps: int = 60) -> str:
    """The bench's own, `applications/painter.c`."""
    return f"exec {{painter}} {{hd}} {{still}} {content} {motion} {step} {fps}"


def terminal(lines: int) -> str:
    return ('exec xterm -geometry 700x160+0+0 -b 0 -bw 0 +sb -fa "DejaVu Sans Mono" -fs 10 '
            f"-e {{py}} {{bench}}/applications/terminal.py {{still}} {lines}")


def page(zoom: int, step: int) -> str:
    return ("exec {py} {bench}/applications/page.py --screen {hs} --still {still} --tmp {tmp} "
            f"--zoom {zoom} --step {step}")


CASES = [
    Case("up", "directions", painter("light", "vertical", -15)),
    Case("slow", "directions", painter("light", "vertical", 1)),
    Case("fast", "directions", painter("light", "vertical", 90)),
    Case("flick", "directions", painter("light", "flick", 60)),
    Case("jumps", "directions", painter("subpixel", "jumps", 10)),
    Case("loads", "directions", painter("subpixel", "loads", 10)),
    Case("sideways", "directions", painter("light", "horizontal", 9)),
    Case("panes", "directions", painter("light", "panes", 7)),
    Case("dark", "contents", painter("dark", "vertical", 10)),
    Case("subpixel", "contents", painter("subpixel", "vertical", 10)),
    Case("pictures", "contents", painter("mixed", "vertical", 10)),
    Case("map", "contents", painter("photo", "diagonal")),
    # So often that no page rests for long; first, so that neither was kept from the case after it.
    Case("tabs-fast", "contents", painter("mixed", "tabs", fps=4)),
    Case("tabs", "contents", painter("mixed", "tabs", fps=1)),
    Case("wallpaper", "contents", painter("photo", "window")),
    Case("xterm", "applications", terminal(1)),
    Case("gtk-dark", "applications", "exec {py} {bench}/applications/text_view.py {still} 9"),
    Case("chromium-90", "applications", page(90, 11)),
    Case("chromium-110", "applications", page(110, 11)),
    Case("chromium-125", "applications", page(125, 24)),
    *(Case(f"{motion}-{name}", "sizes", command, screen)
      for name, screen in (("1440p", "2560x1440"), ("2160p", "3840x2160"))
      for motion, command in (("scroll", painter("light", "vertical", 12)), ("panes", painter("light", "panes", 12)),
                              ("wallpaper", painter("photo", "window")), ("tabs", painter("mixed", "tabs", fps=1)),
                              ("xterm", terminal(1)))),
]
GROUPS = list(dict.fromkeys(case.group for case in CASES))
NAMES = [ALL, *GROUPS, *(case.name for case in CASES)]


def chosen(names: Collection[str]) -> list[Case]:
    """The cases of these names, of their groups, or all."""
    return [case for case in CASES if {ALL, case.group, case.name} & set(names)]


def by_screen(cases: Iterable[Case]) -> dict[str, list[Case]]:
    """Those of one size share a stage."""
    screens: dict[str, list[Case]] = {}
    for case in cases:
        screens.setdefault(case.screen, []).append(case)
    return screens


def measure(stage: Stage, case: Case, seconds: int) -> dict:
    """Pictures seen while it moves, then what VIEW shows of it at rest."""
    with stage.application(case.paints) as still:
        ready = stage.ask("watch 0")  # Until it paints, and a second more.
        if "error" in ready:
            return ready
        before = cost.snapshot(stage.groups())
        result = stage.ask(f"watch {seconds}")
        result["cost"] = cost.between(before, cost.snapshot(stage.groups()))
        still.touch()
        time.sleep(0.02)
        result["rest"] = stage.ask(f"rest {SOON_SECONDS} {LATE_SECONDS}")
    return result


def brief(measured: dict) -> str:
    """One case in one line."""
    if "error" in measured:
        return str(measured["error"])
    return " | ".join(cells(measured))


COLUMNS = ["seen of painted a second", "age p50 / p95, ms", "Mbit/s", "CPU host + viewer", "CPU of HOST's X + application",
           "exact after 1 s, %", "exact after ms"]


def cells(measured: dict) -> list[str]:
    """One case as a row of a table."""
    costs, rest = measured["cost"], measured["rest"]
    painted = measured["painted"] / measured["secs"]
    return [f"{measured['fps']:.0f} of {painted:.0f}", f"{measured['lat_p50']:.0f} / {measured['lat_p95']:.0f}",
            f"{costs['mbit_to_view']:.1f}", f"{costs['cpu_host']:.0f} + {costs['cpu_view']:.0f}",
            f"{costs['cpu_xhost']:.0f} + {costs['cpu_paint']:.0f}", *_exactness(rest)]


def _exactness(rest: dict) -> list[str]:
    if "error" in rest:
        return [str(rest["error"]), ""]
    soon = _share(rest["exact"]) + ("" if rest["shown"] == 100 else f" of the {rest['shown']} % that it shows")
    if rest["ms_to_exact"] >= 0:
        return [soon, f"{rest['ms_to_exact']:.0f}"]
    left, top, right, bottom = rest["box"]
    return [soon, f"never: {_share(rest['exact_late'])} after {LATE_SECONDS:.0f} s; {rest['wrong']} pixels differ in "
                  f"{right - left}x{bottom - top}+{left}+{top}"]


def _share(percent: float) -> str:
    """Never rounded up to all."""
    return "100" if percent == 100 else f"{min(percent, 99.99):.2f}"
