"""Profiles and certificates."""

import pytest

from nf.cli.operate.grammar import OperatorError
from nf.cli.operate.render.ssl_profiles import (
    all_profiles,
    all_profiles_data,
    certificates,
    certificates_brief,
    certificates_data,
    certificates_detail,
    leg_profile,
    proxy_profile,
    proxy_profile_data,
)

PICS = [{"fpc": 0, "pic": 0}]
PROXY = {"pics": PICS, "profiles": [{
    "id": 10, "name": "fp", "trace": False, "root-ca": True, "allow-non-ssl-session": True, "termination-profile-id": 65536,
    "initiation-profile-id": 65537, "nof-whitelist-entries": 2, "supported-protocol-version": "all"}]}
LEG = {"pics": PICS, "counters": {"full-handshakes": 4}, "profiles": [{
    "id": 65536, "profile": "fp_65536_proxy_t", "allow-non-ssl-sess": True, "preferred-ciphers": "medium",
    "nof-url-categories-conf": 0, "protocol-version": "all", "custom-ciphers": []}]}
CERTIFICATES = {"certificates": [{
    "cert-id": "ssl-inspect-ca", "cert-type": "LOCAL-CERT", "issuer": "/CN=CA", "subject": "/CN=CA",
    "validity-not-before": 1548842427, "validity-not-after": 1706522427, "public-key-algorithm": "rsaEncryption",
    "version": 3, "serial-number": "0a1b2c", "signature-algorithm": "sha256WithRSAEncryption"}]}


def test_ids_and_names() -> None:
    lines = all_profiles(PROXY, {})
    assert lines[0] == "PIC:spu-0 fpc[0] pic[0] ------"
    assert lines[-1].split() == ["10", "fp"]
    assert all_profiles(LEG, {})[-1].split() == ["65536", "fp_65536_proxy_t"]
    block, = all_profiles_data(PROXY, {})["ssl-profile"]["ssl-profile-pic"]
    assert block["ssl-profile-entry"] == [{"ssl-profile-id": 10, "ssl-profile-name": "fp"}]


def test_one_profile_of_the_proxy() -> None:
    assert [line.split() for line in proxy_profile(PROXY, {})] == [
        ["profile", "fp"], ["trace", "no"], ["root-ca", "true"], ["allow-non-ssl-session", "true"],
        ["termination-profile-id", "65536"], ["initiation-profile-id", "65537"], ["nof-whitelist-entries", "2"],
        ["supported-protocol-version", "all"]]
    assert proxy_profile_data(PROXY, {})["ssl-profile-detail"]["ssl-profile-nof-whitelist-entries"] == 2


def test_one_profile_of_an_end() -> None:
    assert [line.split()[0] for line in leg_profile(LEG, {"kind": "brief"})] == [
        "profile", "allow-non-ssl-sess", "preferred-ciphers", "nof-url-categories-conf"]
    detail = dict(line.split(maxsplit=1) for line in leg_profile(LEG, {"kind": "detail"}))
    assert (detail["custom-ciphers"], detail["full-handshakes"]) == ("none", "4")


def test_certificates() -> None:
    assert certificates(CERTIFICATES, {}) == ["ssl-inspect-ca"]
    assert certificates_brief(CERTIFICATES, {})[0].split() == ["ssl-inspect-ca", "LOCAL-CERT", "/CN=CA"]
    detail = dict(line.split(maxsplit=1) for line in certificates_detail(CERTIFICATES, {}))
    assert detail["validity-not-before"] == "Wed 01/30/2019 10:00:27 AM"
    assert detail["serial-number"] == "0a 1b 2c"
    assert certificates_data(CERTIFICATES, {})["ssl-certificate"][0]["cert-id"] == "ssl-inspect-ca"
    with pytest.raises(OperatorError, match="no certificates"):
        certificates_detail({"certificates": []}, {})
