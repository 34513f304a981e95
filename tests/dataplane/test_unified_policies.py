"""Policies that wait for the application, on a running `srxnf proxy`: who decides, and what is counted."""

import contextlib
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import LoopbackPki
from tests.helpers.origin import Origin, echo
from tests.helpers.running_proxy import CONFIGURATION, RunningProxy
from tests.helpers.waiting import until

ANY = "source-address any; destination-address any; application any;"


def policy(name: str, application: str, then: str) -> str:
    return f"policy {name} {{ match {{ {ANY} dynamic-application junos:{application}; }} then {{ {then} }} }}\n"


def proxied(profile: str) -> str:
    return f"permit {{ application-services {{ ssl-proxy {{ profile-name {profile}; }} }} }}"


POLICIES = (policy("social", "FACEBOOK-ACCESS", "deny; log { session-init; }")
            + policy("web", "HTTP", proxied("fp") + " log { session-close; }") + policy("tls", "SSL", proxied("other")))
OTHER = "services { ssl { proxy { profile other { root-ca ssl-proxy-ca; trusted-ca lab-root; } } } }\n"
DEFAULT = "security { ngfw { default-profile { ssl-proxy { profile-name other; } } } }\n"
UNIFIED = CONFIGURATION.replace("policy inspect {", POLICIES + "policy inspect {", 1) + OTHER
REQUEST = b"GET /a HTTP/1.1\r\nHost: %s\r\n\r\n"

Start = Callable[[str], Network]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """A proxy with this configuration before an echo."""
    with contextlib.ExitStack() as ends:
        def begin(configuration: str) -> Network:
            for part in ("pki", "proxy"):
                (tmp_path / part).mkdir()
            pki, origin = LoopbackPki(tmp_path / "pki"), Origin()
            ends.callback(origin.close)
            origin.serve(echo, pki.origin_context())
            proxy = RunningProxy(tmp_path / "proxy", pki, origin.address, configuration=configuration)
            ends.callback(proxy.end)
            return Network(pki, origin, proxy)

        yield begin


def counted(network: Network, name: str) -> int:
    return sum(pic["counters"][name] for pic in network.proxy.ask("ssl-proxy-statistics")["pics"])


def logged(network: Network, name: str) -> dict[str, str]:
    record, = until(lambda: [one for one in network.proxy.all_records() if one["name"] == name], f"{name} in the log")
    return record


def told(network: Network) -> list[dict[str, object]]:
    return [row for row in network.proxy.ask("sessions")["sessions"] if row["profile"] == "other"]


def hits(network: Network) -> dict[str, int]:
    return {policy["name"]: policy["hits"] for policy in network.proxy.ask("policies")["policies"] if policy["hits"]}


def test_the_default_profile_serves_until_the_request_decides(start: Start) -> None:
    network = start(UNIFIED + DEFAULT)
    with network.client() as tls:
        row, = until(lambda: told(network), "the session is told")
        assert row["policy-name"] == "pre-id-default-policy"
        request = REQUEST % b"www.example.test"
        tls.sendall(request)
        assert tls.recv(len(request)) == request
    until(network.proxy.is_idle, "it is over")
    assert hits(network) == {"web": 1}
    assert (counted(network, "default-profile-hit"), counted(network, "created")) == (1, 1)
    closed = logged(network, "RT_FLOW_SESSION_CLOSE")
    assert (closed["policy-name"], closed["application"]) == ("web", "HTTP")


def test_a_request_that_is_denied_never_arrives(start: Start) -> None:
    network = start(UNIFIED + DEFAULT)
    with network.client() as tls:
        tls.sendall(REQUEST % b"www.facebook.com")
        with pytest.raises((ConnectionError, ssl.SSLError)):
            tls.recv(100)
    until(network.proxy.is_idle, "it is over")
    assert hits(network) == {"social": 1}
    assert network.proxy.ask("statistics")["counters"]["dropped: denied-by-policy"] == 1
    assert logged(network, "RT_FLOW_SESSION_DENY")["policy-name"] == "social"


def test_without_a_default_profile_the_session_is_dropped_and_counted(start: Start) -> None:
    network = start(UNIFIED)
    with pytest.raises(ssl.SSLError):
        network.client()
    until(network.proxy.is_idle, "it is over")
    assert counted(network, "dropped-no-default-profile") == 1
    assert logged(network, "SSL_PROXY_SSL_SESSION_DROP")["message"].startswith("system: no default SSL proxy profile")
    assert hits(network) == {}
