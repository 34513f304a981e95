import base64

import pytest

from nf.config import ConfigError, Configuration, load
from nf.policy.icap import FallbackOption, IcapProfile, IcapServer

GLOBAL = "set security policies global policy g "
ELSEWHERE = f"""{GLOBAL}match source-address any destination-address any application any
{GLOBAL}then permit application-services icap-redirect PP"""
PROFILE = "set services icap-redirect profile P "
LAB = f"""set security zones security-zone t interfaces ge-0/0/0.0
set security policies from-zone t to-zone t policy p match source-address any destination-address any application any
set security policies from-zone t to-zone t policy p then permit application-services icap-redirect P
set services ssl initiation profile tls trusted-ca lab
set services ssl initiation profile tls client-certificate me
set services ssl initiation profile lax actions ignore-server-auth-failure
set security pki ca-profile lab ca-identity lab
{PROFILE}server S host 198.51.100.9
{PROFILE}server S reqmod-uri echo
{PROFILE}http redirect-request
"""


def lab(lines: str = "") -> Configuration:
    return load(LAB + lines, "t")


def profile(lines: str = "") -> IcapProfile:
    found: IcapProfile = lab(lines).services["icap"].profiles["P"]
    return found


def test_the_defaults_are_those_of_the_grammar() -> None:
    server = IcapServer("S", "198.51.100.9", 1344, "echo", sockets=8)
    assert profile() == IcapProfile("P", (server,), redirect_request=True, fallback=FallbackOption(), timeout=0.5)
    assert FallbackOption() == FallbackOption("permit", "permit", "permit")


def test_all_that_can_be_said_of_a_profile() -> None:
    found = profile(f"""{PROFILE}http redirect-response
{PROFILE}timeout 1200
{PROFILE}fallback-option timeout block
{PROFILE}fallback-option connectivity log-permit
{PROFILE}fallback-option default-action block
{PROFILE}server S port 1345
{PROFILE}server S respmod-uri virus
{PROFILE}server S sockets 16
{PROFILE}server S tls-profile tls
{PROFILE}server S authorization authorization-type Basic
{PROFILE}server S authorization credentials ascii me:secret
{PROFILE}server T host icap.example.test
{PROFILE}server T respmod-uri virus
{PROFILE}server T tls-profile lax
""")
    assert found.servers[0] == IcapServer(
        "S", "198.51.100.9", 1345, "echo", "virus", 16, "Basic " + base64.b64encode(b"me:secret").decode(), tls=True,
        trusted=("lab",), certificate="me")
    assert (found.servers[1].tls, found.servers[1].verify) == (True, False)
    assert found.fallback == FallbackOption("block", "log-permit", "block")
    assert found.timeout == 1.2
    assert [server.name for server in found.serving("REQMOD")] == ["S"]
    assert [server.name for server in found.serving("RESPMOD")] == ["S", "T"]


def test_credentials_in_base64_go_as_they_are() -> None:
    assert profile(f"{PROFILE}server S authorization credentials base64 bWU6cw==").servers[0].authorization == "Basic bWU6cw=="


@pytest.mark.parametrize(("lines", "word", "message"), [
    (f"{PROFILE}server T reqmod-uri x", "T", "server has no host"),
    (f"{PROFILE}server T host 192.0.2.1", "T", "server has neither reqmod-uri nor respmod-uri"),
    (f"{PROFILE}server S tls-profile tsl", "tsl", "no such SSL initiation profile"),
    (f"{PROFILE}server S authorization authorization-type digest", "digest", "no such type of authorization"),
    (f"{PROFILE}server S authorization credentials base64 me:secret", "me:secret", "not in base64"),
    ("set services icap-redirect profile Q http redirect-request", "Q", "profile has no server"),
    (ELSEWHERE, "PP",
     "policy g names an ICAP redirect profile that is not there")])
def test_mistakes_name_their_word(lines: str, word: str, message: str) -> None:
    with pytest.raises(ConfigError) as raised:
        lab(lines)
    found = {(one.word, one.message) for one in (raised.value, *raised.value.others)}
    assert (word, message) in found


@pytest.mark.parametrize(("lines", "statement"), [
    (f"{PROFILE}http redirect-response", "profile P http redirect-response"),
    (f"{PROFILE}server S routing-instance ri-name x", "services icap-redirect profile server routing-instance"),
    ("set services icap-redirect traceoptions flag all", "services icap-redirect traceoptions"),
    (f"deactivate {PROFILE.removeprefix('set ')}http", "services icap-redirect profile P")])
def test_what_acts_not_is_remarked(lines: str, statement: str) -> None:
    assert statement in {remark.statement for remark in lab(lines).warnings}


def test_nothing_else_is_remarked() -> None:
    about_icap = [remark for remark in lab().warnings if "icap" in f"{remark.statement} {remark.message}".lower()]
    assert not about_icap


def test_a_logical_system_has_its_own_beside_those_of_the_box() -> None:
    own = "set logical-systems L services icap-redirect profile P "
    text = f"{LAB}{own}server S host 192.0.2.7\n{own}server S reqmod-uri mine\n{own}http redirect-request"
    system = load(text, "t").logical_systems["L"]
    assert system.services["icap"].profiles["P"].servers[0].host == "192.0.2.7"
