import pytest

from nf.config import ConfigError, load
from nf.policy.pki import CaProfile, CrlCheck, OcspCheck, RevocationCheck

PROFILE = "set security pki ca-profile lab "


def test_names_of_profiles_and_groups() -> None:
    found = load(PROFILE + "ca-identity lab.example\nset security pki ca-profile-group roots", "t").ca_profiles
    assert found == {"lab": CaProfile("lab", "lab.example"), "roots": CaProfile("roots")}


def test_revocation_by_crl() -> None:
    check = PROFILE + "revocation-check "
    found = load(f"{check}use-crl\n{check}crl url http://a.example/x.crl\n{check}crl url http://b.example/x.crl\n"
                 f"{check}crl refresh-interval 24 disable on-download-failure", "t").ca_profiles["lab"].revocation
    assert found == RevocationCheck("use-crl", CrlCheck(("http://a.example/x.crl", "http://b.example/x.crl"), 24, True))


def test_revocation_by_ocsp() -> None:
    check = PROFILE + "revocation-check "
    found = load(f"{check}use-ocsp\n{check}ocsp url http://o.example nonce-payload disable accept-unknown-status\n"
                 f"{check}ocsp connection-failure fallback-crl", "t").ca_profiles["lab"].revocation
    assert found == RevocationCheck("use-ocsp", ocsp=OcspCheck(
        ("http://o.example",), nonce_payload=False, accept_unknown_status=True, connection_failure="fallback-crl"))
    assert load(check + "disable", "t").ca_profiles["lab"].revocation == RevocationCheck("disable")


@pytest.mark.parametrize(("words", "word"), [
    ("revocation-check crl refresh-interval 8785", "8785"), ("revocation-check use-clr", "use-clr"),
    ("revocation-check ocsp nonce-payload maybe", "maybe"), ("ca-identty x", "ca-identty")])
def test_mistakes(words: str, word: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(PROFILE + words, "t")
    assert caught.value.word == word
