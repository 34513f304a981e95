"""QUIC beside HTTPS that is decrypted: told of each policy that lets it by, and of none that does not."""

import pytest

from nf.config import load

LAB = """set security zones security-zone t interfaces ge-0/0/0.0
set security zones security-zone u interfaces ge-0/0/1.0
set security zones security-zone v interfaces ge-0/0/2.0
set security address-book global address net 10.1.0.0/16
set security address-book global address host 10.1.2.3/32
set security address-book global address other 10.9.0.0/16
set applications application quic protocol udp
set applications application quic destination-port 443
set applications application some-quic protocol udp
set applications application some-quic destination-port 443
set applications application some-quic source-port 50000-65535
set applications application web-ports protocol tcp
set applications application web-ports destination-port 1-1024
set services ssl proxy profile p root-ca ca
"""
PAIR = "set security policies from-zone t to-zone u policy "
AWAY = "set security policies from-zone t to-zone v policy "
GLOBAL = "set security policies global policy "
PROXIED = "permit application-services ssl-proxy profile-name p"
PERMIT_ALL = "set security policies default-policy permit-all\n"


def policy(name: str, application: str, then: str = "permit", source: str = "any", more: str = "", place: str = PAIR) -> str:
    return (f"{place}{name} match source-address {source} destination-address any\n"
            f"{place}{name} match application {application}\n"
            + (f"{place}{name} match {more}\n" if more else "") + f"{place}{name} then {then}\n")


def inspect(application: str = "junos-https", source: str = "any", place: str = PAIR) -> str:
    return policy("inspect", application, PROXIED, source, place=place)


def let_by(*texts: str) -> list[str]:
    remarks = [each.message for each in load(LAB + "".join(texts), "t").warnings if "QUIC" in each.message]
    return [message.partition(" lets QUIC")[0].removeprefix("policy ") for message in remarks]


@pytest.mark.parametrize(("texts", "named"), [
    ((inspect(),), []),
    ((inspect("any"),), ["inspect"]),
    ((inspect("web-ports"), policy("rest", "any")), ["rest"]),
    ((inspect(), policy("rest", "any")), ["rest"]),
    ((inspect(), policy("rest", "quic")), ["rest"]),
    ((inspect(), policy("rest", "some-quic")), ["rest"]),
    ((inspect(), policy("rest", "junos-dns-udp")), []),
    ((inspect(), policy("rest", "quic", "deny")), []),
    ((policy("rest", "any"),), []),
    ((policy("no", "quic", "reject"), inspect("any")), []),
    ((policy("no", "some-quic", "reject"), inspect("any")), ["inspect"]),
    ((policy("no", "quic", "deny", "host"), inspect("any")), ["inspect"]),
    ((policy("no", "quic", "deny", "net"), inspect("any", "host")), []),
    ((policy("no", "quic", "deny", "net"), inspect("junos-https", "host"), policy("rest", "any")), []),
    ((policy("no", "quic", "deny", more="source-identity joe"), inspect("any")), ["inspect"]),
    ((inspect("any"), policy("no", "quic", "deny")), ["inspect"]),
    ((inspect(), policy("rest", "any", place=AWAY)), []),
    ((inspect(), policy("rest", "any", place=GLOBAL)), ["rest"]),
    ((policy("no", "quic", "deny", place=AWAY), inspect(), policy("rest", "any", place=GLOBAL)), ["rest"]),
    ((policy("no", "quic", "deny"), inspect(), policy("rest", "any", place=GLOBAL)), []),
    ((inspect("junos-https", "host"), policy("rest", "any", source="other")), []),
    ((inspect("junos-https", "host"), policy("rest", "any", source="net")), ["rest"]),
    ((inspect("junos-https", "host"), policy("rest", "any", source="host", more="source-address-excluded")), []),
    ((inspect("junos-https", "net"), policy("rest", "any", source="host", more="source-address-excluded")), ["rest"]),
    ((inspect(), PERMIT_ALL), ["the default policy, permit-all,"]),
    ((inspect(), policy("no", "quic", "deny"), PERMIT_ALL), []),
    ((inspect("any"), PERMIT_ALL), ["inspect"])])
def test_who_lets_quic_by(texts: tuple[str, ...], named: list[str]) -> None:
    assert let_by(*texts) == named


def test_the_remark_says_where_why_and_what_to_do() -> None:
    remark, = (each for each in load(LAB + inspect() + policy("rest", "any"), "t").warnings if "QUIC" in each.message)
    assert (remark.line, remark.statement) == (18, "from-zone t to-zone u")
    assert remark.message == (
        "policy rest lets QUIC (UDP port 443) by unseen where policy inspect decrypts HTTPS; browsers go back to TLS where "
        "QUIC is refused: put before it a policy with an application of `protocol udp; destination-port 443` and `then reject`")


def test_a_policy_that_waits_for_the_application_lets_no_udp_by() -> None:
    unified = policy("web", "any", PROXIED, more="dynamic-application junos:SSL")
    assert let_by(unified) == []
    assert let_by(unified, policy("rest", "any")) == ["rest"]
