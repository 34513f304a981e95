"""What Wireshark's decoder reads of both legs' TLS with the network function's keys, and the lines of its trace."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from nf.protocols.pcapng import with_secrets
from scenarios.observe import RequestView

KEYS: Final = "keys.txt"
TRACE: Final = "ssl_trace"  # the file's name where the configuration gives none
_LEGS: Final = ("client", "server")
_SECONDS: Final = 60  # patience with the decoder


def read(home: Path, devices: Sequence[str]) -> tuple[RequestView, ...]:
    """The HTTP requests in the captures so far; the first of the network function's devices faces the clients."""
    return tuple(view for leg, device in zip(_LEGS, devices, strict=False)
                 for view in requests(home / f"{device}.pcapng", leg, home / KEYS))


def requests(capture: Path, leg: str, keys: Path) -> tuple[RequestView, ...]:
    """The HTTP requests of a capture, in its order; none without a capture, or where the keys do not fit.

    It is read from a copy beside it that holds the keys too, for whoever wants to look at it with Wireshark.
    """
    if not (capture.exists() and keys.exists()):
        return ()
    whole = capture.with_name(f"{capture.stem}-with-keys.pcapng")
    whole.write_bytes(with_secrets(capture.read_bytes(), keys.read_bytes()))
    fields = (word for name in ("http.request.uri", "http2.headers.path") for word in ("-e", name))
    words = ["tshark", "-r", str(whole), "-Y", "http.request or http2.headers.method", "-T", "fields", *fields]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=_SECONDS)
    return tuple(RequestView(leg, path) for line in done.stdout.splitlines() for path in line.replace(",", "\t").split())


def trace(home: Path) -> tuple[str, ...]:
    """The lines of the trace so far."""
    file = home / TRACE
    return tuple(file.read_text(encoding="utf-8").splitlines()) if file.exists() else ()
