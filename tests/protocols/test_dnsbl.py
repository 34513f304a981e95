from ipaddress import ip_address

import dns.message
import dns.rcode
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nf.protocols.dnsbl import is_listed, question

SENDER = ip_address("192.0.2.99")
NAME = "99.2.0.192.sbl.test."


def reply(*addresses: str, name: str = NAME, rcode: dns.rcode.Rcode = dns.rcode.NOERROR) -> bytes:
    message = dns.message.make_response(dns.message.from_wire(question(7, SENDER, "sbl.test")))
    message.set_rcode(rcode)
    if addresses:
        message.answer.append(dns.rrset.from_text(name, 60, "IN", "A", *addresses))
    return message.to_wire()


@pytest.mark.parametrize(("address", "name"), [
    ("192.0.2.99", NAME),
    ("2001:db8::1", "1." + "0." * 23 + "8.b.d.0.1.0.0.2.sbl.test.")])
def test_the_name_that_is_asked_for(address: str, name: str) -> None:
    asked, = dns.message.from_wire(question(7, ip_address(address), "sbl.test.")).question
    assert str(asked.name) == name


@pytest.mark.parametrize(("answer", "listed"), [
    (reply("127.0.0.2"), True), (reply("203.0.113.1"), False), (reply(), False), (reply(rcode=dns.rcode.NXDOMAIN), False),
    (reply(rcode=dns.rcode.SERVFAIL), None), (b"\0" * 5, None), (question(7, SENDER, "sbl.test"), None),
    (reply("127.0.0.2", name="other.test."), False)])
def test_answers(answer: bytes, listed: bool | None) -> None:
    assert is_listed(7, SENDER, "sbl.test", answer) is listed


def test_an_answer_to_another_question_is_none() -> None:
    assert is_listed(8, SENDER, "sbl.test", reply("127.0.0.2")) is None
    assert is_listed(7, ip_address("192.0.2.98"), "sbl.test", reply("127.0.0.2")) is None


@given(st.binary(max_size=80))
def test_no_bytes_raise(answer: bytes) -> None:
    assert is_listed(7, SENDER, "sbl.test", reply()[:12] + answer) in {None, False}
