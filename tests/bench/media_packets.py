#!/usr/bin/env python3
"""Counts the media packets that pass an interface: media_packets.py INTERFACE SECONDS

RTP packets (RFC 3550) in UDP with some payload, from one side of the stage to another; RTCP (RFC 5761, section 4) is not counted.
SRTP leaves the header readable, so nothing need be decrypted. What goes elsewhere is something else, however it begins: Chromium
asks a name server, with random first bytes. Prints one line of JSON.
"""
from __future__ import annotations

import json
import socket
import struct
import sys
import time

import network

ALL_PROTOCOLS = 3
ETHERNET, IPV4, UDP = 14, 0x0800, 17
RTP_HEADER = 12
SIDES = {socket.inet_aton(address) for address in network.ADDRESSES.values()}


def is_media(frame: bytes) -> bool:
    """Is this Ethernet frame an RTP packet between two sides?"""
    if len(frame) < ETHERNET + 20 or struct.unpack_from("!H", frame, 12)[0] != IPV4 or frame[ETHERNET + 9] != UDP:
        return False
    if frame[ETHERNET + 12:ETHERNET + 16] not in SIDES or frame[ETHERNET + 16:ETHERNET + 20] not in SIDES:
        return False
    payload = frame[ETHERNET + (frame[ETHERNET] & 0x0F) * 4 + 8:]
    if len(payload) <= RTP_HEADER or payload[0] >> 6 != 2:
        return False
    # Numbers of RTCP packets, where RTP would have its payload type.
    return not 192 <= payload[1] <= 223


def main() -> None:
    interface, seconds = sys.argv[1], float(sys.argv[2])
    count = size = 0
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_PROTOCOLS)) as wire:
        wire.bind((interface, 0))
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            wire.settimeout(left)
            try:
                frame = wire.recv(65536)
            except TimeoutError:
                break
            if is_media(frame):
                count += 1
                size += len(frame)
    print(json.dumps({"media_packets": count, "media_bytes": size}))


if __name__ == "__main__":
    main()
