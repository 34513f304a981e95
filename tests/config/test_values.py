import pytest

from nf.config.grammar import Alternative, Word, junos_grammar
from nf.config.values import fault

PROFILE = junos_grammar().children("services ssl proxy profile")
THRESHOLD = junos_grammar().children("services ssl proxy global-config non-ssl-detection-threshold")


@pytest.mark.parametrize(("word", "text"), [
    (PROFILE["protocol-version"], "tls12-and-lower"), (THRESHOLD["packet-threshold"], "15"),
    (PROFILE["name"], "x" * 63),
    (Word("p", "leaf", "ipprefix"), "2001:db8::1/64"), (Word("p", "leaf", "ipv4addr"), "192.0.2.1"),
    (Word("p", "leaf", "union", union=(Alternative("uint32", "1 .. 4"), Alternative("interface-name"))), "ge-0/0/0.0"),
    (Word("p", "leaf", "int8", range="3"), "3")])
def test_values_that_fit(word: Word, text: str) -> None:
    assert fault(word, text) is None


@pytest.mark.parametrize(("word", "text", "said"), [
    (PROFILE["protocol-version"], "tls14", "not a value of protocol-version, expected all | ssl3"),
    (THRESHOLD["packet-threshold"], "16", "out of range, 1..15 is expected"),
    (THRESHOLD["packet-threshold"], "many", "a number is expected (1..15)"),
    (THRESHOLD["packet-threshold"], "²", "a number is expected (1..15)"),
    (THRESHOLD["packet-threshold"], "--", "a number is expected (1..15)"),
    (PROFILE["name"], "x" * 64, "1 to 63 characters are expected"),
    (PROFILE["name"], "", "1 to 63 characters are expected"),
    (Word("p", "leaf", "ipv4addr"), "192.0.2.256", "an IPv4 address is expected"),
    (Word("p", "leaf", "ipprefix"), "192.0.2.0/33", "an IP prefix such as")])
def test_values_that_do_not_fit(word: Word, text: str, said: str) -> None:
    assert (fault(word, text) or "").startswith(said)
