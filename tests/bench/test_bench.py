"""Tests of what needs no machine to measure on: `python3 -m unittest discover tests/bench`."""
from __future__ import annotations

import math
import socket
import struct
import unittest
from pathlib import Path

import figures
import legs
import media_packets
import network
import peers
import suites
import tables
import variety
from applications import terminal

KEY = {"n": 4, "lost": 1, "total": [10.0, 20.0, 30.0, 40.0], "input": [1.0, 2.0, 3.0, 4.0], "photon": [9.0, 18.0, 27.0, 36.0]}
COST = {"cpu_host": 1.0, "cpu_view": 2.0, "cpu_xhost": 0.0, "cpu_xview": 0.0, "cpu_other": 3.0, "mbit_to_view": 0.5,
        "load1": 0.25}
MACHINE = {"cpu": "Some CPU", "cores": 2, "memory_gib": 4.0, "kernel": "6.1", "system": "Debian", "gpu": False}


def result(name: str, factor: float) -> dict:
    """A product whose keys take `factor` times as long."""
    key = {**KEY, "total": [value * factor for value in KEY["total"]], "cost": COST}
    idle = {"media_packets": 0, "cost": COST}
    return {"peer": name, "when": "2026-01-02T03:04:05", "machine": MACHINE, "suites": {"key": key, "idle": idle}}


class Percentiles(unittest.TestCase):
    def test_the_nearest_rank_is_a_value_that_was_measured(self) -> None:
        values = [30.0, 10.0, 20.0, 40.0]
        self.assertEqual([figures.percentile(values, q) for q in (0.0, 0.25, 0.5, 0.51, 0.95, 1.0)],
                         [10.0, 10.0, 20.0, 30.0, 40.0, 40.0])
        self.assertEqual(figures.percentile(list(range(1, 101)), 0.95), 95)
        self.assertTrue(math.isnan(figures.percentile([], 0.5)))

    def test_a_figure_that_was_mostly_not_reached_is_infinite(self) -> None:
        self.assertEqual(figures.median_of([{"ms": 5}, {"ms": -1}, {"ms": -1}], "ms"), math.inf)
        self.assertEqual(figures.median_of([{"ms": 5}, {"ms": 7}, {"ms": -1}], "ms"), 7)


class Tables(unittest.TestCase):
    def test_the_others_are_told_as_a_multiple_of_renfort(self) -> None:
        text = tables.ratios([result("renfort", 1), result("none", 9), result("slow", 3)])
        self.assertIn("| | renfort | slow |", text)
        self.assertIn("| key to pixel p50, ms | 20.0 | 3.00 × |", text)
        self.assertEqual(tables.ratios([result("slow", 3)]), "")

    def test_what_was_not_measured_is_a_dash(self) -> None:
        text = tables.report([result("renfort", 1)], None, None)
        self.assertIn("| renfort | 10.0", text.replace("20.0 / 40.0 / 40.0 / 40.0 (1 lost)", "10.0"))
        self.assertIn("| renfort | – | – | – | – | – |", text)
        self.assertIn("Some CPU, 2 cores", text)
        self.assertNotIn("The relay's memory", text)

    def test_letters_that_were_not_whole_in_time_are_told(self) -> None:
        typed = {"peer": "slow", "suites": {"type": {"letters": 40, "exact_in_50": 10, "exact_p50": 61.04, "exact_p95": 80.0}}}
        self.assertEqual(tables.letters(typed), "25 %, 61.0/80.0 ms")
        self.assertEqual(tables.letters(result("slow", 3)), figures.NONE)

    def test_memory_and_legs_are_told_when_they_were_measured(self) -> None:
        memory = {"clients": 100, "empty_mib": 10.0, "rss_mib": 12.5}
        text = tables.report([result("renfort", 1)], memory, {"legs": [[1.0]] * len(legs.STAGES), "totals": [12.0]})
        self.assertIn("12.5 MiB", text)
        self.assertIn("pixel on the technician's screen", text)


class Variety(unittest.TestCase):
    MEASURED = {"painted": 180, "seen": 171, "secs": 3.0, "fps": 57.0, "lat_p50": 7.4, "lat_p95": 9.6,
                "cost": {**COST, "cpu_paint": 12.0}}
    EXACT = {"shown": 100.0, "exact": 100.0, "ms_to_exact": 106, "exact_late": 100.0, "wrong": 0, "box": [0, 0, 0, 0]}
    STUCK = {"shown": 100.0, "exact": 99.999, "ms_to_exact": -1, "exact_late": 99.999, "wrong": 7, "box": [10, 20, 17, 21]}

    def test_nothing_of_it_is_run_unless_it_is_named(self) -> None:
        self.assertEqual(variety.chosen([]), [])
        self.assertEqual(variety.chosen(["key", "scroll"]), [])
        self.assertEqual(variety.chosen([variety.ALL]), variety.CASES)
        self.assertEqual({case.group for case in variety.chosen(["sizes"])}, {"sizes"})
        self.assertEqual([case.name for case in variety.chosen(["xterm", "up"])], ["up", "xterm"])

    def test_every_name_is_one_thing(self) -> None:
        names = [*suites.NAMES, *variety.NAMES]
        self.assertEqual(len(set(names)), len(names))

    def test_cases_of_one_size_share_a_stage(self) -> None:
        found = variety.by_screen(variety.chosen([variety.ALL]))
        self.assertEqual(list(found), ["1920x1080", "2560x1440", "3840x2160"])
        self.assertEqual(sum(map(len, found.values())), len(variety.CASES))

    def test_the_viewer_s_screen_grows_with_the_one_that_is_shared(self) -> None:
        peer = peers.Peer("one", "", host=[], view=[], view_size="2048x1280")
        self.assertEqual([peer.view_for(screen) for screen in ("1920x1080", "3840x2160")], ["2048x1280", "3968x2360"])

    def test_what_differs_is_told_with_its_place_and_never_rounded_away(self) -> None:
        self.assertEqual(variety.cells({**self.MEASURED, "rest": self.EXACT}),
                         ["57 of 60", "7 / 10", "0.5", "1 + 2", "0 + 12", "100", "106"])
        *_, soon, late = variety.cells({**self.MEASURED, "rest": self.STUCK})
        self.assertEqual(soon, "99.99")
        self.assertEqual(late, "never: 99.99 after 4 s; 7 pixels differ in 7x1+10+20")
        *_, soon, _ = variety.cells({**self.MEASURED, "rest": {**self.EXACT, "shown": 50.0}})
        self.assertEqual(soon, "100 of the 50.0 % that it shows")
        self.assertEqual(variety.cells({**self.MEASURED, "rest": {"error": "the picture is scaled"}})[-2:],
                         ["the picture is scaled", ""])

    def test_the_table_has_a_line_for_each_case_that_was_measured(self) -> None:
        own = result("renfort", 1)
        self.assertEqual(tables.varied([own]), "")
        own["suites"]["up"] = {**self.MEASURED, "rest": self.EXACT}
        own["suites"]["dark"] = {"error": "no program painted a counter"}
        lines = tables.varied([own]).splitlines()
        self.assertEqual(len(lines), 5)
        self.assertEqual(lines[-1], "| up | 1920x1080 | renfort | 57 of 60 | 7 / 10 | 0.5 | 1 + 2 | 0 + 12 | 100 | 106 |")

    def test_a_terminal_s_counter_is_read_as_the_probe_reads_it(self) -> None:
        width, height, number = 8.0, 17.0, 0b1010_0000_0000_0101
        lines = terminal.counter(number, 240, width, height).removesuffix("\x1b[0m").split("\x1b[")
        screen, row = {}, 0
        for line in lines[1:]:
            code, end, blanks = line.partition("m" if "m" in line else "H")
            if end == "H":
                row, column = int(code.split(";")[0]) - 1, 0
                continue
            for _ in blanks:
                screen[row, column] = code
                column += 1
        for bit in range(terminal.BITS):
            x = terminal.LEFT + terminal.CELL * (bit + 0.5)
            for line in (0, 1):
                y = terminal.TOP + terminal.CELL * (line + 0.5)
                expected = "107" if (number >> bit & 1) != line else "40"
                self.assertEqual(screen[int(y // height), int(x // width)], expected)


class Legs(unittest.TestCase):
    def test_a_key_is_split_at_its_marks(self) -> None:
        began = 1_767_322_800_000.0
        log = []
        for number, (stage, _) in enumerate(legs.STAGES):
            if stage not in ("host", "view"):
                log.append(f'\x1b[2m2026-01-02T03:00:00.{number:03d}000Z\x1b[0m TRACE leg: stage="{stage}"')
        samples = {"began": [began - 1], "input": [5.0], "total": [12.0]}
        found = legs.split(samples, legs.marks(["something else", *log]))
        self.assertEqual([[round(value, 3) for value in leg] for leg in found], [[1.0]] * len(legs.STAGES))

    def test_a_key_that_lacks_a_mark_is_left_out(self) -> None:
        samples = {"began": [0.0], "input": [4.0], "total": [12.0]}
        self.assertEqual(legs.split(samples, []), [[] for _ in legs.STAGES])

    def test_a_move_is_split_at_its_own(self) -> None:
        names = [stage for stage, _ in legs.MOVE_STAGES]
        found = [(float(number), name) for number, name in enumerate(names, 1) if name not in ("host", "view")]
        samples = {"began": [0.0], "input": [float(names.index("host") + 1)], "total": [float(len(names))]}
        split = legs.split(samples, found, legs.MOVE_STAGES)
        self.assertEqual(split, [[1.0]] * len(names))
        self.assertIn("| move: resolved |", legs.table(split, samples["total"], legs.MOVE_STAGES, "moves"))


class Sources(unittest.TestCase):
    def test_all_of_them_compile(self) -> None:
        for file in Path(__file__).parent.rglob("*.py"):
            compile(file.read_text(encoding="utf-8"), file.name, "exec")


class MediaPackets(unittest.TestCase):
    @staticmethod
    def frame(payload: bytes, protocol: int = 17, to: str = network.ADDRESSES["view"]) -> bytes:
        ends = socket.inet_aton(network.ADDRESSES["host"]) + socket.inet_aton(to)
        ip = bytes([0x45]) + bytes(8) + bytes([protocol]) + bytes(2) + ends
        return bytes(12) + struct.pack("!H", 0x0800) + ip + bytes(8) + payload

    def test_only_rtp_with_a_payload_counts(self) -> None:
        self.assertTrue(media_packets.is_media(self.frame(bytes([0x80, 102]) + bytes(30))))
        for other in (bytes([0x80, 200]) + bytes(30), bytes([0x17, 102]) + bytes(30), bytes([0x80, 102]) + bytes(10), b""):
            self.assertFalse(media_packets.is_media(self.frame(other)))
        self.assertFalse(media_packets.is_media(self.frame(bytes([0x80, 102]) + bytes(30), protocol=6)))
        self.assertFalse(media_packets.is_media(self.frame(bytes([0x80, 102]) + bytes(30), to="10.255.255.53")))
        self.assertFalse(media_packets.is_media(b"short"))


if __name__ == "__main__":
    unittest.main()
