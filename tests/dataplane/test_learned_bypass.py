"""What the central point makes of sessions that could not be decrypted: counted, told to all, logged, listed, forgotten."""

from dataclasses import replace
from ipaddress import ip_address

import pytest

from hwmodel.session import Direction, FiveTuple, Session, Wing
from nf.dataplane.learned_bypass import LearnedBypasses, remember, subject
from nf.dataplane.ledger import Ledger
from nf.dataplane.messages import Opened, Order, Taught, Teach, decode_orders, encode
from nf.log.records import LogRecord
from nf.policy.profile import LearnedBypass, SslProxyProfile
from nf.sslproxy.learned import Lessons
from nf.sslproxy.reasons import Reason

FLOW = FiveTuple(ip_address("192.0.2.1"), 1025, ip_address("203.0.113.5"), 443)
PROFILE = SslProxyProfile("fp", log=frozenset({"warning"}), learned_bypass=LearnedBypass(2, 60, 100),
                          client_certificate_bypass=True)
REFUSED = Taught(1, "fp", Reason.LEARNED.value, "a.test")


class Device:
    """A central point's part of it."""

    def __init__(self, profile: SslProxyProfile = PROFILE) -> None:
        self.orders: list[Teach] = []
        self.records: list[LogRecord] = []
        self.ledger = Ledger()
        self.ledger.begin(Session(1, Wing(FLOW, Direction.C2S), Wing(FLOW.reversed(), Direction.S2C), 0), 0.0)
        self.ledger.opened(Opened(1, "inspect", "trust", "untrust", "junos-https", 1, "ge-0/0/0.0", "ge-0/0/1.0"))
        self.lessons = Lessons()
        self.bypasses = LearnedBypasses(self.lessons, {"fp": profile}, self.orders.append, self.records.extend)

    def hear(self, taught: Taught = REFUSED, now: float = 0.0) -> None:
        self.bypasses.taught(taught, self.ledger, now)


def test_enough_refusals_are_told_logged_and_listed() -> None:
    device = Device()
    device.hear()
    assert (device.orders, device.records, list(device.bypasses.entries(0.0))) == ([], [], [])
    device.hear(now=10.0)
    worker = Lessons()
    for order in device.orders:
        told: Order = decode_orders(encode(order))
        assert isinstance(told, Teach)
        remember(worker, told, 10.0)
    assert worker.recall(subject(FLOW, "fp", "a.test"), 109.0) is Reason.LEARNED
    assert worker.recall(subject(FLOW, "fp", "a.test"), 110.0) is None
    fields = dict(device.records[0].fields)
    assert device.records[0].name == "SSL_PROXY_WARNING"
    assert (fields["source-address"], fields["profile-name"], fields["source-zone-name"]) == ("192.0.2.1", "fp", "trust")
    assert fields["message"] == ("system: learned bypass: client 192.0.2.1 has refused the certificate for 203.0.113.5/443 "
                                 "(a.test) 2 times; its sessions are not decrypted for 100 seconds")
    entry, = device.bypasses.entries(20.0)
    assert (entry.client, entry.server_name, entry.cause, entry.count, entry.expires_in) == (
        "192.0.2.1", "a.test", "learned-bypass", 2, 90.0)


def test_a_server_that_requires_certificates_is_learned_at_once_for_all() -> None:
    device = Device()
    device.hear(Taught(1, "fp", Reason.CLIENT_CERTIFICATE.value, None))
    entry, = device.bypasses.entries(0.0)
    assert (entry.client, entry.server, entry.cause) == ("", "203.0.113.5", "client-certificate-bypass")
    assert "server 203.0.113.5/443 requires a client certificate" in dict(device.records[0].fields)["message"]


def test_an_operator_has_it_forgotten_everywhere() -> None:
    device = Device()
    device.hear(Taught(1, "fp", Reason.CLIENT_CERTIFICATE.value, None))
    worker = Lessons()
    for order in device.orders:
        remember(worker, order, 0.0)
    assert len(worker) == 1
    assert device.bypasses.clear() == 1
    remember(worker, device.orders[-1], 0.0)
    assert (len(worker), len(device.lessons)) == (0, 0)


@pytest.mark.parametrize("taught", [Taught(2, "fp", "learned-bypass", None), Taught(1, "gone", "learned-bypass", None)])
def test_sessions_and_profiles_that_are_gone_teach_nothing(taught: Taught) -> None:
    device = Device()
    for _ in range(5):
        device.hear(taught)
    assert (device.orders, device.records) == ([], [])


def test_a_quiet_profile_logs_nothing_and_one_that_is_off_learns_nothing() -> None:
    quiet = Device(replace(PROFILE, log=frozenset()))
    quiet.hear()
    quiet.hear()
    assert (len(quiet.orders), quiet.records) == (1, [])
    off = Device(replace(PROFILE, learned_bypass=None))
    for _ in range(5):
        off.hear()
    assert off.orders == []
