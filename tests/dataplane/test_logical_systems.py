"""`srxnf proxy` in a logical system: its policies, its profile, its name in every message."""

import contextlib
from pathlib import Path

import pytest

from nf.config import load
from nf.dataplane.launch import LaunchError, _interface_in
from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import LoopbackPki
from tests.helpers.origin import Origin, echo
from tests.helpers.running_proxy import RunningProxy
from tests.helpers.waiting import until

ANY = "source-address any destination-address any application any"
TEXT = f"""set security pki ca-profile lab-root ca-identity lab-root
set logical-systems one security zones security-zone trust application-tracking
set logical-systems one security zones security-zone untrust interfaces ge-0/0/1.0
set logical-systems one security policies global policy inspect match {ANY}
set logical-systems one security policies global policy inspect then permit application-services ssl-proxy profile-name fp
set logical-systems one security policies global policy inspect then log session-close
set logical-systems one services ssl proxy profile fp root-ca ssl-proxy-ca trusted-ca lab-root
set logical-systems one services ssl proxy profile fp actions log all
"""


@pytest.fixture
def network(tmp_path: Path):
    """A proxy whose clients and server are in zones of a logical system."""
    for part in ("pki", "proxy"):
        (tmp_path / part).mkdir()
    with contextlib.ExitStack() as ends:
        pki, origin = LoopbackPki(tmp_path / "pki"), Origin()
        ends.callback(origin.close)
        origin.serve(echo, pki.origin_context())
        proxy = RunningProxy(tmp_path / "proxy", pki, origin.address, configuration=TEXT, options=["--logical-system", "one"])
        ends.callback(proxy.end)
        yield Network(pki, origin, proxy)


def test_every_message_names_the_system(network: Network) -> None:
    request = b"GET /a HTTP/1.1\r\nHost: www.example.test\r\n\r\n"
    with network.client() as tls:
        tls.sendall(request)
        assert tls.recv(len(request)) == request
        row, = until(lambda: [row for row in network.proxy.ask("sessions")["sessions"] if row["policy-name"]], "it is told")
        assert (row["logical-system"], row["profile"], row["policy-index"]) == ("one", "one:fp", 1)
    until(network.proxy.is_idle, "it is over")
    records = until(lambda: [record for record in network.proxy.all_records() if record["name"] == "RT_FLOW_SESSION_CLOSE_LS"]
                    and network.proxy.all_records(), "the log is there")
    assert {record["logical-system-name"] for record in records} == {"one"}
    assert {record["name"] for record in records} >= {
        "APPTRACK_SESSION_CREATE_LS", "APPTRACK_SESSION_CLOSE_LS", "RT_FLOW_SESSION_CLOSE_LS", "SSL_PROXY_INFO"}
    assert {record["profile-name"] for record in records if record["name"] == "SSL_PROXY_INFO"} == {"fp"}


@pytest.mark.parametrize(("system", "zone", "said"), [
    ("two", "trust", "no logical system or tenant two (it has: one)"),
    ("one", "dmz", "logical-system one has no security zone dmz (it has: trust, untrust)"),
    ("root-logical-system", "trust", "the configuration has no security zone trust (it has: none)")])
def test_what_is_not_there_is_said(system: str, zone: str, said: str) -> None:
    with pytest.raises(LaunchError) as raised:
        _interface_in(load(TEXT, "t"), system, zone)
    assert said in str(raised.value)


@pytest.mark.parametrize("word", ["logical-systems", "tenants"])
def test_a_zone_without_interfaces_gets_one_of_its_system(word: str) -> None:
    text = f"set {word} one security zones security-zone trust\nset security zones security-zone trust\n"
    made = load(text, "t")
    for name in ("one", "root-logical-system"):
        made, interface = _interface_in(made, name, "trust")
        assert made.systems.of(interface.name).name == name
        assert made.systems.zone_of(interface.name) is not None
