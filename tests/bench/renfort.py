"""Renfort's own adapters: a real relay in the middle, a real ticket, real consent, the real windows.

The programs are built with the cargo feature `bench-hooks`, through which a user's and a technician's app run without a
person (`src-tauri/src/bench_hooks.rs`). `BENCH_PROGRAMS` names the folder they lie in.
"""
from __future__ import annotations

import os
from pathlib import Path

from peers import Peer
from renfort_relay import LOGIN, PORT

PROGRAMS = Path(os.environ.get("BENCH_PROGRAMS") or Path(__file__).resolve().parents[2] / "target" / "bench" / "programs")
DESKTOP = "renfort"

RELAY = f"exec {{py}} {{bench}}/renfort_relay.py --program {PROGRAMS}/renfort-relay --ip {{mip}} --folder {{tmp}}/relay"


def app(side: str, options: str) -> str:
    """The app with a session bus of its own, as a desktop has, once the relay is there."""
    return ("while [ ! -e {tmp}/relay/ready ]; do sleep 0.1; done; "
            f"exec dbus-run-session -- {PROGRAMS}/renfort {side} --data {{tmp}}/{side} "
            f"--organisation {{tmp}}/relay/organisation.json --language en {options}")


USER = app("user", "--auto-grant view,control")
CREDENTIALS = f"--login {LOGIN} --password-file {{tmp}}/relay/password"
TECHNICIAN = app("technician", f"--take-next {CREDENTIALS}")
BROWSER = "exec {py} {bench}/browser_technician.py --url https://{mip}:%d/technician %s --tmp {tmp} --size {vs}" % (PORT, CREDENTIALS)
ENVIRONMENT = {"SSL_CERT_FILE": "{tmp}/relay/ca.pem", "RUST_LOG": "warn,enigo=error"}
READY = "file:{tmp}/relay/ready"
# Room for the bar above the picture, which is then shown pixel for pixel.
ROOMY = "2048x1280"


PEERS = [
    Peer(DESKTOP, "Renfort: user's app to the technician's desktop app", mid=[RELAY], host=[USER], view=[TECHNICIAN],
         ready=READY, view_size=ROOMY, settle=8, asks=True, env=ENVIRONMENT),
    Peer("renfort-fitted", "Renfort: the same, and the technician's screen is no larger than the user's, so that the picture is scaled",
         mid=[RELAY], host=[USER], view=[TECHNICIAN], ready=READY, settle=8, asks=True, env=ENVIRONMENT),
    Peer("renfort-browser", "Renfort: user's app to the technician's page in Chromium", mid=[RELAY], host=[USER],
         view=[BROWSER], ready=READY, view_size=ROOMY, settle=12, asks=True, env=ENVIRONMENT),
]
