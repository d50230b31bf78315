#!/usr/bin/env python3
"""A text view of GTK in its dark theme, with coloured antialiasing, scrolls by itself.

    text_view.py STILL STEP
"""
from __future__ import annotations

import sys
from pathlib import Path

import gi

for namespace in ("Gdk", "Gtk"):
    gi.require_version(namespace, "3.0")
from gi.repository import Gdk, GdkPixbuf, GLib, Gtk  # noqa: E402  Only after the version is named.

ROOT = Path(__file__).resolve().parents[3]
HEADER, LEFT, TOP, CELL, BITS = 96, 64, 16, 32, 16
"""The frame counter's geometry in pixels, as `probe/probe.h` has it."""
STILL_MILLISECONDS = 10


def counter(number: int) -> GdkPixbuf.Pixbuf:
    """The counter as a picture."""
    rows = []
    for row in (0, 1):
        cells = (b"\xff" if (number >> bit & 1) != row else b"\0" for bit in range(BITS))
        rows.append(b"".join(cell * 3 * CELL for cell in cells) * CELL)
    return GdkPixbuf.Pixbuf.new_from_bytes(GLib.Bytes.new(b"".join(rows)), GdkPixbuf.Colorspace.RGB, False, 8, BITS * CELL,
                                           2 * CELL, BITS * CELL * 3)


def main() -> None:
    still, step = Path(sys.argv[1]), int(sys.argv[2])
    settings = Gtk.Settings.get_default()
    settings.props.gtk_application_prefer_dark_theme = True
    settings.props.gtk_xft_antialias, settings.props.gtk_xft_rgba = 1, "rgb"
    settings.props.gtk_cursor_blink = False
    screen = Gdk.Screen.get_default()
    window = Gtk.Window(type=Gtk.WindowType.POPUP)
    window.set_default_size(screen.get_width(), screen.get_height())
    fixed = Gtk.Fixed()
    window.add(fixed)
    shown = Gtk.Image()
    fixed.put(shown, LEFT, TOP)
    scrolled = Gtk.ScrolledWindow()
    scrolled.set_size_request(screen.get_width(), screen.get_height() - HEADER)
    fixed.put(scrolled, 0, HEADER)
    view = Gtk.TextView(monospace=True, editable=False, cursor_visible=False, left_margin=20)
    scrolled.add(view)
    text = view.get_buffer()
    colours = [text.create_tag(None, foreground=colour) for colour in ("#d4d4d4", "#9cdcfe", "#ce9178", "#6a9955")]
    for file in sorted((ROOT / "tests" / "bench").glob("*.py")):
        for number, line in enumerate(file.read_text("utf-8").splitlines()):
            text.insert_with_tags(text.get_end_iter(), f"{number:5d}  {line}\n", colours[len(line) % len(colours)])
    frame = {"number": 0, "step": step, "on": True}

    def advance(*_: object) -> bool:
        if not frame["on"]:
            return GLib.SOURCE_REMOVE
        place = scrolled.get_vadjustment()
        if not 0 <= place.get_value() + frame["step"] <= place.get_upper() - place.get_page_size():
            frame["step"] = -frame["step"]
        place.set_value(place.get_value() + frame["step"])
        frame["number"] = (frame["number"] + 1) & 0xFFFF
        shown.set_from_pixbuf(counter(frame["number"]))
        return GLib.SOURCE_CONTINUE

    def look() -> bool:
        frame["on"] = not still.exists()
        return frame["on"]

    window.add_tick_callback(advance)
    GLib.timeout_add(STILL_MILLISECONDS, look)
    window.show_all()
    Gtk.main()


if __name__ == "__main__":
    main()
