import pytest

from nf.config import ConfigError, load

INSIDE = """{
    security {
        zones { security-zone t { interfaces { ge-0/0/5.0; } } security-zone u { interfaces { ge-0/0/6.0; } } }
        address-book own { address web 10.5.0.80/32; attach { zone u; } }
        policies {
            from-zone t to-zone u {
                policy p { match { source-address any; destination-address web; application junos-https; }
                           then { permit { application-services { ssl-proxy { profile-name shared; } } } } }
            }
            default-policy { permit-all; }
        }
    }
    interfaces { ge-0/0/5 { unit 0 { family inet { address 10.5.0.1/24; } } } ge-0/0/6 { unit 0; } }
}
"""
SHARED = "services { ssl { proxy { profile shared { root-ca box; trusted-ca all; } } } }\n"


@pytest.mark.parametrize(("word", "kind"), [("logical-systems", "logical-system"), ("tenants", "tenant")])
def test_a_logical_system_has_zones_books_and_policies_of_its_own(word: str, kind: str) -> None:
    found = load(f"{SHARED}{word} one {INSIDE}", "t")
    inner = {"logical-systems": found.logical_systems, "tenants": found.tenants}[word]["one"]
    assert (inner.name, inner.kind) == ("one", kind)
    policy, = inner.policies.policies
    assert [str(prefix) for prefix in policy.destination.prefixes] == ["10.5.0.80/32"]
    assert policy.services.ssl_proxy_profile == "shared", "global profiles may be named in it"
    assert inner.policies.default.value == "permit"
    assert set(inner.zone_map.interfaces) == {"ge-0/0/5.0", "ge-0/0/6.0"}
    assert (found.policies.policies, found.zone_map.zones) == ((), {})
    assert any(remark.statement == word for remark in found.warnings)


def test_mistakes_in_a_logical_system_have_their_line() -> None:
    with pytest.raises(ConfigError) as caught:
        load("logical-systems one " + INSIDE, "t")
    assert (caught.value.line, caught.value.word, caught.value.message) == (8, "shared", "no such SSL proxy profile")
    with pytest.raises(ConfigError, match="no such statement in 'security'"):
        load("set logical-systems one security zoness", "t")


def test_the_digest_changes_with_a_logical_system() -> None:
    text = f"{SHARED}logical-systems one {INSIDE}"
    assert load(text, "t").digest != load(text.replace("10.5.0.80", "10.5.0.81"), "t").digest


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
