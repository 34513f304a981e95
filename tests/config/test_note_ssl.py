"""Remarks on profiles: one line each, with the place; a profile that is safe as it is earns none."""

import pytest

from nf.config import ConfigError, load
from nf.tls.suites import library

PROFILE = "set services ssl proxy profile p "
FORWARD = PROFILE + "root-ca ca1\n" + PROFILE + "trusted-ca all\n"


def remarks(lines: str) -> dict[str, tuple[int, str]]:
    return {remark.statement: (remark.line, remark.message) for remark in load(FORWARD + lines, "t").warnings}


def test_a_plain_profile_earns_none() -> None:
    assert remarks("") == {}
    assert remarks(PROFILE + "preferred-ciphers custom custom-ciphers tls13-with-aes-128-gcm-sha256") == {}
    assert remarks(PROFILE + "actions allow-strong-certificate disable-session-resumption") == {}


@pytest.mark.parametrize(("lines", "statement", "said"), [
    ("preferred-ciphers weak", "profile p ciphers", f"{library().name} does not have "),
    ("preferred-ciphers weak", "profile p ciphers", "rsa-export-with-rc4-40-md5, "),
    ("preferred-ciphers medium", "profile p preferred-ciphers", "ciphers without forward secrecy"),
    ("preferred-ciphers medium", "profile p", "grade B: less than a browser takes for secure"),
    ("protocol-version all", "profile p protocol-version", "admits TLS 1.0, which RFC 8996 forbids"),
    ("protocol-version all", "profile p preferred-ciphers", "DHE ciphers are not offered to servers"),
    ("protocol-version all", "profile p", "grade C"),
    ("protocol-version tls12", "profile p protocol-version", "nothing newer than TLS 1.2 is spoken"),
    ("protocol-version ssl3", "profile p", "cannot start: protocol-version ssl3: SSL 3.0 is broken"),
    ("preferred-ciphers custom", "profile p", "cannot start: preferred-ciphers custom: there are no custom-ciphers"),
    ("preferred-ciphers custom custom-ciphers [ rsa-with-rc4-128-md5 rsa-with-des-cbc-sha ]", "profile p",
     "cannot start: no cipher is left"),
    ("preferred-ciphers custom custom-ciphers [ rsa-with-rc4-128-md5 rsa-with-des-cbc-sha ]", "profile p ciphers",
     "does not have rsa-with-rc4-128-md5, rsa-with-des-cbc-sha"),
    ("custom-ciphers rsa-with-aes-128-cbc-sha", "profile p custom-ciphers", "not looked at: preferred-ciphers is not stated"),
    ("supported-ec-groups P-384", "profile p supported-ec-groups", "P-384 alone is offered and taken"),
    ("actions unsupported-cipher-on-hw drop", "profile p actions unsupported-cipher-on-hw", "no effect: here every cipher"),
    ("actions crl disable\n" + PROFILE + "actions crl if-not-present drop", "profile p actions crl if-not-present",
     "not looked at: actions crl disable"),
    ("mirror-decrypt-traffic only-after-security-policies-enforcement", "profile p mirror-decrypt-traffic",
     "nothing is mirrored"),
    ("mirror-decrypt-traffic interface ge-0/0/5.0", "profile p mirror-decrypt-traffic", "its frames are broadcast"),
    ("actions ignore-server-auth-failure", "profile p actions ignore-server-auth-failure", "lets clients reach servers"),
    ("actions ignore-server-auth-failure", "profile p", "grade F")])
def test_what_is_weak_or_idle_is_said_at_its_place(lines: str, statement: str, said: str) -> None:
    found = remarks(PROFILE + lines)
    line, message = found[statement]
    assert said in message
    assert line in (1, 3, 4)
    assert "\n" not in message


def test_a_mirror_goes_to_a_mac_address() -> None:
    with pytest.raises(ConfigError, match=r"'02:00': a MAC address such as 02:00:5e:10:00:01 is expected"):
        load(f"{FORWARD}{PROFILE}mirror-decrypt-traffic interface ge-0/0/5.0 destination-mac-address 02:00", "t")


def test_what_a_reverse_proxy_does_not_look_at() -> None:
    lines = PROFILE + "server-certificate web trusted-ca all actions ignore-server-auth-failure"
    found = {remark.statement: remark.message for remark in load(lines, "t").warnings}
    assert found == {
        "profile p trusted-ca": "not looked at: a server of a reverse proxy is known by its key",
        "profile p actions ignore-server-auth-failure": "no effect: a server of a reverse proxy is known by its key"}
