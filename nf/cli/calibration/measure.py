"""All that is measured, one experiment after the other."""

import ssl
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from nf.cli.calibration import prices
from nf.cli.calibration.clients import Client
from nf.cli.calibration.prices import Plain, Reading
from nf.cli.calibration.site import CalibrationError, Site

KEYS: Final = ("p-256", "p-384", "rsa-2048", "rsa-3072", "rsa-4096")
SUITES: Final = ("ECDHE+AESGCM:!AES256", "ECDHE+AESGCM:!AES128", "ECDHE+CHACHA20")
STEPS: Final = 3 + len(KEYS) * 4 + 2 + len(SUITES)
_SESSIONS: Final = 120
_WARM: Final = 16
_MESSAGES: Final = 3_000
_PLAIN_BYTES: Final = 200_000_000
_TLS_BYTES: Final = 80_000_000
_VERSIONS: Final = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)


@dataclass(slots=True)
class Calibration:
    """What was found: prices of handshakes (microseconds) and records (nanoseconds a byte) by name."""

    plain: Plain = field(default_factory=lambda: Plain(0.0, 0.0))
    handshakes: dict[str, float] = field(default_factory=dict)
    records: dict[str, float] = field(default_factory=dict)


def read(site: Site, act: Callable[[], None]) -> Reading:
    """What the proxy's processes took, and what they counted, while this was done."""
    site.settle()
    before, cpu = _counted(site), site.cpu_seconds()
    act()
    site.settle()
    more = Counter(_counted(site))
    cpu = site.cpu_seconds() - cpu
    more.subtract(before)
    kinds = {name: amount for name, amount in more.items() if ":" in name and amount}
    if not more["created"]:
        raise CalibrationError("no session came through the proxy")
    decrypted = sum(amount for name, amount in kinds.items() if name.startswith("record:"))
    return Reading(cpu, more["created"], more["bytes"], decrypted, kinds)


def measure(tell: Callable[[str], None]) -> Calibration:
    """Measure everything; `tell` hears of each step when it begins. Raises CalibrationError, OSError."""
    found = Calibration()
    with Site(decrypts=False) as site:
        client = Client(site.address)
        client.sessions(_WARM)
        readings = []
        for label, act in (("small messages", lambda: client.messages(_MESSAGES)), ("bytes", lambda: client.bulk(_PLAIN_BYTES)),
                           ("sessions without TLS", lambda: client.sessions(_SESSIONS * 2))):
            tell(label)
            readings.append(read(site, act))
    found.plain = prices.plain(readings[0], _MESSAGES, *readings[1:])
    for key in KEYS:
        with Site(key) as site:
            for site.server.resumes, how in ((False, ""), (True, ", resumed with the server")):
                for version in _VERSIONS:
                    tell(f"{_name(version)} handshakes with {key}{how}")
                    _sessions(Client(site.address, version), site, found)
            if key == KEYS[0]:
                _resumed(site, found, tell)
                _records(site, found, tell)
    return found


def _resumed(site: Site, found: Calibration, tell: Callable[[str], None]) -> None:
    for version in _VERSIONS:
        tell(f"{_name(version)} handshakes resumed")
        _sessions(Client(site.address, version, resumes=True), site, found)


def _name(version: ssl.TLSVersion) -> str:
    return version.name.replace("v", " ").replace("_", ".")


def _sessions(client: Client, site: Site, found: Calibration) -> None:
    client.sessions(1)  # whose ticket the others resume
    client.sessions(_WARM)
    name, price = prices.handshake(read(site, lambda: client.sessions(_SESSIONS)), found.plain)
    if not name:
        raise CalibrationError("the proxy has decrypted nothing")
    found.handshakes[name] = price


def _records(site: Site, found: Calibration, tell: Callable[[str], None]) -> None:
    handshake = found.handshakes.get("tls1.2-p-256-server-resumed", 0.0)
    for suite in SUITES:
        tell(f"records, {suite}")
        client = Client(site.address, ssl.TLSVersion.TLSv1_2, suite)
        client.sessions(_WARM)
        name, price = prices.record(read(site, partial(client.bulk, _TLS_BYTES)), found.plain, handshake)
        found.records[name] = price


def _counted(site: Site) -> Mapping[str, int]:
    whole: Counter[str] = Counter()
    for spu in site.ask("monitoring")["spus"]:
        whole.update({name: spu[name] for name in ("created", "bytes")})
        whole.update(spu["kinds"])
    return whole
