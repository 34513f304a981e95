"""What is younger than the emulated release is a mistake with its line; the newest release knows everything."""

import pytest

from nf.config import ConfigError, load
from nf.policy.release import NEWEST, Release

PROFILE = "set services ssl proxy profile p "
FORWARD = PROFILE + "root-ca ca1\n" + PROFILE + "trusted-ca all\n"
GLOBAL = "set services ssl proxy global-config "
SYSTEM = "set logical-systems a "


@pytest.mark.parametrize(("lines", "word", "since"), [
    (FORWARD + PROFILE + "custom-ciphers tls13-with-aes-128-gcm-sha256 preferred-ciphers custom",
     "tls13-with-aes-128-gcm-sha256", "21.2"),
    (FORWARD + PROFILE + "preferred-ciphers custom custom-ciphers [ rsa-with-aes-128-cbc-sha dhe-rsa-with-aes-128-cbc-sha ]",
     "dhe-rsa-with-aes-128-cbc-sha", "20.1"),
    (FORWARD + PROFILE + "protocol-version tls12", "protocol-version", "21.2"),
    (FORWARD + PROFILE + "supported-ec-groups P-256", "supported-ec-groups", "22.1"),
    (FORWARD + PROFILE + "actions allow-strong-certificate", "allow-strong-certificate", "19.4"),
    (PROFILE + "root-ca [ a b ]\n" + PROFILE + "trusted-ca all", "b", "18.3"),
    (GLOBAL + "certificate-cache-timeout 600", "certificate-cache-timeout", "18.1"),
    (GLOBAL + "non-ssl-detection-threshold byte-threshold 100", "non-ssl-detection-threshold", "23.4"),
    (SYSTEM + "services ssl proxy profile p root-ca a\n" + SYSTEM + "services ssl proxy profile p trusted-ca all", "ssl",
     "19.1")])
def test_what_is_younger_is_a_mistake_before_and_none_from_then_on(lines: str, word: str, since: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(lines, "t", Release(15, 1))
    assert caught.value.word == word
    assert f"from release {since} on, the release here is 15.1" in caught.value.message
    assert load(lines, "t", Release.parse(since)).release == Release.parse(since)
    load(lines, "t")


def test_sessions_were_cached_for_an_hour_at_most() -> None:
    lines = GLOBAL + "session-cache-timeout 3601"
    with pytest.raises(ConfigError, match=r"'3601': out of range, 300\.\.3600 is expected in release 20\.4"):
        load(lines, "t", Release(20, 4))
    assert load(lines, "t", Release(21, 1)).ssl_global.session_cache_timeout == 3601


def test_the_release_is_part_of_what_a_configuration_means() -> None:
    old, new = load(FORWARD, "t", Release(15, 1)), load(FORWARD, "t")
    assert (old.release, new.release) == (Release(15, 1), NEWEST)
    assert old.digest != new.digest
    assert load(FORWARD, "t", NEWEST).digest == new.digest
