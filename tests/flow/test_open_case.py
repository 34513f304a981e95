"""Sessions whose policy waits for their application: played through the SSL proxy's own machine."""

import gc
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from weakref import ref

import pytest
from msgspec import structs

from hwmodel.session import Direction
from nf.flow.entry import Refusal, SessionEntry
from nf.flow.first_path import FirstPath
from nf.log.records import CloseReason
from nf.policy.appfw import ApplicationFirewall, BlockMessage
from nf.policy.policies import Action, ApplicationServices, Policy, PolicyTable
from nf.policy.profile import SslProxyProfile
from nf.policy.systems import LogicalSystem, Systems
from nf.policy.url_categories import UrlCategory
from nf.policy.zones import Interface, ZoneMap
from nf.services import Engaged, load
from nf.sslproxy import commands as do
from nf.sslproxy import events as on
from nf.sslproxy.reasons import Reason
from nf.sslproxy.session import SslProxySession
from tests.services.attachments import FLOW, POLICY, TRUST, UNTRUST, VOLUME
from tests.sslproxy.playbook import ACCEPTED, AGREED, CHAIN, SMTP
from tests.tls.hello_bytes import extension, hello, host_name, record, vector

IN, OUT = Interface("ge-0/0/0.0"), Interface("ge-0/0/1.0")
PROFILES = {name: SslProxyProfile(name) for name in ("a", "b", "standard")}
BANKS = {"banks": UrlCategory("banks", patterns=("*.bank.test",))}
FACEBOOK, HTTP, SSL = "junos:FACEBOOK-ACCESS", "junos:HTTP", "junos:SSL"


def policy(name: str, *applications: str, profile: str = "", action: Action = Action.PERMIT,
           categories: tuple[str, ...] = (), log: bool = True) -> Policy:
    services = ApplicationServices(ssl_proxy=True, ssl_proxy_profile=profile) if profile else ApplicationServices()
    return replace(POLICY, name=name, dynamic_applications=applications, url_categories=categories, services=services,
                   action=action, log_init=log, log_close=log)


NO_SOCIAL = policy("no-social", FACEBOOK, action=Action.DENY)
WEB, TLS = policy("web", HTTP, profile="a"), policy("tls", SSL, profile="b")
REST, FILES = policy("rest", action=Action.DENY), policy("files", "junos:FTP", profile="a")


class Play:
    """A session from its first packet on; what it logs and how it ends."""

    def __init__(self, *policies: Policy, default_profile: str | None = None, default: Action = Action.DENY,
                 pre_id: bool = False, at_once: bool = False, services: Mapping[str, object] = MappingProxyType({})) -> None:
        system = LogicalSystem(
            zone_map=ZoneMap({"trust": TRUST, "untrust": UNTRUST}), url_categories=BANKS, ssl_profiles=PROFILES,
            policies=PolicyTable(policies, default, pre_id, pre_id), default_ssl_profile=default_profile,
            services=services)
        path = FirstPath(Systems((system,)), (Engaged("apptrack", load("apptrack")),), profile_at_once=at_once)
        entry = path.admit(1, FLOW, IN, OUT)
        assert isinstance(entry, SessionEntry)
        self.entry = entry
        self.machine = SslProxySession(entry.plan, entry.inspection)
        self.commands = self.machine.receive(on.Opened())
        self.logs = [*entry.created(), *self._logged()]

    def _logged(self):
        return [command.record for command in self.commands if isinstance(command, do.Log)]

    def tell(self, event: on.Event) -> "Play":
        self.commands = self.machine.receive(event)
        self.logs += self._logged()
        return self

    def hello(self, name: bytes) -> "Play":
        return self.tell(on.Peeked(record(hello(extension(0, vector(2, host_name(name)))))))

    def decrypt(self) -> "Play":
        for event in (on.ServerConnected(), on.InitiationDone(CHAIN, AGREED), on.Judged(ACCEPTED), on.TerminationDone(AGREED)):
            self.tell(event)
        return self

    def client(self, data: bytes) -> "Play":
        return self.tell(on.Plaintext(Direction.C2S, data))

    @property
    def dropped(self) -> Reason | None:
        return next((command.reason for command in self.commands if isinstance(command, do.Drop)), None)

    @property
    def delivered(self) -> bytes:
        return b"".join(command.data for command in self.commands if isinstance(command, do.Deliver))

    @property
    def profile(self) -> str | None:
        return None if self.machine.plan.profile is None else self.machine.plan.profile.name

    def messages(self) -> list[tuple[str, str]]:
        return [(record.name, dict(record.fields).get("policy-name", "")) for record in self.logs]


GET = b"GET / HTTP/1.1\r\nHost: %s\r\n\r\n"


def test_until_it_is_known_the_session_is_under_the_policy_before_identification() -> None:
    play = Play(NO_SOCIAL, WEB, REST, pre_id=True)
    assert (play.entry.is_open, play.entry.facts.policy_name) == (True, "pre-id-default-policy")
    assert play.messages() == [("RT_FLOW_SESSION_CREATE", "pre-id-default-policy")]
    closed, = play.entry.closed(CloseReason.FIN, VOLUME)
    assert dict(closed.fields)["policy-name"] == "pre-id-default-policy"


def test_a_name_in_the_hello_may_decide() -> None:
    play = Play(NO_SOCIAL, WEB, REST).hello(b"www.facebook.com")
    assert (play.dropped, play.entry.is_open) == (Reason.DENIED, False)
    assert play.messages() == [("RT_FLOW_SESSION_DENY", "no-social")]
    assert play.entry.closed(CloseReason.APPLICATION, VOLUME) == ()


def test_the_request_decides_where_the_hello_did_not() -> None:
    play = Play(NO_SOCIAL, WEB, REST).hello(b"www.example.test")
    assert (play.profile, play.entry.is_open, play.messages()) == ("a", True, [])
    play.decrypt().client(GET % b"www.example.test")
    assert play.entry.policy is WEB
    assert play.messages() == [("RT_FLOW_SESSION_CREATE", "web"), ("APPTRACK_SESSION_CREATE", "web")]
    assert play.delivered == GET % b"www.example.test"


def test_a_request_for_another_server_than_the_hello_named_is_denied_unsent() -> None:
    play = Play(NO_SOCIAL, WEB, REST).hello(b"www.example.test").decrypt().client(GET % b"www.facebook.com")
    assert (play.dropped, play.delivered) == (Reason.DENIED, b"")
    assert play.messages() == [("RT_FLOW_SESSION_DENY", "no-social")]


def test_bytes_are_held_until_they_tell() -> None:
    play = Play(NO_SOCIAL, WEB, REST).hello(b"www.example.test").decrypt()
    request = GET % b"www.example.test"
    for piece in (request[:4], request[4:20], request[20:39]):
        assert (play.client(piece).delivered, play.dropped) == (b"", None)
    assert play.client(request[39:]).delivered == request


def test_a_servers_greeting_may_tell_the_application() -> None:
    mail = policy("mail", "junos:SMTP", profile="a")
    play = Play(NO_SOCIAL, mail, REST).hello(b"mail.example.test").decrypt()
    assert play.tell(on.Plaintext(Direction.S2C, b"220 a ESMTP\r\n")).delivered == b"220 a ESMTP\r\n"
    assert (play.entry.policy, play.dropped) == (mail, None)


def test_a_greeting_that_does_not_tell_goes_on_and_the_clients_answer_decides() -> None:
    for answer, policy_, dropped in ((b"EHLO a\r\n", REST, Reason.DENIED), (b"USER joe\r\n", FILES, None)):
        play = Play(NO_SOCIAL, FILES, REST).hello(b"mail.example.test").decrypt()
        assert play.tell(on.Plaintext(Direction.S2C, b"220 hello\r\n")).delivered == b"220 hello\r\n"
        assert play.entry.is_open
        assert (play.client(answer).dropped, play.entry.policy) == (dropped, policy_)


def test_a_later_request_for_what_is_denied_ends_the_session() -> None:
    play = Play(NO_SOCIAL, WEB, REST).hello(b"www.example.test").decrypt().client(GET % b"www.example.test")
    assert play.client(GET % b"www.shop.test").dropped is None
    assert play.client(GET % b"www.facebook.com").dropped is Reason.DENIED
    assert play.delivered == b""
    assert play.entry.policy is NO_SOCIAL


def test_what_was_decided_in_the_clear_stands_after_starttls() -> None:
    mail = policy("mail", "junos:SMTP", profile="b")
    play = Play(NO_SOCIAL, mail, REST).tell(on.TimedOut(on.Timer.SILENCE)).tell(on.ServerConnected()).tell(on.ServerSpoke())
    for direction, data in SMTP:
        play.tell(on.Plaintext(direction, data))
    before = play.messages()
    play.hello(b"www.facebook.com")
    assert (play.entry.policy, play.profile, play.dropped, play.messages()) == (mail, "b", None, before)


@pytest.mark.parametrize(("data", "decided", "dropped"), [
    (GET % b"www.example.test", "web", None), (GET % b"www.facebook.com", "no-social", Reason.DENIED),
    (b"SSH-2.0-x\r\n", "rest", Reason.DENIED)])
def test_sessions_without_tls(data: bytes, decided: str, dropped: Reason | None) -> None:
    play = Play(NO_SOCIAL, WEB, REST).tell(on.Peeked(data)).tell(on.ServerConnected()).client(data)
    assert (play.entry.policy.name, play.dropped) == (decided, dropped)


def test_where_no_candidate_decrypts_the_hello_is_looked_at_on_its_way() -> None:
    quiet = (NO_SOCIAL, policy("tls", SSL), REST)
    for name, decided, dropped in ((b"a.test", "tls", None), (b"facebook.com", "no-social", Reason.DENIED)):
        sent = record(hello(extension(0, vector(2, host_name(name)))))
        play = Play(*quiet).tell(on.ServerConnected()).client(sent)
        assert (play.entry.policy.name, play.dropped) == (decided, dropped)


def test_policies_that_disagree_on_the_profile_take_the_default_one() -> None:
    play = Play(NO_SOCIAL, WEB, TLS, REST, default_profile="standard").hello(b"a.test")
    assert (play.profile, play.entry.default_profile) == ("standard", "hit")
    play.decrypt().client(GET % b"a.test")
    assert (play.entry.policy, play.profile) == (WEB, "standard")


def test_without_a_default_profile_the_session_is_dropped_and_that_is_logged() -> None:
    play = Play(NO_SOCIAL, WEB, TLS, REST).hello(b"a.test")
    assert (play.dropped, play.entry.default_profile) == (Reason.NO_DEFAULT_PROFILE, "none")
    assert [(record.name, dict(record.fields)["profile-name"]) for record in play.logs] == [
        ("SSL_PROXY_SSL_SESSION_DROP", "N/A")]


@pytest.mark.parametrize("by_profile", [False, True])
def test_profiles_may_be_chosen_before_the_name_is_known(by_profile: bool) -> None:
    """With the name the second policy would be the only one left that decrypts."""
    banks = policy("banks", SSL, categories=("banks",), profile="b")
    late = Play(banks, TLS, REST, policy("never", HTTP, profile="a")).hello(b"www.bank.test")
    assert late.profile == "b"
    profiles = {**PROFILES, "b": replace(PROFILES["b"], disable_deferred_profile_selection=True)} if by_profile else PROFILES
    table = (policy("games", HTTP, profile="a"), TLS, REST)
    system = LogicalSystem(zone_map=ZoneMap({"trust": TRUST, "untrust": UNTRUST}), ssl_profiles=profiles,
                           policies=PolicyTable(table), default_ssl_profile="standard")
    path = FirstPath(Systems((system,)), (), profile_at_once=not by_profile)
    entry = path.admit(1, FLOW, IN, OUT)
    assert isinstance(entry, SessionEntry)
    assert entry.plan.decided("a.test").profile == PROFILES["standard"]


def test_a_url_category_decides_by_the_servers_name() -> None:
    banks = policy("banks", categories=("banks",))
    play = Play(banks, TLS, REST).hello(b"www.bank.test")
    assert (play.entry.policy, play.machine.plan.bypass) == (banks, Reason.NO_PROFILE)
    assert Play(banks, TLS, REST).hello(b"www.shop.test").decrypt().client(b"\n\xff\xff\xff").entry.policy is TLS


@pytest.mark.parametrize(("default", "dropped"), [(Action.PERMIT, None), (Action.DENY, Reason.DENIED)])
def test_where_none_fits_the_default_decides(default: Action, dropped: Reason | None) -> None:
    play = Play(NO_SOCIAL, WEB, default=default).tell(on.Peeked(b"\n\xff\xff")).tell(on.ServerConnected()).client(b"\n\xff\xff")
    assert (play.entry.facts.policy_name, play.dropped) == ("default-policy", dropped)
    assert play.messages()[:1] in ([], [("APPTRACK_SESSION_CREATE", "default-policy")])


def test_a_session_that_ends_before_it_told_anything() -> None:
    play = Play(NO_SOCIAL, WEB, REST).hello(b"a.test").decrypt().tell(on.Ended(CloseReason.FIN, VOLUME))
    assert play.entry.is_open
    assert play.messages() == []


@pytest.mark.parametrize("data", [b"", b"\n\xff\xff", GET % b"www.facebook.com"])
def test_a_session_that_is_over_is_freed_at_once(data: bytes) -> None:
    play = Play(NO_SOCIAL, WEB, REST).hello(b"a.test").decrypt()
    if data:
        play.client(data)
    entry, inspection = ref(play.entry), ref(play.entry.inspection)
    gc.disable()
    try:
        del play
        assert (entry(), inspection()) == (None, None)
    finally:
        gc.enable()


REJECTING = policy("reject", action=Action.REJECT, profile="a")


def test_a_policy_rejects_within_tls() -> None:
    for first in (REJECTING, replace(REJECTING, dynamic_applications=(SSL,))):
        play = Play(first).hello(b"a.test")
        assert play.dropped is None
        assert play.decrypt().dropped is Reason.REJECTED
        assert play.messages() == [("RT_FLOW_SESSION_DENY", "reject")]
    late = Play(NO_SOCIAL, REJECTING).hello(b"a.test").decrypt()
    assert late.dropped is None
    assert late.client(GET % b"a.test").dropped is Reason.DENIED


def test_what_is_rejected_does_not_pass_without_tls_either() -> None:
    play = Play(REJECTING).tell(on.Peeked(b"GET /")).tell(on.ServerConnected()).client(GET % b"a.test")
    assert (play.dropped, play.delivered) == (Reason.REJECTED, b"")
    assert play.messages() == [("RT_FLOW_SESSION_DENY", "reject")]
    spoken = Play(REJECTING).tell(on.TimedOut(on.Timer.SILENCE)).tell(on.ServerConnected()).tell(on.ServerSpoke())
    assert spoken.tell(on.Plaintext(Direction.S2C, b"220\r\n")).delivered == b""


def test_rejecting_without_a_profile_or_without_tcp_needs_no_session() -> None:
    system = LogicalSystem(zone_map=ZoneMap({"trust": TRUST, "untrust": UNTRUST}), ssl_profiles=PROFILES,
                           policies=PolicyTable((REJECTING,)))
    path = FirstPath(Systems((system,)), ())
    assert isinstance(path.admit(1, structs.replace(FLOW, proto=17), IN, OUT), Refusal)
    plain = FirstPath(Systems((replace(system, policies=PolicyTable((policy("r", action=Action.REJECT),))),)), ())
    assert isinstance(plain.admit(1, FLOW, IN, OUT), Refusal)


def test_a_policy_that_tells_why_it_rejects_takes_the_request_first() -> None:
    tells = replace(policy("tells", FACEBOOK, action=Action.REJECT), message_profile="why")
    services = {"appfw": ApplicationFirewall(profiles={"why": BlockMessage("not here")})}
    play = Play(tells, WEB, REST, default_profile="standard", services=services).hello(b"www.facebook.com")
    assert (play.dropped, play.profile) == (None, "standard")
    play.decrypt().client(GET % b"www.facebook.com")
    drop, = (command for command in play.commands if isinstance(command, do.Drop))
    assert (drop.reason, b"not here" in drop.page) == (Reason.DENIED, True)
    assert Play(tells, WEB, REST, services=services).hello(b"www.facebook.com").dropped is Reason.DENIED, "nothing decrypts"
