#!/usr/bin/env python3
"""Renfort's technician in a browser, without a person: signs in at the relay's address, takes the ticket that comes, asks
for control. Clicks on the page's own elements, as a person would.

    browser_technician.py --url https://10.77.0.3:8443/technician --login bench --password-file FILE --tmp DIR \
        --size 2048x1280
"""
from __future__ import annotations

import argparse
import json
from pathlib import Path

from browser import Browser

REMEMBER_CONNECTIONS = """
window.benchConnections = [];
window.RTCPeerConnection = class extends window.RTCPeerConnection {
  constructor(...parts) {
    super(...parts);
    window.benchConnections.push(this);
  }
};
"""
STATS = """(async () => {
  const connection = window.benchConnections.at(-1);
  const found = {};
  for (const report of connection ? (await connection.getStats()).values() : [])
    if (/^inbound-rtp$/.test(report.type) || (report.type === "candidate-pair" && report.nominated)) found[report.type] = report;
  return JSON.stringify(found);
})()"""
ELEMENT = "document.querySelector('[data-testid{how}=\"{name}\"]')"
QUEUE_SECONDS = 40.0


def element(name: str, how: str = "") -> str:
    """An element by its test id, as an expression; with `^` by the beginning of it."""
    return ELEMENT.format(how=how, name=name)


def fill(browser: Browser, name: str, text: str) -> None:
    """Types into a field."""
    browser.until(element(name))
    browser.script(f"(() => {{ const field = {element(name)}; field.value = {json.dumps(text)}; "
                   "field.dispatchEvent(new Event('input', { bubbles: true })); })()")


def click(browser: Browser, name: str, how: str = "", seconds: float = 15.0) -> None:
    """Clicks as soon as it can be."""
    browser.until(f"{element(name, how)} && !{element(name, how)}.disabled", seconds)
    browser.script(f"{element(name, how)}.click()")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True, help="of the relay's page for technicians")
    parser.add_argument("--login", required=True)
    parser.add_argument("--password-file", required=True, type=Path)
    parser.add_argument("--tmp", required=True, type=Path)
    parser.add_argument("--size", required=True, help="of the window")
    arguments = parser.parse_args()
    # Chromium has a store of authorities of its own, which knows nothing of this run's.
    browser = Browser(arguments.url, arguments.tmp / "chromium-technician",
                      ["--kiosk", f"--window-size={arguments.size.replace('x', ',')}", "--ignore-certificate-errors", "--lang=en"])
    browser.script(REMEMBER_CONNECTIONS)
    fill(browser, "sign-in-login", arguments.login)
    fill(browser, "sign-in-password", arguments.password_file.read_text(encoding="utf-8").strip())
    click(browser, "sign-in")
    # Nobody can be asked without a card, which comes by itself.
    browser.until(f"{element('queue-row-', '^')} && !{element('card-needed')}", QUEUE_SECONDS)
    click(browser, "queue-row-", "^", QUEUE_SECONDS)
    click(browser, "take")
    # The user may have allowed control together with the screen.
    browser.until(f"{element('request-control')} || {element('give-back-control')}", QUEUE_SECONDS)
    browser.script(f"{element('request-control')}?.click()")
    browser.serve(STATS, arguments.tmp / "stats-view.json")


if __name__ == "__main__":
    main()
