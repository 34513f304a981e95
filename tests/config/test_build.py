import pytest

from nf.config import ConfigError, load


def test_every_mistake_of_meaning_in_one_run() -> None:
    text = """set security zones security-zone t interfaces ge-0/0/0.0
set security zones security-zone u interfaces ge-0/0/0.0
set services ssl proxy profile none trusted-ca lab
set services ssl proxy profile both root-ca a server-certificate b trusted-ca all
set security policies from-zone t to-zone w policy p match source-address any
set security policies global policy g match source-address web destination-address any application http
set security policies global policy g then permit application-services ssl-proxy profile-name nine
set security ngfw default-profile ssl-proxy profile-name boht
set security address-book global address-set a address-set b
set security address-book global address-set b address-set a
set security utm custom-objects custom-url-category c value x
"""
    with pytest.raises(ConfigError) as caught:
        load(text, "t")
    found = {(error.line, error.word) for error in (caught.value, *caught.value.others)}
    assert found >= {(2, "ge-0/0/0.0"), (3, "none"), (3, "lab"), (4, "both"), (5, "w"), (6, "web"), (6, "http"), (7, "nine"),
                     (8, "boht"), (11, "x")}
    assert found & {(9, "b"), (10, "a")}, "the sets that contain each other"
