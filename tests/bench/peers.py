"""How a product is started: one `Peer` each. The products that Renfort is compared with are below; Renfort's own adapters
are in `renfort.py`.

Fields in a command: {hd} {vd} host and viewer display, {hs} {vs} their sizes (1920x1080), {hip} {vip} {mip} addresses of
the host, viewer and middle (server, relay) namespaces, {tmp} scratch folder, {bench} this folder, {py} this Python. Each
command runs in its namespace with its own HOME and DISPLAY; `exec` lets it be ended.
"""
from __future__ import annotations

from dataclasses import dataclass, field

SCREEN = "1920x1080"
"""HOST's size, unless a case says otherwise."""


@dataclass(frozen=True)
class Peer:
    """One product in one setting."""

    name: str
    about: str
    host: list[str]
    """Shell commands on the side of the shared screen."""
    view: list[str]
    """Shell commands on the technician's side."""
    mid: list[str] = field(default_factory=list)
    """A signalling or relay server, if the product needs one."""
    ready: str = "sleep:3"
    """When the viewer may start: `tcp:SIDE:PORT`, `file:PATH` or `sleep:SECONDS`."""
    view_size: str = "1920x1080"
    """Larger when the viewer has tool bars, so that the picture stays 1:1. For a HOST of `SCREEN`; it grows with it."""
    settle: float = 3.0
    """Seconds between starting the viewer and looking for the picture."""
    env: dict[str, str] = field(default_factory=dict)
    asks: bool = False
    """Does a person on the host allow the session? Its log then says `bench-hooks: allowed MICROSECONDS`."""
    local: bool = False
    """HOST and VIEW are one screen: what the bench itself adds."""

    def view_for(self, screen: str) -> str:
        """VIEW's size beside a HOST of that size."""
        width, height = (int(side) + int(view) - int(host)
                         for side, view, host in zip(screen.split("x"), self.view_size.split("x"), SCREEN.split("x"), strict=True))
        return f"{width}x{height}"


VNC_VIEWER = ("exec xtigervncviewer -FullScreen=1 -RemoteResize=0 -Shared=1 -AlertOnFatalError=0 -ReconnectOnError=0 "
              "{hip}::5900")
X11VNC = "exec x11vnc -display {hd} -forever -shared -nopw -rfbport 5900 -noipv6 -q -noxrecord"
RDP_SERVER = "exec freerdp-shadow-cli /port:3389 -auth /sec:tls"
RDP_VIEWER = ("exec xfreerdp /v:{hip}:3389 /u:x /p:x /sec:tls /cert:ignore /size:{hs} -decorations /bpp:32 "
              "/network:lan")
XPRA_OFF = "--mdns=no --notifications=no --pulseaudio=no --webcam=no --tray=no"


def chromium(codec: str, tuned: bool = False) -> Peer:
    """Chromium's own screen share, seen in another Chromium."""
    options = f"--codec {codec}" + (" --tuned" if tuned else "") + " --ip {hip} --tmp {tmp}"
    return Peer(
        f"webrtc-{codec}" + ("-tuned" if tuned else ""),
        f"Chromium getDisplayMedia to Chromium, libwebrtc {codec}"
        + (", 60 fps, 30 Mbit/s, no jitter delay" if tuned else ", defaults"),
        host=["exec {py} {bench}/chromium_peer.py host " + options],
        view=["exec {py} {bench}/chromium_peer.py view " + options],
        ready="file:{tmp}/host-ready", settle=6)


OTHERS = [
    Peer("none", "no remote desktop, one screen: the bench's own floor", host=[], view=[], ready="sleep:1", local=True),
    Peer("x11vnc", "x11vnc to TigerVNC viewer (Tight, auto)", host=[X11VNC], view=[VNC_VIEWER], ready="tcp:host:5900"),
    Peer("x11vnc-fast", "x11vnc -wait 5 -defer 5 to TigerVNC viewer", host=[X11VNC + " -wait 5 -defer 5"],
         view=[VNC_VIEWER], ready="tcp:host:5900"),
    # Debian's x0vncserver is a wrapper that listens on localhost and detaches.
    Peer("tigervnc", "TigerVNC x0vncserver (defaults) to TigerVNC viewer",
         host=["exec X0tigervnc -display {hd} -SecurityTypes None -rfbport 5900"], view=[VNC_VIEWER],
         ready="tcp:host:5900"),
    # Through its memory-mapped file xpra would move pixels without a network on one machine.
    Peer("xpra", "xpra shadow to xpra attach",
         host=["exec xpra shadow {hd} --bind-tcp={hip}:14500 --daemon=no --html=off --printing=no --mmap=no "
               f"--file-transfer=no --dbus-control=no --systemd-run=no {XPRA_OFF}"],
         view=[f"exec xpra attach tcp://{{hip}}:14500/ --opengl=no --mmap=no --desktop-fullscreen=yes {XPRA_OFF}"],
         ready="tcp:host:14500", settle=8),
    Peer("freerdp", "freerdp-shadow to xfreerdp (defaults, TLS)", host=[RDP_SERVER], view=[RDP_VIEWER],
         ready="tcp:host:3389"),
    Peer("freerdp-gfx", "freerdp-shadow to xfreerdp /gfx (progressive or AVC, as negotiated)", host=[RDP_SERVER],
         view=[RDP_VIEWER + " /gfx"], ready="tcp:host:3389"),
    *(chromium(codec, tuned) for tuned in (False, True) for codec in ("vp8", "vp9", "h264", "av1")),
]
