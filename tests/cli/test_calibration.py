"""Readings become prices; a real proxy gives readings."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from hwmodel.platform import PLATFORMS, load_platform
from nf.cli.calibration import prices
from nf.cli.calibration.clients import Client
from nf.cli.calibration.cost_file import cost_table
from nf.cli.calibration.measure import Calibration, read
from nf.cli.calibration.prices import Plain, Reading
from nf.cli.calibration.site import Site

KNOWN = Plain(session_us=300.0, byte_ns=0.5)


def spent(sessions: int = 0, carried: int = 0) -> Reading:
    """What that much work takes at those prices."""
    return Reading(sessions * 300e-6 + carried * 0.5e-9, sessions, carried)


def test_prices_of_plain_work_are_found_again() -> None:
    found = prices.plain(Reading(0.5, 1, 10_000), 1000, spent(carried=10**9), spent(400, 4000))
    assert (found.session_us, found.byte_ns, found.message_us) == pytest.approx((300.0, 0.5, 500.0))


def test_handshakes_and_records_are_what_is_left() -> None:
    kinds = {"handshake:tls1.3-p-256": 98, "handshake:tls1.3-resumed": 2, "record:aes-256-gcm": 10**8}
    plain = spent(100, 1000)
    name, price = prices.handshake(Reading(plain.cpu + 0.07, 100, 1000, 0, kinds), KNOWN)
    assert (name, price) == ("tls1.3-p-256", pytest.approx(700))
    name, price = prices.record(Reading(plain.cpu + 0.07 + 0.2, 100, 1000, 10**8, kinds), KNOWN, 700)
    assert (name, price) == ("aes-256-gcm", pytest.approx(2.0))


def test_a_platform_reads_what_was_written(tmp_path: Path) -> None:
    found = Calibration(KNOWN, {"tls1.3-p-256": 700.0, "tls1.3-resumed": 400.0}, {"aes-256-gcm": 2.0})
    (tmp_path / "mine.costs.toml").write_text(cost_table(found))
    generic = (PLATFORMS / "generic.toml").read_text()
    (tmp_path / "mine.toml").write_text(
        generic.replace('from = "x86-thread"', 'from = "./mine.costs.toml"').replace("packet_us = { value = 1.17", "#"))
    costs = load_platform(str(tmp_path / "mine.toml")).costs
    assert (costs.session_us, costs.full_handshake_us, costs.resumed_handshake_us) == (300.0, 700.0, 400.0)
    assert costs.kinds["record:aes-256-gcm"] == 2.0


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def test_a_reading_of_real_sessions(site: Site) -> None:
    client = Client(site.address, ssl.TLSVersion.TLSv1_3)
    reading = read(site, lambda: client.sessions(5))
    assert reading.sessions == 5
    assert 0.0005 < reading.cpu < 5
    assert sum(count for kind, count in (reading.kinds or {}).items() if kind.startswith("handshake:")) == 5


def test_resumption_is_seen(site: Site) -> None:
    client = Client(site.address, ssl.TLSVersion.TLSv1_3, resumes=True)
    client.sessions(1)
    assert prices.handshake(read(site, lambda: client.sessions(3)), KNOWN)[0] == "tls1.3-resumed"


def test_a_server_that_does_not_resume(site: Site) -> None:
    site.server.resumes = False
    client = Client(site.address, ssl.TLSVersion.TLSv1_2)
    assert prices.handshake(read(site, lambda: client.sessions(3)), KNOWN)[0] == "tls1.2-p-256"
    site.server.resumes = True


def test_nothing_stays_behind() -> None:
    with Site(decrypts=False) as site:
        directory, process = site.directory, site._process
    assert not directory.exists()
    assert process is not None
    assert process.poll() == 0
