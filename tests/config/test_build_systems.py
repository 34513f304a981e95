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
    assert not [remark for remark in found.warnings if "no effect" in remark.message]
    of_unit = found.systems.of("ge-0/0/5.0")
    assert (of_unit, found.systems.of("ge-0/0/9.0")) == (inner, found.systems.root)


def test_mistakes_in_a_logical_system_have_their_line() -> None:
    with pytest.raises(ConfigError) as caught:
        load("logical-systems one " + INSIDE, "t")
    message = "logical-system one: no such SSL proxy profile"
    assert (caught.value.line, caught.value.word, caught.value.message) == (8, "shared", message)
    with pytest.raises(ConfigError, match="no such statement in 'security'"):
        load("set logical-systems one security zoness", "t")


def test_the_digest_changes_with_a_logical_system() -> None:
    text = f"{SHARED}logical-systems one {INSIDE}"
    assert load(text, "t").digest != load(text.replace("10.5.0.80", "10.5.0.81"), "t").digest


def wrong(text: str) -> set[tuple[int, str, str]]:
    with pytest.raises(ConfigError) as caught:
        load(text, "t")
    return {(error.line, error.word, error.message) for error in (caught.value, *caught.value.others)}


def test_an_interface_is_in_one_system() -> None:
    assert wrong("""set logical-systems a security zones security-zone t interfaces ge-0/0/1.0
set logical-systems b interfaces ge-0/0/1 unit 0
set security zones security-zone t interfaces ge-0/0/1.0
set interfaces ge-0/0/2 unit 0
set logical-systems b interfaces ge-0/0/2 unit 0
""") == {(2, "ge-0/0/1", "logical-system b: interface ge-0/0/1.0 is already in a"),
         (3, "ge-0/0/1.0", "interface ge-0/0/1.0 is already in a"),
         (5, "ge-0/0/2", "logical-system b: ge-0/0/2.0 is configured under interfaces of the box itself too")}


def test_a_tenant_takes_units_of_the_box() -> None:
    found = load("""set interfaces ge-0/0/1 unit 0 family inet address 10.1.0.1/24
set interfaces ge-0/0/2 unit 0 family inet address 10.2.0.1/24
set tenants one interfaces ge-0/0/1.0
set tenants one security zones security-zone t interfaces ge-0/0/1.0
set security zones security-zone t interfaces ge-0/0/2.0
""", "t")
    assert list(found.tenants["one"].zone_map.interfaces) == ["ge-0/0/1.0"]
    assert list(found.zone_map.interfaces) == ["ge-0/0/2.0"]
    assert found.tenants["one"].zone_map.interfaces["ge-0/0/1.0"].addresses


def test_profiles_of_a_logical_system_are_told_apart_by_their_key() -> None:
    own = "services { ssl { proxy { profile shared { root-ca own; trusted-ca all; } } } }"
    found = load(f"{SHARED}logical-systems one {INSIDE.rstrip()[:-1]} {own} }}\n", "t")
    assert found.ssl_profiles["shared"].root_ca == ("box",)
    assert found.logical_systems["one"].ssl_profiles["shared"].root_ca == ("own",)
    assert set(found.systems.profiles_in_use) == {"one:shared"}


def test_tenants_have_no_ssl_services() -> None:
    assert wrong("set tenants one services ssl proxy profile p root-ca x trusted-ca all") == {
        (1, "ssl", "tenant one: tenants have no 'services ssl', their policies name the profiles of the box")}


def test_names_are_there_once() -> None:
    assert wrong("set logical-systems one security zones security-zone t\nset tenants one security zones security-zone t") == {
        (2, "one", "another logical system or tenant has this name")}


def test_settings_of_its_own_and_of_the_box() -> None:
    found = load("""set security application-tracking log-session-close
set logical-systems a security zones security-zone t interfaces ge-0/0/1.0
set logical-systems b security application-tracking first-update
set logical-systems b security log mode stream
set logical-systems b system host-name inner
set logical-systems b services ssl proxy global-config non-ssl-detection-threshold packet-threshold 9
""", "t")
    tracking = {name: system.app_tracking for name, system in found.logical_systems.items()}
    assert tracking["a"] == found.app_tracking
    assert (tracking["b"].log_session_create, tracking["b"].first_update) == (True, True)
    unheeded = {remark.statement for remark in found.warnings if "no effect" in remark.message}
    assert unheeded >= {"logical-systems security log", "logical-systems system",
                        "logical-systems services ssl proxy global-config"}


def test_remarks_name_their_system() -> None:
    found = load(f"{SHARED}logical-systems one {INSIDE}", "t")
    assert [remark.statement for remark in found.warnings if "no service is interested" in remark.message] == [
        "logical-system one policy p then permit application-services ssl-proxy"]
