"""Values: what is read, what is refused and how that is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nf.cli.operate import values


@pytest.mark.parametrize(("value", "text", "read"), [
    (values.PREFIX, "192.0.2.7", "192.0.2.7/32"), (values.PREFIX, "2001:db8::1/32", "2001:db8::/32"),
    (values.PORT, "443", 443), (values.PROTOCOL, "TCP", 6), (values.PROTOCOL, "17", 17),
    (values.ZONE, "trust", "trust")])
def test_read(value: values.Value, text: str, read: object) -> None:
    assert value.read(text) == read


@pytest.mark.parametrize(("value", "text"), [
    (values.PREFIX, "192.0.2.0/33"), (values.PREFIX, ""), (values.PORT, "-1"), (values.PORT, "٣"),
    (values.PORT, "9" * 5000),
    (values.PROTOCOL, "256"), (values.PROTOCOL, "tls"), (values.ZONE, ""), (values.ZONE, "z" * 64),
    (values.PATTERN, "x" * 257), (values.one_of("inet", "inet6"), "inet4")])
def test_refused(value: values.Value, text: str) -> None:
    with pytest.raises(ValueError, match=r"^expected "):
        value.read(text)


@given(st.text(max_size=30))
def test_numbers_are_numbers_or_refused(text: str) -> None:
    try:
        found = values.COUNT.read(text)
    except ValueError:
        return
    assert isinstance(found, int)
    assert found >= 0
