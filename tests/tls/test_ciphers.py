"""Cipher names are those of the grammar; presets follow from key bits alone."""

import pytest

from nf.config.grammar import junos_grammar
from nf.policy.release import Release
from nf.policy.versions import SAFE, TLS10, TLS12, TLS13, Versions
from nf.tls.ciphers import BROKEN, PRESETS, ciphers, names_of, preset, safe, suites


def names(word: str) -> set[str]:
    return {suite.openssl for suite in preset(word)}


def test_every_name_of_the_grammar_is_there_and_no_other() -> None:
    grammar = junos_grammar().children("services ssl proxy profile")["custom-ciphers"].enum
    assert set(ciphers()) == set(grammar)
    assert len(ciphers()) == 75


@pytest.mark.parametrize(("name", "code", "openssl", "bits", "since"), [
    ("tls13-with-aes-256-gcm-sha384", 0x1302, "TLS_AES_256_GCM_SHA384", 256, Release(21, 2)),
    ("ecdhe-ecdsa-with-aes-128-gcm-sha256", 0xC02B, "ECDHE-ECDSA-AES128-GCM-SHA256", 128, Release(18, 3)),
    ("rsa-export1024-with-rc4-56-sha", 0x0064, "EXP1024-RC4-SHA", 56, Release(17, 4)),
    ("rsa-with-3des-ede-cbc-sha", 0x000A, "DES-CBC3-SHA", 168, Release(17, 4))])
def test_what_a_name_stands_for(name: str, code: int, openssl: str, bits: int, since: Release) -> None:
    found = ciphers()[name]
    assert (found.suite.code, found.suite.openssl, found.suite.bits, found.since) == (code, openssl, bits, since)


def test_the_names_of_one_suite_are_found_together() -> None:
    suite = ciphers()["rsa-with-aes-128-cbc-sha"].suite
    assert set(names_of(suite)) == {"rsa-with-aes-128-cbc-sha", "tls12-rsa-aes-128-cbc-sha"}
    assert len(suites()) == len({suite.code for suite in suites()}) == 55


def test_presets_are_nested_and_follow_from_key_bits() -> None:
    assert names("strong") < names("medium") < names("weak")
    for word, bits in PRESETS.items():
        assert {suite.openssl for suite in suites() if suite.bits >= bits and suite.mode != "CCM8"} == names(word)
    assert "DES-CBC3-SHA" in names("strong")
    assert "RC4-MD5" in names("medium") - names("strong")
    assert "EXP-RC4-MD5" in names("weak") - names("medium")


def test_nothing_is_without_encryption_or_without_a_certificate() -> None:
    assert min(suite.bits for suite in suites()) == 40
    assert not [suite for suite in suites() if suite.openssl.startswith(("NULL", "ADH", "AECDH"))]


def test_the_best_stand_first() -> None:
    order = [suite.openssl for suite in preset("medium")]
    assert order[:5] == ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
                         "TLS_AES_128_CCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"]
    secret = [suite.forward_secret for suite in suites() if suite.mode not in BROKEN]
    assert secret == sorted(secret, reverse=True)
    assert [suite.mode in BROKEN for suite in suites()] == sorted(suite.mode in BROKEN for suite in suites())


def test_a_profile_that_says_nothing_admits_what_browsers_take_for_secure() -> None:
    for suite in safe(SAFE):
        assert suite.forward_secret
        assert suite.mode in ("GCM", "CHACHA20")
    older = safe(Versions(TLS10, TLS13))
    assert older[:len(safe(SAFE))] == safe(SAFE)
    assert {suite.versions.lowest for suite in older[len(safe(SAFE)):]} == {0x0300}
    assert all(suite.forward_secret for suite in older)


@pytest.mark.parametrize(("name", "versions"), [
    ("tls13-with-aes-128-gcm-sha256", Versions(TLS13, TLS13)), ("ecdhe-rsa-with-aes-128-gcm-sha256", Versions(TLS12, TLS12)),
    ("rsa-with-aes-128-cbc-sha256", Versions(TLS12, TLS12)), ("rsa-with-aes-128-cbc-sha", Versions(0x0300, TLS12)),
    ("ecdhe-rsa-with-aes-256-cbc-sha384", Versions(TLS12, TLS12)), ("tls12-rsa-aes-128-ccm8-sha256", Versions(TLS12, TLS12))])
def test_the_versions_that_a_suite_goes_with(name: str, versions: Versions) -> None:
    assert ciphers()[name].suite.versions == versions


@pytest.mark.parametrize(("name", "exchange", "ecdsa", "mode"), [
    ("tls13-with-aes-128-ccm8-sha256", "tls13", False, "CCM8"),
    ("tls12-ecdhe-ecdsa-aes-256-ccm8-sha256", "ecdhe", True, "CCM8"),
    ("dhe-rsa-with-aes-128-cbc-sha", "dhe", False, "AES"), ("rsa-with-des-cbc-sha", "rsa", False, "DES"),
    ("rsa-export-with-des40-cbc-sha", "export", False, "DES"), ("rsa-with-3des-ede-cbc-sha", "rsa", False, "DES-CBC3"),
    ("tls12-ecdhe-rsa-chacha20-poly1305-sha256", "ecdhe", False, "CHACHA20")])
def test_how_a_suite_works(name: str, exchange: str, ecdsa: bool, mode: str) -> None:
    suite = ciphers()[name].suite
    assert (suite.exchange, suite.ecdsa, suite.mode) == (exchange, ecdsa, mode)
