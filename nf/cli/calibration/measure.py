"""All that is measured, one experiment after the other, several times over: a round is short beside what disturbs a machine."""

import ssl
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import Final, Self

from hwmodel.work import HANDSHAKE
from nf.cli.calibration import prices
from nf.cli.calibration.clients import Client
from nf.cli.calibration.prices import Plain, Prices
from nf.cli.calibration.reading import Reading, read
from nf.cli.calibration.server import VERSIONS
from nf.cli.calibration.site import SERVICES, CalibrationError, Site

KEYS: Final = ("p-256", "p-384", "rsa-2048", "rsa-3072", "rsa-4096")
SUITES: Final = ("ECDHE+AESGCM:!AES256", "ECDHE+AESGCM:!AES128", "ECDHE+CHACHA20")
CBC_SUITES: Final = ("ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA384")  # which no profile admits unasked
ROUNDS: Final = 3
STEPS: Final = 4 + 2 + len(KEYS) * 4 + 4 + len(SUITES + CBC_SUITES) + 1 + len(SERVICES)  # of a round
SECONDS: Final = 1.0  # of each: in half of it the start of a crowd was felt
_WARM: Final = 0.1

Tell = Callable[[str], None]


class Bench:
    """A proxy without TLS and one for each key, all running; `tell` hears of each step when it begins."""

    def __init__(self, tell: Tell = lambda _: None, keys: tuple[str, ...] = KEYS) -> None:
        self._tell, self._keys = tell, keys
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._clear = stack.enter_context(Site(decrypts=False))
            self._cbc = stack.enter_context(Site(cbc=True))
            self._services = {name: stack.enter_context(Site(decrypts=False, service=name)) for name in SERVICES}
            self._sites = {key: stack.enter_context(Site(key)) for key in self._keys}
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def round(self) -> Prices:
        """Everything once. Raises CalibrationError, OSError."""
        plain, alone = self._plain()
        known = replace(plain, message_us=self._message(plain))  # within TLS
        handshakes = dict(self._handshake(site, version, known, resumes=resumes)
                          for site in self._sites.values() for resumes in (False, True) for version in VERSIONS)
        handshakes |= dict(self._resumed(version, known, server=server) for server in (False, True) for version in VERSIONS)
        return Prices(plain, known.message_us, handshakes, self._records(known, handshakes), self._inspected(), alone)

    def _plain(self) -> tuple[Plain, float]:
        client = Client(self._clear.address)
        messages, bulk, sessions, alone = (
            self._read(self._clear, label, client, act) for label, act in (
                ("small messages", client.messages), ("bytes", client.bulk), ("sessions without TLS", client.sessions),
                ("sessions that come alone", partial(client.sessions, at_once=1))))
        known = prices.plain(messages, bulk, sessions)
        return known, prices.handshake(alone, known)[1]

    def _handshake(self, site: Site, version: ssl.TLSVersion, known: Plain, *, resumes: bool) -> tuple[str, float]:
        label = f"{_name(version)} handshakes with {site.key}{', resumed with the server' * resumes}"
        client = Client(site.address, version)
        return _decrypted(prices.handshake(self._read(site, label, client, client.sessions, resumes=resumes), known))

    def _resumed(self, version: ssl.TLSVersion, known: Plain, *, server: bool) -> tuple[str, float]:
        site = self._sites[KEYS[0]]
        label = f"{_name(version)} handshakes resumed{' by the client alone' * (not server)}"
        client = Client(site.address, version, resumes=True)
        return _decrypted(prices.handshake(self._read(site, label, client, client.sessions, resumes=server), known))

    def _message(self, plain: Plain) -> float:
        site = self._sites[KEYS[0]]
        client = Client(site.address, VERSIONS[-1])
        messages, sessions = (self._read(site, f"{label}, decrypted", client, act) for label, act in (
            ("small messages", client.messages), ("sessions", client.sessions)))
        return prices.message(messages, sessions, plain)

    def _records(self, known: Plain, handshakes: dict[str, float]) -> dict[str, float]:
        found = {}
        for suite in SUITES + CBC_SUITES:
            site = self._cbc if suite in CBC_SUITES else self._sites[KEYS[0]]
            client = Client(site.address, VERSIONS[0], suite)
            reading = self._read(site, f"records, {suite}", client, client.bulk)
            name, price = prices.record(reading, known, handshakes[prices.most(reading.work, HANDSHAKE)])
            found[name] = price
        return found

    def _inspected(self) -> dict[str, float]:
        without, *readings = (
            self._read(site, label, client := Client(site.address), client.pages) for site, label in (
                (self._clear, "pages"), *((site, f"pages, {name}") for name, site in self._services.items())))
        return {name: prices.service(name, reading, without) for name, reading in zip(SERVICES, readings, strict=True)}

    def _read(self, site: Site, label: str, client: Client, act: Callable[[float], None], *, resumes: bool = True) -> Reading:
        self._tell(label)
        with site.server.crowd(client.version or VERSIONS[-1], resumes=resumes):
            act(_WARM)
            return read(site, partial(act, SECONDS))


def measure(tell: Tell) -> Prices:
    """The medians of some rounds."""
    with Bench(tell) as bench:
        return prices.middle([bench.round() for _ in range(ROUNDS)])


def _decrypted(found: tuple[str, float]) -> tuple[str, float]:
    if not found[0]:
        raise CalibrationError("the proxy has decrypted nothing")
    return found


def _name(version: ssl.TLSVersion) -> str:
    return version.name.replace("v", " ").replace("_", ".")
