"""Remarks on how CA profiles have revocation checked."""

import pytest

from nf.config import load

CHECK = "set security pki ca-profile lab revocation-check "


@pytest.mark.parametrize(("lines", "statement", "said"), [
    ("crl url ldap://ldap.example/cn=ca", "ca-profile lab crl url", "not fetched: expected http://HOST or https://HOST"),
    ("crl url http://me:word@crl.example/x", "ca-profile lab crl url", "not fetched"),
    ('crl url "http://[::1"', "ca-profile lab crl url", "not fetched"),
    ("crl url http:///x", "ca-profile lab crl url", "not fetched"),
    ("crl url http://crl.example/x password word", "ca-profile lab crl url password", "it is not sent"),
    ("disable\n" + CHECK + "crl url http://crl.example/x", "ca-profile lab crl url", "not fetched: revocation-check disable"),
    ("crl refresh-interval 24", "ca-profile lab crl refresh-interval", "there is no crl url"),
    ("use-ocsp\n" + CHECK + "ocsp url https://ocsp.example", "ca-profile lab ocsp url", "not asked: expected http://HOST"),
    ("use-crl\n" + CHECK + "ocsp url http://ocsp.example", "ca-profile lab ocsp url", "no revocation-check use-ocsp")])
def test_what_is_not_done_is_said(lines: str, statement: str, said: str) -> None:
    remark, = load(CHECK + lines, "t").warnings
    assert remark.statement == statement
    assert said in remark.message


def test_what_is_done_earns_none() -> None:
    assert load(f"{CHECK}use-ocsp\n{CHECK}ocsp url http://ocsp.example nonce-payload enable\n"
                f"{CHECK}ocsp disable-responder-revocation-check connection-failure fallback-crl", "t").warnings == ()
    assert load(f"{CHECK}use-crl\n{CHECK}crl url http://crl.example/x refresh-interval 24\n"
                f"{CHECK}crl disable on-download-failure\n{CHECK}crl url \"https://[2001:db8::1]:8443/x\"", "t").warnings == ()
