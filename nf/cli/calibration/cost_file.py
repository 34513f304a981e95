"""What was found, as a cost table that platform files start from."""

import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from nf.cli.calibration.prices import Prices

_RESUMED: Final = "tls1.3-resumed"
_FULL: Final = "tls1.3-p-256"
_NO_PACKETS: Final = "the engine reads sockets: packets cost the kernel; sessions, messages and bytes the engine"
_CIPHER: Final = "aes-256-gcm"
_SERVICE: Final = "idp"  # whose price others have that are not measured
_WITH_SESSIONS: Final = ("application_identification", "apptrack")  # which every session here has, and its price with them


def cost_table(found: Prices) -> str:
    """TOML; what was not measured is taken from the model's own table and stays assumed."""
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    source = f"CPU time of the engine's workers on this machine ({processor()}), {day}, kept busy; every session logged"
    plain = found.plain
    totals = {
        "session_us": plain.session_us, "byte_ns": plain.byte_ns, "message_us": plain.message_us,
        "central_point_us": plain.central_point_us,
        "full_handshake_us": found.handshakes.get(_FULL, 0.0), "resumed_handshake_us": found.handshakes.get(_RESUMED, 0.0),
        "decrypted_byte_ns": found.records.get(_CIPHER, 0.0), "inspected_byte_ns": found.services.get(_SERVICE, 0.0)}
    lines = [f"# Costs of the engine on {processor()}, by `srxnf model calibrate`, {day}.",
             "# A platform starts from it by `[costs]`, `from = \"./FILE.toml\"`; for another machine with a declared",
             "# `scale = { value = …, kind = \"assumed\", source = \"…\" }`, by which every cost is multiplied.",
             "# IDP (the group WEB) and UTM (content filtering) were measured with HTTP answers of 16 KB, without TLS.",
             "# Not measured: inspection by engines elsewhere (antivirus, ICAP), AES-CCM, finite-field and RSA key exchange.",
             f"# A session that comes alone, to an engine that sleeps before and after, takes {found.alone_us:.3g} us more.",
             _figure("packet_us", 0.0, _NO_PACKETS, "derived"),
             *(_figure(name, value, source) for name, value in totals.items())]
    for title, prices in (("handshake", found.handshakes), ("message", {"decrypted": found.message_us}),
                          ("record", found.records), ("service", {**dict.fromkeys(_WITH_SESSIONS, 0.0), **found.services})):
        lines += ["", f"[{title}]", *(_figure(f'"{name}"', price, source) for name, price in sorted(prices.items()) if name)]
    return "\n".join(lines) + "\n"


def processor() -> str:
    """The processor's name for people."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _figure(name: str, value: float, source: str, kind: str = "measured") -> str:
    escaped = source.replace("\\", "\\\\").replace('"', '\\"')
    return f'{name} = {{ value = {value:.4g}, kind = "{kind}", source = "{escaped}" }}'
