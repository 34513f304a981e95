import pytest

from nf.config import ConfigError, load
from nf.policy.profile import (
    CrlActions,
    GlobalConfig,
    InitiationProfile,
    MirrorDecryptTraffic,
    NonSslThreshold,
    SslProxyProfile,
)
from nf.policy.release import Release

PROFILE = "set services ssl proxy profile p "
FORWARD = PROFILE + "root-ca ca1\n" + PROFILE + "trusted-ca all\n"


def profile(lines: str) -> SslProxyProfile:
    return load(lines, "t").ssl_profiles["p"]


def test_what_is_not_stated() -> None:
    found = profile(FORWARD)
    assert found == SslProxyProfile("p", root_ca=("ca1",), trusted_ca=("all",))
    assert (found.protocol_version, found.preferred_ciphers, found.renegotiation) == (None, None, "allow-secure")
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


def test_reverse_proxy() -> None:
    assert profile(PROFILE + "server-certificate [ b a ]").server_certificate == ("b", "a")


def test_what_the_text_may_say_beyond_that() -> None:
    actions = PROFILE + "actions "
    found = profile(FORWARD + PROFILE + "preferred-ciphers custom supported-ec-groups P-384 enable-flow-tracing\n"
                    + PROFILE + "custom-ciphers [ tls13-with-aes-256-gcm-sha384 rsa-with-aes-128-cbc-sha ]\n"
                    + PROFILE + "whitelist-url-categories [ Enhanced_Gambling own ]\n"
                    + PROFILE + "mirror-decrypt-traffic interface ge-0/0/5.0 destination-mac-address 02:00:5e:10:00:01\n"
                    + PROFILE + "mirror-decrypt-traffic only-after-security-policies-enforcement\n"
                    + actions + "crl if-not-present drop ignore-hold-instruction-code\n"
                    + actions + "unsupported-cipher-on-hw software-inspection allow-strong-certificate\n"
                    + PROFILE + "disable-deferred-profile-selection")
    assert found == SslProxyProfile(
        "p", ("ca1",), trusted_ca=("all",), preferred_ciphers="custom", supported_ec_groups="P-384", enable_flow_tracing=True,
        custom_ciphers=("tls13-with-aes-256-gcm-sha384", "rsa-with-aes-128-cbc-sha"),
        whitelist_url_categories=("Enhanced_Gambling", "own"),
        mirror=MirrorDecryptTraffic("ge-0/0/5.0", "02:00:5e:10:00:01", only_after_security_policies_enforcement=True),
        crl=CrlActions(if_not_present="drop", ignore_hold_instruction_code=True),
        unsupported_cipher_on_hw="software-inspection", allow_strong_certificate=True,
        disable_deferred_profile_selection=True)
    assert profile(FORWARD + actions + "crl disable").crl == CrlActions(disable=True)


def test_global_settings() -> None:
    place = "set services ssl proxy global-config "
    found = load(place + "session-cache-timeout 86400 disable-cert-cache certificate-cache-timeout 900\n" + place
                 + "invalidate-cache-on-crl-update cache-usage-enforcement-threshold 80 disable-deferred-profile-selection",
                 "t").ssl_global
    assert found == GlobalConfig(86400, disable_cert_cache=True, certificate_cache_timeout=900,
                                 invalidate_cache_on_crl_update=True, cache_usage_enforcement_threshold=80,
                                 disable_deferred_profile_selection=True)
    assert load("", "t").ssl_global == GlobalConfig()


def test_initiation_profiles() -> None:
    place = "set services ssl initiation profile out "
    found = load(place + "trusted-ca all client-certificate box actions ignore-server-auth-failure", "t").initiation_profiles
    assert found == {"out": InitiationProfile("out", ("all",), "box", ignore_server_auth_failure=True)}
    with pytest.raises(ConfigError, match="'lab': no such CA profile"):
        load(place + "trusted-ca lab", "t")


def test_default_profile() -> None:
    default = "set security ngfw default-profile ssl-proxy profile-name "
    assert load(FORWARD + default + "p", "t").default_ssl_profile == "p"
    with pytest.raises(ConfigError, match="'q': no such SSL proxy profile"):
        load(FORWARD + default + "q", "t")


def test_a_url_category_that_nobody_knows_is_remarked() -> None:
    lines = FORWARD + PROFILE + "whitelist-url-categories nowhere"
    assert "profile p whitelist-url-categories nowhere" in {remark.statement for remark in load(lines, "t").warnings}
    predefined = lines.replace("nowhere", "Enhanced_Gambling")
    said, = load(predefined, "t").warnings
    assert said.message.startswith("nothing is exempt by it: which sites a predefined URL category has is not known here")
    own = "set security utm custom-objects "
    lists = f"{own}url-pattern bets value bets.test\n{own}custom-url-category Enhanced_Gambling value bets\n"
    assert not load(lists + predefined, "t").warnings


def test_non_ssl_threshold() -> None:
    lines = "set services ssl proxy global-config non-ssl-detection-threshold byte-threshold 600"
    assert load(lines, "t").non_ssl_threshold == NonSslThreshold(5, 600)


def test_without_trusted_ca_is_remarked() -> None:
    assert "no server certificate" in load(PROFILE + "root-ca a", "t").warnings[0].message


@pytest.mark.parametrize(("macro", "drops"), [("", False), ("host-mismatch log", False), ("host-mismatch drop", True)])
def test_requests_for_other_hosts_may_be_dropped(macro: str, drops: bool) -> None:
    lines = f"{PROFILE}apply-macro srxnf {macro}" if macro else ""
    assert load(f"{FORWARD}{lines}", "t").ssl_profiles["p"].drops_other_hosts is drops


@pytest.mark.parametrize(("release", "renegotiation"), [(Release(15, 1), "drop"), (Release(24, 4), "allow-secure")])
def test_the_oldest_releases_drop_renegotiation(release: Release, renegotiation: str) -> None:
    found = load(FORWARD, "t", release).ssl_profiles["p"]
    assert (found.release, found.renegotiation) == (release, renegotiation)


@pytest.mark.parametrize(("lines", "line", "word", "said"), [
    (PROFILE + "trusted-ca all", 1, "p", "profile has neither root-ca nor server-certificate"),
    (FORWARD + PROFILE + "server-certificate web", 3, "p", "profile has root-ca and server-certificate"),
    (FORWARD + PROFILE + "trusted-ca lab", 2, "all", "trusted-ca takes 'all' or names, not both"),
    (PROFILE + "root-ca a\n" + PROFILE + "trusted-ca lab", 2, "lab", "no such CA profile"),
    (FORWARD + PROFILE + "whitelist bank", 3, "bank", "no such address in the global address book"),
    (FORWARD + PROFILE + "whitelist bank\nset security zones security-zone t address-book address bank 10.0.0.0/8",
     3, "bank", "no such address in the global address book (it is in a book of zone t)"),
    (FORWARD + PROFILE + "custom-ciphers [ rsa-with-rc4-128-md5 rsa-with-rc5 ]", 3, "rsa-with-rc5", "not a value of custom-c"),
    (FORWARD + PROFILE + "root-ca [ b c ]", 3, "c", "'root-ca' takes 2 values at most"),
    (FORWARD + PROFILE + "actions crl if-not-present deny", 3, "deny", "not a value of if-not-present, expected allow | drop"),
    ("set services ssl proxy global-config certificate-cache-timeout 3601", 1, "3601", "out of range, 300..3600"),
    ("set services ssl proxy global-config non-ssl-detection-threshold byte-threshold 601", 1, "601", "out of range")])
def test_mistakes(lines: str, line: int, word: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(lines, "t")
    assert (caught.value.line, caught.value.word) == (line, word)
    assert caught.value.message.startswith(said)
