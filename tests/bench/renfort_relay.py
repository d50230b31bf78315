#!/usr/bin/env python3
"""The relay of a bench run: an organisation, a technician's account and `serve` with TLS, in the middle namespace. The
first device that asks for a technician's card is given one, as by an administrator.

    renfort_relay.py --program renfort-relay --ip 10.77.0.3 --folder DIR

The folder gets what the two sides need: `ca.pem` (trusted by them as by SSL_CERT_FILE), `organisation.json`, `password`
and, once the relay listens, the empty file `ready`.
"""
from __future__ import annotations

import argparse
import os
import secrets
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

PORT = 8443
LOGIN = "bench"
LOOK_SECONDS = 0.2
"""How often somebody looks whether a card is asked for."""


def run(command: list[str], stdin: str | None = None) -> None:
    """Runs a command and ends this program with its words when it fails."""
    done = subprocess.run(command, input=stdin, text=True, capture_output=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")


def certificate(folder: Path, ip: str) -> None:
    """A certificate authority of this run alone, and a certificate of it for the relay's address."""
    new = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    run([*new, "-subj", "/CN=Bench CA", "-keyout", f"{folder}/ca.key", "-out", f"{folder}/ca.pem"])
    run([*new, "-subj", "/CN=Bench relay", "-addext", f"subjectAltName=IP:{ip}",
         "-addext", "basicConstraints=critical,CA:FALSE", "-CA", f"{folder}/ca.pem", "-CAkey", f"{folder}/ca.key",
         "-keyout", f"{folder}/tls.key", "-out", f"{folder}/tls.pem"])


def set_up(program: str, folder: Path, ip: str) -> None:
    """Makes the organisation and the accounts by the relay's own command line."""
    certificate(folder, ip)
    keys = folder / "keys"
    run([program, "organisation", "new", "--name", "Bench", "--relay", f"wss://{ip}:{PORT}", "--out", str(keys)])
    # The relay refuses to serve beside the organisation's key, which signs cards in a folder of its own.
    shutil.copy(keys / "organisation.json", folder / "organisation.json")
    password = secrets.token_urlsafe(16)
    (folder / "password").write_text(password + "\n", encoding="utf-8")
    data = str(folder / "data")
    run([program, "init", "--data", data, "--organisation", str(folder / "organisation.json"), "--login", "admin",
         "--name", "Admin", "--password-file", "-"], secrets.token_urlsafe(16) + "\n")
    run([program, "people", "add", "--data", data, "--login", LOGIN, "--name", "Bench technician", "--role", "technician",
         "--level", "1", "--password-file", "-"], password + "\n")


def give_card(program: str, folder: Path) -> None:
    """Waits for the technician's device to ask for a card, and answers by the relay's own command line."""
    data, keys, requests = str(folder / "data"), folder / "keys", folder / "requests"
    requests.mkdir()
    while not (asked := sorted(requests.iterdir())):
        time.sleep(LOOK_SECONDS)
        run([program, "card", "request", "--data", data, "--login", LOGIN, "--out", str(requests)])
    card = str(folder / "card")
    run([program, "card", "issue", "--key", str(keys / "organisation.key"), "--organisation",
         str(folder / "organisation.json"), "--request", str(asked[0]), "--out", card, "--yes"])
    run([program, "card", "install", "--data", data, card])


def serve(program: str, folder: Path, ip: str) -> int:
    """Serves until it is ended; gives the relay's exit code."""
    command = [program, "serve", "--data", str(folder / "data"), "--listen", f"{ip}:{PORT}",
               "--tls-cert", str(folder / "tls.pem"), "--tls-key", str(folder / "tls.key")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as relay:
        assert relay.stdout is not None
        for line in relay.stdout:
            print(line, end="", flush=True)
            if "listening on" in line:
                (folder / "ready").touch()
                threading.Thread(target=give_card, args=(program, folder), daemon=True).start()
        return relay.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="renfort-relay")
    parser.add_argument("--ip", required=True, help="address to listen on")
    parser.add_argument("--folder", required=True, type=Path, help="new folder for all of it")
    arguments = parser.parse_args()
    os.umask(0o077)
    arguments.folder.mkdir(parents=True)
    set_up(arguments.program, arguments.folder, arguments.ip)
    sys.exit(serve(arguments.program, arguments.folder, arguments.ip))


if __name__ == "__main__":
    main()
