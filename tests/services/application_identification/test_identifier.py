"""Application identification: what bytes, TLS and requests tell, one's own applications, and that no cut changes it."""

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import ip_network

import pytest
from hpack import Encoder
from hypothesis import given
from hypothesis import strategies as st

from hwmodel.session import Direction
from nf.policy.appid import AddressMapping, ApplicationIdentification, CustomApplication, Member, Signature
from nf.policy.match import PortRange
from nf.policy.systems import LogicalSystem, Systems
from nf.services import Opinion, Verdict
from nf.services.application_identification import Identification, Identifier
from nf.tls.secured import Secured
from tests.openings import CLIENTS, SERVERS
from tests.services.attachments import attachment, piece
from tests.tls.hello_bytes import extension, hello, host_name, pieces, record, vector

C2S, S2C = Direction.C2S, Direction.S2C
GET = b"GET /a/b?c=d%%20e HTTP/1.1\r\nHost: %s\r\nUser-Agent: agent/7\r\n\r\n"
HELLO = record(hello(extension(0, vector(2, host_name(b"www.youtube.com")))))


def h2(authority: str) -> bytes:
    block = Encoder().encode([(":method", "GET"), (":scheme", "https"), (":authority", authority), (":path", "/")])
    settings = b"\0\0\0\4\0\0\0\0\0"
    return b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + settings + len(block).to_bytes(3) + b"\1\5\0\0\0\1" + block


def identifier(options: ApplicationIdentification | None = None, *, decides: bool = False) -> Identifier:
    system = LogicalSystem(services={"application_identification": options or ApplicationIdentification()})
    return Identification.prepare(Systems((system,))).identify(attachment(), decides=decides, follows=False)


def shown(one: Identifier, *stream: tuple[Direction, bytes], encrypted: bool = False) -> list[Opinion]:
    return [one.inspect(piece(direction, data, encrypted)) for direction, data in stream]


def told(opinions: Sequence[Opinion]) -> tuple[str, str, set[str]]:
    """The last word on a session: application, nested application, and all that policies know it by."""
    found = [opinion for opinion in opinions if opinion.known is not None and opinion.found is not None]
    last = found[-1]
    assert last.known is not None
    assert last.found is not None
    assert last.known.final
    return last.found.application, last.found.nested_application, set(last.known.applications)


@pytest.mark.parametrize(("stream", "encrypted", "application", "nested", "names"), [
    ([(C2S, GET % b"www.facebook.com")], True, "HTTP", "FACEBOOK-ACCESS", {
        "junos:HTTP", "junos:SSL", "junos:FACEBOOK-ACCESS", "junos:web", "junos:web:social-networking"}),
    ([(C2S, GET % b"a.test")], False, "HTTP", "UNKNOWN", {"junos:HTTP", "junos:web"}),
    ([(C2S, h2("m.youtube.com"))], True, "HTTP2", "YOUTUBE", {"junos:HTTP", "junos:HTTP2", "junos:YOUTUBE"}),
    ([(C2S, HELLO)], False, "SSL", "YOUTUBE", {"junos:SSL", "junos:YOUTUBE", "junos:web:multimedia"}),
    ([(S2C, b"220 mx ESMTP\r\n")], False, "SMTP", "UNKNOWN", {"junos:SMTP", "junos:messaging:mail"}),
    ([(S2C, b"220 ready\r\n"), (C2S, b"USER joe\r\n")], False, "FTP", "UNKNOWN", {"junos:FTP"}),
    ([(C2S, b"\x07\xff\xff\xff")], False, "UNKNOWN", "UNKNOWN", {"junos:UNKNOWN"}),
    ([(S2C, b"z" * 9000)], False, "UNKNOWN", "UNKNOWN", {"junos:UNKNOWN"})])
def test_what_a_session_is(stream: list[tuple[Direction, bytes]], encrypted: bool, application: str, nested: str,
                           names: set[str]) -> None:
    found = told(shown(identifier(), *stream, encrypted=encrypted))
    assert found[:2] == (application, nested)
    assert names <= found[2]
    assert ("junos:UNKNOWN" in found[2]) is (names == {"junos:UNKNOWN"})


def test_tls_tells_what_is_in_it_where_its_bytes_do_not() -> None:
    one = identifier()
    one.secure(Secured("www.netflix.com", b"mqtt"), 0.0)
    assert told(shown(one, (C2S, b"\x07\xff\xff\xff"), encrypted=True))[:2] == ("MQTT", "NETFLIX")


def test_the_clients_bytes_wait_where_somebody_decides_by_them_and_no_longer_than_that() -> None:
    one = identifier(decides=True)
    first, second = shown(one, (C2S, b"GET / HT"), (C2S, b"TP/1.1\r\nHost: a.test\r\n\r\n"))
    assert (first.verdict, second.verdict) == (Verdict.HOLD, Verdict.IGNORE)
    patient = identifier(decides=True)
    assert shown(patient, (C2S, b"GET / HT"))[0].verdict is Verdict.HOLD
    assert patient.wake(2.0).verdict is Verdict.PERMIT
    assert told(shown(patient, (C2S, b"TP/1.1\r\nHost: a.test\r\n\r\n")))[0] == "HTTP", "what comes later still tells"


def custom(name: str, *members: Member, over: str = "HTTP", ports: tuple[PortRange, ...] = (), **more: object
           ) -> CustomApplication:
    return replace(CustomApplication(name, (Signature("s", over, members, ports),)), **more)


HOST = Member("http-header-host", r"shop\.")


@pytest.mark.parametrize(("application", "stream", "found"), [
    (custom("shop", HOST), [(C2S, GET % b"shop.test")], True),
    (custom("shop", HOST), [(C2S, GET % b"my.shop.test")], False),
    (custom("shop", HOST, Member("http-header-user-agent", "agent/7")), [(C2S, GET % b"shop.test")], True),
    (custom("shop", HOST, Member("http-header-user-agent", "agent/8")), [(C2S, GET % b"shop.test")], False),
    (custom("shop", Member("http-url-parsed", "/a/b$")), [(C2S, GET % b"a.test")], True),
    (custom("shop", Member("http-get-url-parsed-param-parsed", ".*c=d e")), [(C2S, GET % b"a.test")], True),
    (custom("shop", Member("http-post-url-parsed-param-parsed", ".*")), [(C2S, GET % b"a.test")], False),
    (custom("shop", HOST, ports=(PortRange(80, 80),)), [(C2S, GET % b"shop.test")], False),
    (custom("shop", Member("ssl-server-name", r".*youtube"), over="SSL"), [(C2S, HELLO)], False),
    (custom("shop", Member("ssl-server-name", r".*youtube"), over="SSL", priority="high"), [(C2S, HELLO)], True),
    (custom("shop", Member("stream", "PING", "client-to-server", 4), over="TCP"), [(C2S, b"PING 1\n")], True),
    (custom("shop", Member("stream", "PONG", "server-to-client", 4), over="TCP"), [(C2S, b"PING 1\n"), (S2C, b"PONG")], True),
    (CustomApplication("shop", (), (AddressMapping(ip_network("203.0.113.0/24"), (PortRange(443, 443),)),), "high"),
     [(C2S, b"PING 1\n")], True)])
def test_applications_of_ones_own(application: CustomApplication, stream: list[tuple[Direction, bytes]], found: bool) -> None:
    one = identifier(ApplicationIdentification((application,), {"mine": frozenset({"shop"})}))
    _, nested, names = told(shown(one, *stream))
    assert (nested == "shop", {"shop", "mine"} <= names) == (found, found)


@given(st.sampled_from([(side, data) for side, table in ((C2S, CLIENTS), (S2C, SERVERS)) for data in table.values()]
                       + [(C2S, GET % b"www.facebook.com"), (C2S, h2("a.test")), (C2S, HELLO), (C2S, b"x" * 9000)]),
       st.lists(st.integers(0, 9000), max_size=8))
def test_no_cut_changes_what_a_session_is(stream: tuple[Direction, bytes], cuts: list[int]) -> None:
    direction, data = stream
    whole = told(shown(identifier(), stream))
    assert told(shown(identifier(), *((direction, part) for part in pieces(data, cuts)))) == whole
