"""Readings become prices; a real proxy gives readings, and crowds keep it busy."""

import os
import ssl
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwmodel.platform import PLATFORMS, load_platform
from hwmodel.work import DECRYPTED, Work
from nf.cli.calibration import prices
from nf.cli.calibration.clients import Client
from nf.cli.calibration.cost_file import cost_table
from nf.cli.calibration.crowd import Crowd
from nf.cli.calibration.prices import Plain, Prices
from nf.cli.calibration.reading import Reading, read
from nf.cli.calibration.site import Site

KNOWN = Plain(session_us=300.0, message_us=20.0, byte_ns=0.5, central_point_us=100.0)
MESSAGES, BULK, SESSIONS = Work(messages=5000, bytes=10**6), Work(messages=300, bytes=10**9), Work(sessions=400, messages=800)


def spent(work: Work, known: Plain = KNOWN, more: float = 0.0) -> Reading:
    """What that much work takes at those prices."""
    return Reading(known.seconds(work) + more, work.sessions * known.central_point_us / 1e6, work)


@given(*[st.floats(1, 1e4)] * 4)
def test_prices_of_plain_work_are_found_again(session: float, message: float, byte: float, central: float) -> None:
    known = Plain(session, message, byte, central)
    readings = spent(MESSAGES, known), spent(BULK, known), spent(SESSIONS, known)
    found = prices.plain(*readings)
    assert (found.session_us, found.message_us, found.byte_ns, found.central_point_us) == pytest.approx(
        (session, message, byte, central))


def test_what_is_dearer_is_what_is_left() -> None:
    kinds = {"handshake:tls1.3-p-256": 98, "handshake:tls1.3-resumed": 2, "record:aes-256-gcm": 10**8}
    work = Work(sessions=100, messages=50, bytes=1000, decrypted_bytes=10**8, kinds=kinds)
    assert prices.handshake(spent(work, more=0.07), KNOWN) == ("tls1.3-p-256", pytest.approx(700))
    assert prices.record(spent(work, more=0.27), KNOWN, 700) == ("aes-256-gcm", pytest.approx(2.0))
    inside = Plain(KNOWN.session_us + 700, 50.0, KNOWN.byte_ns)
    assert prices.message(spent(MESSAGES, inside), spent(SESSIONS, inside), KNOWN) == pytest.approx(50)
    without, shown = Work(messages=50), Work(messages=100, kinds={"service:idp": 10**6})
    assert prices.service("idp", spent(shown, more=0.005), spent(without)) == pytest.approx(5.0)


def test_the_median_of_each_price() -> None:
    def one(session: float, name: str, price: float) -> Prices:
        return Prices(Plain(session, 1.0, 1.0), session, {name: price})

    found = prices.middle([one(1, "a", 5), one(9, "a", 7), one(2, "b", 1)])
    assert (found.plain.session_us, found.message_us, found.handshakes) == (2, 2, {"a": 6, "b": 1})


def test_a_platform_charges_what_was_written(tmp_path: Path) -> None:
    found = Prices(KNOWN, 50.0, {"tls1.3-p-256": 700.0, "tls1.3-resumed": 400.0}, {"aes-256-gcm": 2.0}, {"idp": 5.0})
    (tmp_path / "mine.costs.toml").write_text(cost_table(found))
    generic = (PLATFORMS / "generic.toml").read_text()
    (tmp_path / "mine.toml").write_text(
        generic.replace('from = "x86-thread"', 'from = "./mine.costs.toml"').replace("packet_us = { value = 1.17", "#"))
    costs = load_platform(str(tmp_path / "mine.toml")).costs
    assert (costs.full_handshake_us, costs.resumed_handshake_us, costs.central_point_us) == (700.0, 400.0, 100.0)
    kinds = {"handshake:tls1.3-resumed": 1, DECRYPTED: 3, "record:aes-256-gcm": 1000, "service:idp": 1000}
    work = Work(packets=9, bytes=2000, sessions=1, resumed_handshakes=1, decrypted_bytes=1000, inspected_bytes=1000,
                messages=4, kinds=kinds)
    assert costs.seconds(work) == pytest.approx((300 + 400 + 20 + 3 * 50 + (2000 * 0.5 + 1000 * 2 + 1000 * 5) / 1e3) / 1e6)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def kinds(work: Work, prefix: str) -> Mapping[str, int]:
    return {kind.removeprefix(prefix): amount for kind, amount in work.kinds.items() if kind.startswith(prefix)}


def test_a_crowd_keeps_the_engine_busy(site: Site) -> None:
    with site.server.crowd():
        reading = read(site, partial(Client(site.address, ssl.TLSVersion.TLSv1_3).sessions, 0.3))
    assert reading.work.sessions > 16
    assert reading.cpu > 0
    assert sum(kinds(reading.work, "handshake:").values()) == reading.work.sessions
    assert reading.work.messages >= reading.work.sessions


@pytest.mark.parametrize(("version", "resumes", "server", "kind"), [
    (ssl.TLSVersion.TLSv1_3, True, True, "tls1.3-resumed"), (ssl.TLSVersion.TLSv1_2, True, False, "tls1.2-resumed-server-full"),
    (ssl.TLSVersion.TLSv1_2, False, False, "tls1.2-p-256")])
def test_who_resumes_is_seen(site: Site, version: ssl.TLSVersion, resumes: bool, server: bool, kind: str) -> None:
    client = Client(site.address, version, resumes=resumes)
    with site.server.crowd(version, resumes=server):
        client.sessions(0.1)
        work = read(site, partial(client.sessions, 0.1)).work
    assert prices.most(work, "handshake:") == kind


def test_bulk_and_messages(site: Site) -> None:
    client = Client(site.address, ssl.TLSVersion.TLSv1_2, "ECDHE+CHACHA20")
    with site.server.crowd():
        bulk, messages = read(site, partial(client.bulk, 0.1)).work, read(site, partial(client.messages, 0.1)).work
    assert kinds(bulk, "record:").keys() == {"chacha20-poly1305"}
    assert bulk.decrypted_bytes > 16 << 20
    assert messages.messages >= 2 * messages.sessions  # more, where the machine is quick
    assert messages.kinds[DECRYPTED] == messages.messages


def test_nothing_stays_behind() -> None:
    with Site(decrypts=False) as site, site.server.crowd() as crowd:
        directory, process, members = site.directory, site._process, crowd._members
    assert not directory.exists()
    assert process is not None
    assert process.poll() == 0
    assert all(member.exitcode is not None for member in members)


def test_a_crowd_tells_that_one_has_failed() -> None:
    def fail() -> None:
        raise ConnectionError

    for work, good in ((fail, False), (os.getpid, True)):
        with Crowd(work, 2) as crowd:
            assert crowd.wait() is good
