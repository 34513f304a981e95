"""A profile's statements, narrowed to a library: whatever they say, an answer that holds together."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nf.policy.profile import SslProxyProfile
from nf.policy.release import Release
from nf.policy.versions import SAFE, TLS10, TLS12, TLS13, Versions
from nf.tls.ciphers import ciphers, preset, safe, suites
from nf.tls.settings import Library, consequences, tls_settings

PROFILE = SslProxyProfile("p", root_ca=("ca",))
EVERYTHING = Library("OpenSSL 0", frozenset(suite.openssl for suite in suites()), frozenset(range(0x0300, 0x0305)))
MODERN = replace(EVERYTHING, name="OpenSSL 9", versions=frozenset((TLS12, TLS13)), suites=frozenset(
    suite.openssl for suite in suites() if suite.mode in ("GCM", "CHACHA20", "CCM", "AES")))
WORDS = (None, "all", "ssl3", "tls1", "tls11", "tls12", "tls13", "tls12-and-lower")


def custom(*names: str, **more: object) -> SslProxyProfile:
    return replace(PROFILE, preferred_ciphers="custom", custom_ciphers=names, **more)  # type: ignore[arg-type]


def test_a_profile_that_says_nothing() -> None:
    found = tls_settings(PROFILE, MODERN)
    assert (found.versions, found.suites, found.problem, found.missing) == (SAFE, safe(SAFE), None, ())
    assert not found.lowered
    assert consequences(found) == ()


def test_a_list_is_obeyed_in_its_order() -> None:
    found = tls_settings(custom("rsa-with-aes-256-cbc-sha256", "tls12-ecdhe-rsa-aes-128-gcm-sha256",
                                "rsa-with-aes-128-cbc-sha256", "ecdhe-rsa-with-aes-128-gcm-sha256"), MODERN)
    assert [suite.openssl for suite in found.suites] == ["AES256-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "AES128-SHA256"]
    assert found.versions == Versions(TLS12, TLS12)  # nothing in it goes with TLS 1.3
    assert ("preferred-ciphers", "admits 2 ciphers without forward secrecy") in consequences(found)


def test_names_that_the_library_lacks_are_told() -> None:
    found = tls_settings(custom("rsa-with-rc4-128-md5", "rsa-with-aes-128-gcm-sha256", "rsa-with-des-cbc-sha"), MODERN)
    assert found.missing == ("rsa-with-rc4-128-md5", "rsa-with-des-cbc-sha")
    assert found.problem is None
    weak = tls_settings(replace(PROFILE, preferred_ciphers="weak"), MODERN)
    assert {"rsa-with-rc4-128-md5", "rsa-export-with-rc4-40-md5"} <= set(weak.missing)


@pytest.mark.parametrize(("profile", "problem"), [
    (custom("rsa-with-rc4-128-md5"), "no cipher is left: OpenSSL 9 has none of those that it names"),
    (custom(), "preferred-ciphers custom: there are no custom-ciphers"),
    (replace(PROFILE, protocol_version="ssl3"), "protocol-version ssl3: SSL 3.0 is broken (RFC 7568) and not spoken"),
    (replace(PROFILE, protocol_version="tls1"), "protocol-version tls1: OpenSSL 9 does not speak TLS 1.0"),
    (custom("rsa-with-aes-128-cbc-sha", protocol_version="tls13"), "no cipher is left: none of them goes with TLS 1.3"),
    (custom("tls13-with-aes-128-gcm-sha256", protocol_version="tls12-and-lower"),
     "no cipher is left: none of them goes with TLS 1.0 to TLS 1.2")])
def test_what_cannot_be_made_is_said_in_one_line(profile: SslProxyProfile, problem: str) -> None:
    said = tls_settings(profile, MODERN).problem
    assert said is not None
    assert said.startswith(problem)
    assert "\n" not in said


def test_older_versions_get_ciphers_that_go_with_them_and_keep_forward_secrecy() -> None:
    found = tls_settings(replace(PROFILE, protocol_version="all"), EVERYTHING)
    assert found.versions == Versions(TLS10, TLS13)
    assert all(suite.forward_secret for suite in found.suites)
    assert found.lowered
    assert not [suite for suite in found.offered if suite.exchange == "dhe"]
    assert [suite for suite in found.suites if suite.exchange == "dhe"]
    assert consequences(found) == (
        ("protocol-version", "admits TLS 1.0, which RFC 8996 forbids"),
        ("preferred-ciphers",
         "DHE ciphers are not offered to servers: where older versions are admitted their groups' size is not checked"))


def test_a_release_without_tls13_has_none() -> None:
    found = tls_settings(replace(PROFILE, release=Release(15, 1), preferred_ciphers="medium"), EVERYTHING)
    assert found.versions == Versions(TLS12, TLS12)
    assert not [suite for suite in found.suites if suite.exchange == "tls13"]


def test_ccm8_needs_its_name_and_a_lowered_security_level() -> None:
    assert not [suite for suite in preset("weak") if suite.mode == "CCM8"]
    assert tls_settings(custom("tls12-ecdhe-ecdsa-aes-128-ccm8-sha256"), EVERYTHING).lowered


def test_what_else_a_profile_says() -> None:
    found = tls_settings(replace(PROFILE, supported_ec_groups="P-384", disable_session_resumption=True, renegotiation="allow"),
                         MODERN, 900)
    assert (found.group, found.resumption, found.session_lifetime, found.insecure_renegotiation) == ("P-384", False, 900, True)


@given(st.sampled_from(WORDS), st.sampled_from((None, "strong", "medium", "weak", "custom")),
       st.lists(st.sampled_from(sorted(ciphers())), max_size=5), st.sampled_from((EVERYTHING, MODERN)),
       st.sampled_from((Release(15, 1), Release(24, 4))))
def test_settings_hold_together(word: str | None, preferred: str | None, names: list[str], library: Library,
                                release: Release) -> None:
    profile = replace(PROFILE, protocol_version=word, preferred_ciphers=preferred, custom_ciphers=tuple(names), release=release)
    found = tls_settings(profile, library)
    if found.problem is not None:
        return
    assert found.versions.lowest >= profile.versions.lowest
    assert found.versions.highest <= profile.versions.highest
    assert found.suites
    for version in (found.versions.lowest, found.versions.highest):
        assert version in library.versions
        assert [suite for suite in found.suites if suite.versions.lowest <= version <= suite.versions.highest]
    assert {suite.openssl for suite in found.suites} <= library.suites
    assert found.lowered or all(suite.mode != "CCM8" for suite in found.suites)
    for statement, said in consequences(found):
        assert statement in ("protocol-version", "preferred-ciphers", "supported-ec-groups")
        assert "\n" not in said
