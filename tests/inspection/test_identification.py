"""What a client's first bytes tell, wherever they are cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nf.inspection.identification import MOST, identified, of_hello
from nf.policy.unified import Known
from tests.sslproxy.playbook import HELLO13

HTTP = b"GET /a HTTP/1.1\r\nAccept: */*\r\nHost: www.facebook.com\r\n\r\n"
ANONYMOUS = b"GET / HTTP/1.0\r\n\r\n"
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SSH = b"SSH-2.0-x\r\n"


@pytest.mark.parametrize(("data", "names", "host"), [
    (HTTP, {"junos:HTTP", "junos:FACEBOOK-ACCESS", "junos:web", "junos:web:social-networking"}, "www.facebook.com"),
    (ANONYMOUS, {"junos:HTTP"}, None), (PREFACE, {"junos:HTTP", "junos:HTTP2"}, None), (SSH, {"junos:SSH"}, None),
    (HELLO13, {"junos:SSL"}, "a.test"), (b"\0\1\2\3", {"junos:UNKNOWN"}, None), (b"A" * MOST, {"junos:UNKNOWN"}, None)])
def test_what_they_tell(data: bytes, names: set[str], host: str | None) -> None:
    assert identified(data) == Known(frozenset(names), host, final=True)


@given(st.sampled_from([HTTP, ANONYMOUS, PREFACE, SSH, HELLO13]), st.data())
def test_half_of_it_tells_nothing_or_the_same(data: bytes, choice: st.DataObject) -> None:
    found = identified(data[:choice.draw(st.integers(0, len(data)))])
    assert found in (None, identified(data))


@given(st.binary(max_size=200))
def test_any_bytes_tell_something_in_the_end(data: bytes) -> None:
    found = identified(data + b"\0" * MOST)
    assert found is not None
    assert found.final
    assert found.applications


def test_a_hello_is_not_all() -> None:
    assert of_hello("www.facebook.com") == Known(
        frozenset({"junos:SSL", "junos:FACEBOOK-ACCESS", "junos:web", "junos:web:social-networking"}), "www.facebook.com")
