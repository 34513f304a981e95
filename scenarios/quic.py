"""QUIC as far as it takes to know whether it gets through: a client knocks, a server names the versions that it speaks.

The knock is an Initial of a reserved version, by which a client asks for version negotiation (RFC 9000 §6, §15, §17.2.1).
`python -m scenarios.quic serve PORT`, `python -m scenarios.quic ask ADDRESS PORT SECONDS`; what came of it is JSON.
"""

import json
import secrets
import socket
import struct
import sys
import time
from typing import Final

RESERVED, VERSION_1 = 0x1A2A3A4A, 1
SHORTEST: Final = 1200  # bytes of a client's first datagram (RFC 9000 §14.1)
AGAIN: Final = 1.0  # seconds from one knock to the next
_LONG, _FIXED = 0x80, 0x40


def knock(destination: bytes, source: bytes) -> bytes:
    """A client's first datagram with these connection ids."""
    return _header(_LONG | _FIXED, RESERVED, destination, source).ljust(SHORTEST, b"\0")


def answer(datagram: bytes) -> bytes | None:
    """The version negotiation that answers a knock, None for anything else."""
    read = _ids(datagram)
    if read is None or len(datagram) < SHORTEST or read[0] != RESERVED:
        return None
    _, destination, source, _ = read
    return _header(_LONG, 0, source, destination) + VERSION_1.to_bytes(4)


def versions(datagram: bytes, destination: bytes, source: bytes) -> list[int]:
    """The versions in the answer to a knock with these connection ids; none where it is no answer to that."""
    read = _ids(datagram)
    if read is None or read[:3] != (0, source, destination):
        return []
    rest = read[3]
    return [version for version, in struct.iter_unpack("!I", rest[:len(rest) // 4 * 4])]


def _header(first: int, version: int, destination: bytes, source: bytes) -> bytes:
    ids = b"".join(bytes([len(each)]) + each for each in (destination, source))
    return bytes([first]) + version.to_bytes(4) + ids


def _ids(datagram: bytes) -> tuple[int, bytes, bytes, bytes] | None:
    """Version, destination and source connection id of a long header, and what follows."""
    if len(datagram) < 7 or not datagram[0] & _LONG:
        return None
    end = 6 + datagram[5]
    if end >= len(datagram):
        return None
    last = end + 1 + datagram[end]
    if last > len(datagram):
        return None
    return int.from_bytes(datagram[1:5]), datagram[6:end], datagram[end + 1:last], datagram[last:]


def serve(port: int) -> None:
    """Answer knocks for ever, of IPv4 and IPv6."""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as end:
        end.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        end.bind(("::", port))
        print("serving", flush=True)  # noqa: T201 - the word that the lab waits for
        while True:
            datagram, sender = end.recvfrom(2048)
            said = answer(datagram)
            if said is not None:
                end.sendto(said, sender)


def ask(address: str, port: int, seconds: float) -> str:
    """Knock once a second until there is an answer, and return it in words; OSError where there is none."""
    destination, source = secrets.token_bytes(8), secrets.token_bytes(8)
    deadline = time.monotonic() + seconds
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as end:
        end.connect((address, port))
        while (left := deadline - time.monotonic()) > 0:
            end.settimeout(min(AGAIN, left))
            end.send(knock(destination, source))
            try:
                spoken = versions(end.recv(2048), destination, source)
            except TimeoutError:
                continue
            if spoken:
                return f"QUIC versions {', '.join(map(str, spoken))}"
    raise TimeoutError(f"no answer within {seconds:g} s")


def main(words: list[str]) -> int:
    """Serve or ask; the exit status is 1 where nothing answered."""
    if words[0] == "serve":
        serve(int(words[1]))
    try:
        said = {"text": ask(words[1], int(words[2]), float(words[3]))}
    except OSError as error:
        said = {"error": error.strerror or str(error)}
    print(json.dumps(said))  # noqa: T201 - read by the lab
    return int("error" in said)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
