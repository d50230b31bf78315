"""Results as Markdown. Nothing here touches the machine."""
from __future__ import annotations

from collections.abc import Callable, Sequence

import legs
import suites
import variety
from figures import NONE, median_of, percentile, spread

Row = Callable[[dict], list[str]]
COSTLY = ["idle", "type", "small", "scroll", "drag", "video", "fullvideo"]
MOVING = ["small", "scroll", "drag", "video", "fullvideo"]
OWN = "renfort"


def table(results: Sequence[dict], title: str, columns: Sequence[str], row: Row) -> str:
    """One line a product; a dash where something was not measured."""
    lines = [f"### {title}", "", f"| product | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    for result in results:
        lines.append(f"| {result['peer']} | {' | '.join(row(result))} |")
    return "\n".join(lines) + "\n"


def suite(result: dict, name: str) -> dict:
    """A suite's figures; empty when it was not run."""
    return result["suites"].get(name, {})


def latency(result: dict, name: str, leg: str) -> str:
    measured = suite(result, name)
    lost = f" ({measured['lost']} lost)" if measured.get("lost") else ""
    return spread(measured.get(leg, [])) + lost


def frames(result: dict, name: str) -> str:
    measured = suite(result, name)
    if not measured:
        return NONE
    return (f"{measured['seen']}/{measured['painted']} = {measured['fps']:.0f} fps, gap {measured['gap_p95']:.0f}, "
            f"age {measured['lat_p50']:.0f}/{measured['lat_p95']:.0f}")


def letters(result: dict) -> str:
    """Letters all of whose pixels were right within 50 ms, and after how many they were."""
    measured = suite(result, "type")
    if "letters" not in measured:
        return NONE
    share = 100 * measured["exact_in_50"] / measured["letters"]
    return f"{share:.0f} %, {measured['exact_p50']:.1f}/{measured['exact_p95']:.1f} ms"


def cpu(result: dict, name: str) -> str:
    cost = suite(result, name).get("cost")
    if not cost:
        return NONE
    digits = 1 if name == "idle" else 0
    return (f"{cost['cpu_host']:.{digits}f} + {cost['cpu_view']:.{digits}f} "
            f"(X {cost['cpu_xhost']:.0f} + {cost['cpu_xview']:.0f})")


def wire(result: dict, name: str) -> str:
    cost = suite(result, name).get("cost")
    return f"{cost['mbit_to_view']:.2f}" if cost else NONE


def quality(result: dict) -> list[str]:
    pages = suite(result, "quality").get("pages")
    if not pages:
        return [suite(result, "quality").get("error", NONE)] + [NONE] * 5

    def pair(first: str, second: str) -> str:
        return f"{median_of(pages, first):.1f} / {median_of(pages, second):.1f}"

    def reached(name: str) -> str:
        milliseconds = median_of(pages, name)
        return "not in 2 s" if milliseconds == float("inf") else f"{milliseconds:.0f}"

    return [pair("luma_0.2s", "psnr_0.2s"), pair("exact_0.2s", "near_0.2s"), pair("luma_2s", "psnr_2s"),
            pair("exact_2s", "near_2s"), reached("ms_to_30dB"), reached("ms_to_exact")]


def first(result: dict) -> list[str]:
    measured = suite(result, suites.FIRST)
    if not measured:
        return [NONE, NONE, NONE]
    return [f"{percentile(measured['ms'], 0.5):.0f}", f"{max(measured['ms']):.0f}", measured["from"]]


def varied(results: Sequence[dict]) -> str:
    """One line a case and product, of those cases that were measured."""
    lines = [f"| {case.name} | {case.screen} | {result['peer']} | {' | '.join(variety.cells(suite(result, case.name)))} |"
             for case in variety.CASES for result in results if "cost" in suite(result, case.name)]
    if not lines:
        return ""
    columns = ["case", "screen", "product", *variety.COLUMNS]
    return "\n".join(["### Other applications, directions, contents and sizes", "", f"| {' | '.join(columns)} |",
                      "|---" * len(columns) + "|", *lines, ""])


def figure(result: dict, name: str) -> float | None:
    """One figure that is compared; smaller is better."""
    key, scroll, drag = suite(result, "key"), suite(result, "scroll"), suite(result, "drag")
    found = {
        "pointer motion to pixel p50, ms": lambda: percentile(suite(result, "motion")["total"], 0.5),
        "bytes while typing, Mbit/s": lambda: suite(result, "type")["cost"]["mbit_to_view"],
        "sharing side's CPU while scrolling, % of a core": lambda: scroll["cost"]["cpu_host"],
        "bytes while dragging, Mbit/s": lambda: drag["cost"]["mbit_to_view"],
        "sharing side's CPU while dragging, % of a core": lambda: drag["cost"]["cpu_host"],
        "key to pixel p50, ms": lambda: percentile(key["total"], 0.5),
        "key to pixel p95, ms": lambda: percentile(key["total"], 0.95),
        "key to pixel beside a video p50, ms": lambda: percentile(suite(result, "key+video")["total"], 0.5),
        "age of a frame while scrolling p50, ms": lambda: scroll["lat_p50"],
        "bytes while scrolling, Mbit/s": lambda: scroll["cost"]["mbit_to_view"],
        "idle CPU of both sides, % of a core":
            lambda: suite(result, "idle")["cost"]["cpu_host"] + suite(result, "idle")["cost"]["cpu_view"],
    }[name]
    try:
        value = found()
    except KeyError:
        return None
    return None if value != value or value < 0 else value


COMPARED = ["key to pixel p50, ms", "key to pixel p95, ms", "pointer motion to pixel p50, ms",
            "key to pixel beside a video p50, ms", "bytes while typing, Mbit/s",
            "age of a frame while scrolling p50, ms", "bytes while scrolling, Mbit/s",
            "sharing side's CPU while scrolling, % of a core", "bytes while dragging, Mbit/s",
            "sharing side's CPU while dragging, % of a core", "idle CPU of both sides, % of a core"]


def ratios(results: Sequence[dict]) -> str:
    """Renfort's figures, and how many times that each other product has (below 1: less than Renfort)."""
    own = next((result for result in results if result["peer"] == OWN), None)
    others = [result for result in results if not result["peer"].startswith((OWN, "none"))]
    if own is None:
        return ""
    lines = ["### Renfort, and the others as a multiple of it (above 1: Renfort is better)", "",
             f"| | {OWN} | {' | '.join(other['peer'] for other in others)} |", "|---" * (len(others) + 2) + "|"]
    for name in COMPARED:
        mine = figure(own, name)
        cells = [NONE if mine is None else f"{mine:.1f}" if mine >= 1 else f"{mine:.2f}"]
        for other in others:
            theirs = figure(other, name)
            cells.append(f"{theirs / mine:.2f} ×" if mine and theirs is not None else NONE)
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def header(results: Sequence[dict]) -> str:
    """The machine, and when."""
    machines = {tuple(sorted(result["machine"].items())): result["machine"] for result in results}
    lines = []
    for machine in machines.values():
        gpu = "with a GPU" if machine["gpu"] else "no GPU"
        lines.append(f"Machine: {machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB, {gpu}; "
                     f"{machine['system']}, Linux {machine['kernel']}.")
    loads = [suite["cost"]["load1"] for result in results for suite in result["suites"].values() if "cost" in suite]
    noise = [suite["cost"]["cpu_other"] for result in results for suite in result["suites"].values() if "cost" in suite]
    days = sorted({result["when"][:10] for result in results})
    if loads:
        lines.append(f"Measured {' to '.join(sorted({days[0], days[-1]}))}; load average {min(loads):.1f} to {max(loads):.1f}; "
                     f"CPU of everything else on the machine {min(noise):.0f} to {max(noise):.0f} % of a core, median "
                     f"{percentile(noise, 0.5):.0f} %.")
    return "\n".join(lines) + "\n"


def report(results: Sequence[dict], memory: dict | None, key_legs: dict | None) -> str:
    """All of it."""
    parts = ["# Bench", "", header(results), ratios(results)]
    parts.append(table(results, "Latency, ms: p50 / p95 / p99 / max",
                       ["key to pixel", "motion to pixel", "pixel to pixel", "key to pixel beside a 30 fps video",
                        "of it input, p50"],
                       lambda r: [latency(r, "key", "total"), latency(r, "motion", "total"),
                                  latency(r, "photon", "photon"), latency(r, "key+video", "total"),
                                  f"{percentile(suite(r, 'key').get('input', []), 0.5):.1f}"]))
    parts.append(table(results, "Frames seen / painted, p95 gap in ms, age of a frame p50/p95 in ms",
                       ["small, 60 fps", "scroll, 60 fps", "drag, 60 fps", "video 960x540, 30 fps",
                        "full-screen video, 30 fps"],
                       lambda r: [frames(r, name) for name in MOVING]))
    parts.append(table(results, "CPU, % of one core: host + viewer (X servers of host + viewer)", COSTLY,
                       lambda r: [cpu(r, name) for name in COSTLY]))
    parts.append(table(results, "On the wire, Mbit/s to the viewer; media packets while idle; memory (PSS) while scrolling",
                       [*COSTLY, "idle packets", "host MiB", "viewer MiB"],
                       lambda r: [*(wire(r, name) for name in COSTLY),
                                  str(suite(r, "idle").get("media_packets", NONE)),
                                  *(str(r.get("memory", {}).get(side, {}).get("pss", NONE)) for side in ("host", "view"))]))
    parts.append(table(results, "Quality after a page of small text flips (median; 99 dB = identical)",
                       ["PSNR luma / RGB at 0.2 s", "exact / within 8, % at 0.2 s", "PSNR luma / RGB at 2 s",
                        "exact / within 8, % at 2 s", "ms to 30 dB luma", "ms to 99.9 % exact"], quality))
    parts.append(table(results, "Typing: letters all of whose pixels were right within 50 ms, and after how many: p50/p95",
                       ["12 letters a second"], lambda r: [letters(r)]))
    parts.append(table(results, "First picture, ms", ["p50", "max", "counted from"], first))
    parts.append(varied(results))
    parts.append(table(results, "Noise: CPU of everything else on the machine, % of one core",
                       [s.name for s in suites.SUITES],
                       lambda r: [f"{suite(r, s.name)['cost']['cpu_other']:.0f}" if suite(r, s.name) else NONE
                                  for s in suites.SUITES]))
    if key_legs:
        parts += ["### Where each millisecond from a key to a pixel goes", "",
                  legs.table(key_legs["legs"], key_legs["totals"]), ""]
    if motion := (key_legs or {}).get("motion"):
        parts += ["### Where each millisecond from a move of the pointer to a pixel goes", "",
                  legs.table(motion["legs"], motion["totals"], legs.MOVE_STAGES, "moves"), ""]
    if memory:
        parts += ["### The relay's memory", "",
                  f"{memory['clients']} users wait for a technician, each over a WebSocket: {memory['rss_mib']:.1f} MiB "
                  f"resident ({memory['empty_mib']:.1f} MiB before the first).", ""]
    return "\n".join(parts)
