"""Expectations: what fits says nothing, each thing that does not fit becomes one sentence."""

from fractions import Fraction
from math import comb

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.expect import binomial_band, differences, fits
from scenarios.observe import ClientView, ConnectionView, FlowEntry, Observation, Passage, ServerView, SpuRow
from scenarios.schema import (
    FlowCount,
    Kept,
    LogLine,
    Origin,
    OriginSees,
    Passed,
    Said,
    Scenario,
    SpuCount,
    Visit,
    VisitSees,
)

SCENARIO = Scenario(
    name="s", title="t", junos="",
    origin=(Origin("www.example.test", sees=OriginSees(2, ("10.0.0.1",), ("TLSv1.3",), ("AES",), resumed=0)),),
    visit=(Visit("v", "https://www.example.test/hello", times=2,
                 sees=VisitSees(issuer="CN=A", status=200, http="1.1", tls="/TLSv1/", resumed=False, body="as-served")),),
    log=(LogLine("SSL_PROXY_INFO", 1, {"message": "/GET/"}), LogLine("/DROP/", 0), LogLine("RT_FLOW_SESSION_CREATE")),
    flow=(FlowCount("/divert/"), FlowCount("deny", packets=False)),
    sessions=SpuCount(2, 2, workers=2, refused=0, band=0.9),
    counters={"decrypted": 2},
    said=(Said("/^srx1 up/"), Said("srx1 down", 0)), capture=True, kept=(Kept("2001:db8::1", 1),),
)
CLIENT = ClientView("v", "client1", 0, issuer="CN=A", tls="TLSv1.3", http="1.1", status=200, size=3, sha256="ab")
ENDS = ConnectionView(*("2001:db8::1/5", "2001:db8::101/443") * 2)
SEEN = Observation(
    "s", "p", clients=(CLIENT, CLIENT),
    servers=(ServerView("www.example.test", 443, "10.0.0.1", "GET", "TLSv1.3", "AES", "."),) * 2,
    log=({"name": "SSL_PROXY_INFO", "message": "GET /"}, {"name": "SSL_PROXY_INFO", "message": "other"},
         {"name": "RT_FLOW_SESSION_CREATE"}),
    flows=(FlowEntry("s1", 0, 1, 1, 5, 50, "", "", "to divert"), FlowEntry("s1", 0, 2, 1, 0, 0, "", "", "deny")),
    spus=(SpuRow("FPC 0 PIC 0", 0, 9, created=1, worker=0), SpuRow("FPC 0 PIC 1", 0, 9, created=1, worker=1)),
    connections=(ENDS, ConnectionView("10.0.0.1/5", "10.0.0.101/443")),
    served={"/hello": "ab"}, counters={"decrypted": 2}, said=("srx1 up: x",))


def client(**changes: object) -> dict[str, object]:
    return {"clients": (CLIENT, msgspec.structs.replace(CLIENT, **changes))}


def spus(*created: int, failed: int = 0) -> dict[str, object]:
    return {"spus": tuple(SpuRow(f"FPC 0 PIC {pic}", 0, 9, number, failed, worker=pic)
                          for pic, number in enumerate(created))}


def test_what_is_as_expected_differs_in_nothing() -> None:
    assert differences(SCENARIO, SEEN) == []


@pytest.mark.parametrize(("changes", "said"), [
    (client(exit=28, error="timed out"), "visit v: client1 expected exit status 0, got 28 (timed out) (1 of 2 attempts)"),
    (client(issuer="CN=B"), "visit v: client1 expected issuer 'CN=A', saw 'CN=B' (1 of 2 attempts)"),
    (client(tls="SSLv3"), "visit v: client1 expected tls '/TLSv1/', saw 'SSLv3' (1 of 2 attempts)"),
    (client(resumed=True), "visit v: client1 expected a new TLS session, saw the other (1 of 2 attempts)"),
    ({"servers": (SEEN.servers[0], msgspec.structs.replace(SEEN.servers[0], reused="r"))},
     "server www.example.test: expected 0 requests in resumed TLS sessions, saw 1"),
    ({"servers": (SEEN.servers[0], msgspec.structs.replace(SEEN.servers[0], cipher="DES"))},
     "server www.example.test: expected ciphers AES, saw AES, DES"),
    (client(http="2"), "visit v: client1 expected http '1.1', saw '2' (1 of 2 attempts)"),
    (client(status=502), "visit v: client1 expected status 200, saw 502 (1 of 2 attempts)"),
    (client(sha256="cd"), "visit v: client1 got a body of 3 bytes that is not what the server sent (1 of 2 attempts)"),
    ({"clients": (CLIENT,)}, "visit v: expected 2 attempts, saw 1"),
    ({"connections": ()}, "captures: expected 1 connections of 2001:db8::1, saw 0"),
    ({"connections": (msgspec.structs.replace(ENDS, onward_client="2001:db8::1/6"),)},
     ("captures: 2001:db8::1/5->2001:db8::101/443 went on as 2001:db8::1/6->2001:db8::101/443 "
      "(1 of 1 connections of 2001:db8::1)")),
    ({"servers": ()}, "server www.example.test: expected 2 requests, saw 0"),
    ({"servers": (SEEN.servers[0], msgspec.structs.replace(SEEN.servers[0], source="10.9.9.9"))},
     "server www.example.test: expected client addresses 10.0.0.1, saw 10.0.0.1, 10.9.9.9"),
    ({"log": SEEN.log[1:]},
     'log: expected 1 SSL_PROXY_INFO message="/GET/", saw 0 (1 of that name, the last with message="other")'),
    ({"log": (*SEEN.log, {"name": "SSL_PROXY_SSL_SESSION_DROP"})}, "log: expected 0 /DROP/, saw 1"),
    ({"log": SEEN.log[:2]}, "log: expected at least one RT_FLOW_SESSION_CREATE, saw 0"),
    ({"flows": SEEN.flows[1:]}, "switch: there is no flow entry '/divert/'"),
    ({"flows": tuple(msgspec.structs.replace(entry, packets=0) for entry in SEEN.flows)},
     "switch: expected packets on '/divert/', counted 0"),
    ({"flows": tuple(msgspec.structs.replace(entry, packets=7) for entry in SEEN.flows)},
     "switch: expected no packets on 'deny', counted 7"),
    (spus(3, 0), "SPUs: expected 2 sessions created, saw 3"),
    (spus(2, 0), "SPUs: expected sessions on 2 of them, saw them on FPC 0 PIC 0"),
    (spus(2, 0), "SPUs: expected sessions with 2 workers, saw them with 1"),
    (spus(1, 1, failed=4), "SPUs: expected 0 sessions refused, saw 8"),
    (spus(9, 1), "SPUs: expected 2 to 8 of 10 sessions on FPC 0 PIC 0, saw 9"),
    ({"said": ()}, "controller: expected to hear '/^srx1 up/', heard it 0 times"),
    ({"said": ("srx1 up: x", "srx1 down")}, "controller: expected to hear 0 times 'srx1 down', heard it 1 times"),
    ({"counters": {"dropped": 1}}, "counters: expected 2 'decrypted', saw 0 (there are: dropped 1)"),
    ({"counters": {}}, "counters: expected 2 'decrypted', saw 0 (there are: none)"),
])
def test_each_difference_is_one_sentence(changes: dict[str, object], said: str) -> None:
    assert said in differences(SCENARIO, msgspec.structs.replace(SEEN, **changes))


@pytest.mark.parametrize(("wanted", "seen", "fit"), [
    ("abc", "abc", True), ("abc", "abcd", False), ("/b+c$/", "abbc", True), ("/^b/", "ab", False), ("/", "/", True),
])
def test_texts_between_slashes_are_patterns(wanted: str, seen: str, fit: bool) -> None:
    assert fits(wanted, seen) is fit


def test_a_flow_entry_may_have_to_count_so_many_packets() -> None:
    said = {least: differences(msgspec.structs.replace(SCENARIO, flow=(FlowCount("/divert/", least=least),)), SEEN)
            for least in (5, 6)}
    assert said == {5: [], 6: ["switch: expected 6 packets on '/divert/', counted 5"]}


def test_a_flow_entry_may_be_asked_for_on_one_switch() -> None:
    def said(switch: str) -> list[str]:
        wanted = (FlowCount("/divert/", switch=switch),)
        return [text for text in differences(msgspec.structs.replace(SCENARIO, flow=wanted), SEEN) if "switch" in text]

    assert said("s1") == []
    assert said("s2") == ["switch s2: there is no flow entry '/divert/'"]


def test_captures_of_a_switch_may_have_to_show_connections_with_data() -> None:
    def said(*octets: int) -> list[str]:
        seen = tuple(Passage("s1", f"10.0.0.1/{port}", "server1", 1, count) for port, count in enumerate(octets))
        wanted = msgspec.structs.replace(SCENARIO, passed=(Passed("s1", "server1", 1, least=10),))
        return differences(wanted, msgspec.structs.replace(SEEN, passages=seen))

    assert said(9, 10) == []
    assert said(10, 10) == ["captures: expected 1 connections to server1 through s1 with 10 octets or more, saw 2"]


def mass(trials: int, share: Fraction, numbers: range) -> Fraction:
    return sum((comb(trials, k) * share**k * (1 - share) ** (trials - k) for k in numbers), Fraction(0))


@given(trials=st.integers(0, 60), weight=st.integers(1, 11), percent=st.integers(1, 99))
def test_a_band_leaves_at_most_half_of_the_rest_beyond_either_end(trials: int, weight: int, percent: int) -> None:
    share, tail = Fraction(weight, 12), Fraction(100 - percent, 200)
    least, most = binomial_band(trials, float(share), percent / 100)
    slack = Fraction(1, 10**9)  # of floating point
    assert mass(trials, share, range(least)) <= tail + slack
    assert mass(trials, share, range(least + 1)) > tail - slack
    assert mass(trials, share, range(most + 1, trials + 1)) <= tail + slack
    assert mass(trials, share, range(most, trials + 1)) > tail - slack


def test_bands_of_certain_things_are_what_is_certain() -> None:
    assert binomial_band(100, 1.0, 0.999) == (100, 100)
    assert binomial_band(100, 0.0, 0.999) == (0, 0)


def test_a_seventh_of_two_thousand() -> None:
    assert binomial_band(2000, 1 / 7, 0.999) == (235, 338)
