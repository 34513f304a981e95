import pytest

from nf.config import ConfigError, load
from nf.policy.pki import CaProfile
from nf.policy.profile import AppTracking, NonSslThreshold, SslProxyProfile

PROFILE = "set services ssl proxy profile p "
FORWARD = PROFILE + "root-ca ca1\n" + PROFILE + "trusted-ca all\n"


def profile(lines: str) -> SslProxyProfile:
    return load(lines, "t").ssl_profiles["p"]


def test_defaults_are_those_of_the_grammar() -> None:
    found = profile(FORWARD)
    assert found == SslProxyProfile("p", root_ca=("ca1",), trusted_ca=("all",))
    assert (found.protocol_version, found.preferred_ciphers, found.renegotiation) == ("all", "medium", "allow-secure")
    assert not found.logs("errors")


def test_every_statement_of_a_profile() -> None:
    found = profile(FORWARD + PROFILE + "protocol-version tls12-and-lower preferred-ciphers strong whitelist bank\n"
                    "set security address-book global address bank 198.51.100.0/24\n"
                    + PROFILE + "actions ignore-server-auth-failure disable-session-resumption renegotiation drop\n"
                    + PROFILE + "actions log errors sessions-dropped")
    assert found.ignore_server_auth_failure
    assert found.disable_session_resumption
    assert (found.protocol_version, found.preferred_ciphers) == ("tls12-and-lower", "strong")
    assert found.renegotiation == "drop"
    assert str(found.whitelist.prefixes[0]) == "198.51.100.0/24"
    assert found.logs("errors")
    assert not found.logs("info")


def test_reverse_proxy_and_ca_profiles() -> None:
    found = load(PROFILE + "server-certificate [ b a ]\nset security pki ca-profile lab ca-identity lab.example\n"
                 "set security pki ca-profile-group roots", "t")
    assert found.ssl_profiles["p"].server_certificate == ("b", "a")
    assert found.ca_profiles == {"lab": CaProfile("lab", "lab.example"), "roots": CaProfile("roots")}


def test_application_tracking_writes_what_is_asked_for_by_name() -> None:
    tracking = "set security application-tracking "
    assert load("", "t").app_tracking == AppTracking()
    assert load(tracking + "log-session-create", "t").app_tracking == AppTracking(log_session_close=False)
    assert load(tracking + "log-session-close", "t").app_tracking == AppTracking(log_session_create=False)
    both = tracking + "log-session-close log-session-create disable"
    assert load(both, "t").app_tracking == AppTracking(disable=True)


def test_non_ssl_threshold() -> None:
    lines = "set services ssl proxy global-config non-ssl-detection-threshold byte-threshold 600"
    assert load(lines, "t").non_ssl_threshold == NonSslThreshold(5, 600)


def test_weak_settings_are_remarked() -> None:
    lines = FORWARD + PROFILE + "preferred-ciphers weak protocol-version ssl3 actions ignore-server-auth-failure"
    assert [remark.statement for remark in load(lines, "t").warnings] == [
        "profile p actions ignore-server-auth-failure", "profile p preferred-ciphers weak",
        "profile p protocol-version ssl3"]
    assert "no server certificate" in load(PROFILE + "root-ca a", "t").warnings[0].message


def test_a_setting_without_effect_is_remarked_with_its_place() -> None:
    remark, = load(FORWARD + PROFILE + "actions crl if-not-present drop", "t").warnings
    assert (remark.statement, remark.line) == ("services ssl proxy profile actions crl", 3)


@pytest.mark.parametrize(("lines", "line", "word", "said"), [
    (PROFILE + "trusted-ca all", 1, "p", "profile has neither root-ca nor server-certificate"),
    (FORWARD + PROFILE + "server-certificate web", 3, "p", "profile has root-ca and server-certificate"),
    (FORWARD + PROFILE + "trusted-ca lab", 2, "all", "trusted-ca takes 'all' or names, not both"),
    (PROFILE + "root-ca a\n" + PROFILE + "trusted-ca lab", 2, "lab", "no such CA profile"),
    (FORWARD + PROFILE + "whitelist bank", 3, "bank", "no such address in the global address book"),
    (FORWARD + PROFILE + "whitelist bank\nset security zones security-zone t address-book address bank 10.0.0.0/8",
     3, "bank", "no such address in the global address book (it is in a book of zone t)"),
    ("set services ssl proxy global-config non-ssl-detection-threshold byte-threshold 601", 1, "601", "out of range")])
def test_mistakes(lines: str, line: int, word: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(lines, "t")
    assert (caught.value.line, caught.value.word) == (line, word)
    assert caught.value.message.startswith(said)
