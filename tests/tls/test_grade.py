"""The scale of the interception study, on what the study's own captures of the device offered."""

from dataclasses import replace

import pytest

from nf.policy.profile import SslProxyProfile
from nf.tls.ciphers import ciphers, suites
from nf.tls.grade import Grade, profile_grade, session_grade, suite_grade, worst
from nf.tls.parameters import TlsParameters
from nf.tls.settings import Library, tls_settings
from nf.tls.suites import library

PROFILE = SslProxyProfile("p", root_ca=("ca",))
OF_2016 = Library("OpenSSL of 2016", frozenset(suite.openssl for suite in suites()), frozenset((0x0301, 0x0302, 0x0303)))
BEST = TlsParameters("TLSv1.3", "TLS_AES_128_GCM_SHA256")


def grade(profile: SslProxyProfile, on: Library) -> Grade:
    return profile_grade(tls_settings(profile, on), authenticates=not profile.ignore_server_auth_failure)


def test_a_profile_that_says_nothing_is_as_good_as_a_browser() -> None:
    assert grade(PROFILE, library()) is Grade.A


@pytest.mark.parametrize(("names", "found"), [
    (["rsa-with-aes-256-cbc-sha", "rsa-with-3des-ede-cbc-sha"], Grade.C),  # strong; the study, before Sweet32, gave B
    (["rsa-with-aes-256-cbc-sha", "rsa-with-rc4-128-sha", "rsa-with-rc4-128-md5"], Grade.C),  # medium
    (["rsa-with-aes-256-cbc-sha", "rsa-with-des-cbc-sha", "rsa-export-with-rc4-40-md5"], Grade.F)])  # weak
def test_presets_as_the_study_saw_them(names: list[str], found: Grade) -> None:
    profile = replace(PROFILE, preferred_ciphers="custom", custom_ciphers=tuple(names), protocol_version="tls12")
    assert grade(profile, OF_2016) is found


@pytest.mark.parametrize(("change", "found"), [
    ({"preferred_ciphers": "strong"}, Grade.B), ({"preferred_ciphers": "medium"}, Grade.B),
    ({"protocol_version": "all"}, Grade.C), ({"protocol_version": "tls11"}, Grade.B), ({"protocol_version": "tls13"}, Grade.A),
    ({"ignore_server_auth_failure": True}, Grade.F), ({"supported_ec_groups": "P-521"}, Grade.A)])
def test_what_a_statement_costs(change: dict[str, object], found: Grade) -> None:
    assert grade(replace(PROFILE, **change), library()) is found  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "found"), [
    ("tls13-with-chacha20-poly1305-sha256", Grade.A), ("dhe-rsa-with-aes-256-gcm-sha384", Grade.A),
    ("tls13-with-aes-128-ccm8-sha256", Grade.B), ("rsa-with-aes-256-gcm-sha384", Grade.B),
    ("ecdhe-rsa-with-aes-128-cbc-sha256", Grade.B), ("ecdhe-rsa-with-3des-ede-cbc-sha", Grade.C),
    ("rsa-with-rc4-128-sha", Grade.C), ("rsa-with-des-cbc-sha", Grade.F), ("rsa-export1024-with-rc4-56-sha", Grade.F)])
def test_suites(name: str, found: Grade) -> None:
    assert suite_grade(ciphers()[name].suite) is found


@pytest.mark.parametrize(("client", "server", "authenticated", "found"), [
    (BEST, BEST, True, Grade.A), (BEST, BEST, False, Grade.F),
    (BEST, TlsParameters("TLSv1.2", "AES128-GCM-SHA256"), True, Grade.B),
    (TlsParameters("TLSv1", "ECDHE-RSA-AES128-SHA"), BEST, True, Grade.C),
    (BEST, TlsParameters("", ""), True, Grade.F), (BEST, TlsParameters("TLSv1.2", "unheard-of"), True, Grade.F)])
def test_a_session_is_as_good_as_its_worse_end(client: TlsParameters, server: TlsParameters, authenticated: bool,
                                               found: Grade) -> None:
    assert session_grade((client, server), authenticated=authenticated) is found


def test_worst() -> None:
    assert worst(()) is Grade.A
    assert worst((Grade.B, Grade.C, Grade.A)) is Grade.C
