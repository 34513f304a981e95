"""`security idp`: what its statements come to, and what is said of those that come to nothing."""

import pytest

from hwmodel.session import Direction
from nf.config import ConfigError, Configuration, load
from nf.policy.attacks import Content, IdpAction, Rate, Regex, Severity
from nf.policy.idp import Idp, IpAction, PacketLog, PacketStorage
from nf.policy.match import PortRange
from nf.services.idp.predefined import groups

REST = """
interfaces { ge-0/0/0 { unit 0 { family ethernet-switching; } } ge-0/0/1 { unit 0 { family ethernet-switching; } } }
security {
    address-book global { address web 203.0.113.5/32; }
    zones { security-zone trust { interfaces { ge-0/0/0.0; } } security-zone untrust { interfaces { ge-0/0/1.0; } } }
    policies { from-zone trust to-zone untrust { policy p {
        match { source-address any; destination-address any; application any; }
        then { permit { application-services { SERVICE } } } } } }
}
"""
POLICY = """
    idp-policy P { rulebase-ips { rule R {
        match { MATCH attacks { custom-attacks A; } }
        then { THEN } } } }
    default-policy P;
"""
ATTACK = "custom-attack A { severity major; attack-type { signature { context http-url; pattern x; } } }"


def loaded(idp: str, service: str = "idp-policy P;") -> Configuration:
    return load(f"security {{ idp {{ {idp} }} }}" + REST.replace("SERVICE", service), "test.conf")


def built(idp: str) -> Idp:
    found = loaded(idp).services["idp"]
    assert isinstance(found, Idp)
    return found


def ruled(match: str = "", then: str = "action { no-action; }") -> Idp:
    return built(POLICY.replace("MATCH", match).replace("THEN", then) + ATTACK)


def attack(text: str, more: str = "") -> Idp:
    return built(
        POLICY.replace("MATCH", "").replace("THEN", "action { recommended; }")
        + f"custom-attack A {{ {more} attack-type {{ {text} }} }}"
    )


def signature(text: str, more: str = "") -> Idp:
    return attack(f"signature {{ {text} }}", more)


def typed(text: str) -> str:
    return f"idp-policy P; custom-attack A {{ attack-type {{ {text} }} }}"


def remarks(configuration: Configuration) -> str:
    return "\n".join(f"{remark.statement}: {remark.message}" for remark in configuration.warnings)


def test_a_rule_says_whom_it_meets_and_what_becomes_of_them() -> None:
    then = (
        "action { close-client; } ip-action { ip-block; target source-address; timeout 60; log; refresh-timeout; } "
        "notification { log-attacks { alert; } } severity critical;"
    )
    idp = ruled("from-zone trust; to-zone untrust; source-address any; destination-address web; application junos-https;", then)
    (rule,) = idp.policies["P"].rules
    assert (rule.match.from_zone, rule.match.to_zone, rule.attacks) == ("trust", "untrust", {"A"})
    assert rule.match.destination is not None
    assert rule.match.destination.names == ("web",)
    assert (rule.action, rule.severity, rule.logs, rule.alert) == (IdpAction.CLOSE_CLIENT, Severity.CRITICAL, True, True)
    assert rule.ip_action == IpAction("block", "source-address", 60, log=True, refresh=True)
    assert idp.default == "P"


@pytest.mark.parametrize(
    ("then", "action", "codepoint"),
    [(f"action {{ {action.value}; }}", action, None) for action in IdpAction if action is not IdpAction.MARK]
    + [
        ("action { mark-diffserv { codepoint 10; } }", IdpAction.MARK, 10),
        ("action { class-of-service { dscp-code-point 12; } }", IdpAction.MARK, 12),
        ("action { class-of-service { forwarding-class x; } }", IdpAction.NONE, None),
    ],
)
def test_actions(then: str, action: IdpAction, codepoint: int | None) -> None:
    (rule,) = ruled(then=then).policies["P"].rules
    assert (rule.action, rule.codepoint) == (action, codepoint)


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ('predefined-attack-groups "WEB:SQL - Critical";', groups()["WEB:SQL - Critical"]),
        ("predefined-attacks WEB:SQL:FILE;", {"WEB:SQL:FILE"}),
        ("custom-attack-groups G;", {"A", *groups()["WEB:XML"]}),
        ("dynamic-attack-groups D;", groups()["WEB:COMMAND - Critical"]),
        ("dynamic-attack-groups E;", groups()["WEB:CONTENT"]),
    ],
)
def test_groups_stand_for_attacks(named: str, expected: set[str]) -> None:
    idp = built(
        POLICY.replace("MATCH", "").replace("custom-attacks A;", named).replace("THEN", "action { no-action; }")
        + ATTACK
        + """
        custom-attack-group G { group-members [ H A ]; } custom-attack-group H { group-members WEB:XML; }
        dynamic-attack-group D { filters { severity { values critical; } category { values command; } recommended; } }
        dynamic-attack-group E { filters { direction { values server-to-client; } service { values HTTP; }
            attack-prefix { values WEB:C; } } }"""
    )
    assert idp.policies["P"].rules[0].attacks == expected


def test_a_signature() -> None:
    found = signature(
        r'context http-url-parsed; pattern "a\[bc\]\X 2f 2e \X\057."; direction client-to-server; '
        "protocol-binding { tcp { minimum-port 80 maximum-port 90; } }",
        'recommended-action drop; severity critical; attack-description "a test"; '
        "time-binding { count 3; scope peer; interval 01m-30s; }",
    ).attacks["A"]
    (member,) = found.members
    assert (member.context, member.direction) == ("http.uri", Direction.C2S)
    assert member.tests == (Regex(r"a(?i:bc)\x2f\x2e\x2f.", dotall=True),)
    assert (found.ports, found.recommended, found.severity) == ((PortRange(80, 90),), IdpAction.DROP, Severity.CRITICAL)
    assert (found.rate, found.message) == (Rate("threshold", 3, 90.0, "peer"), "a test")


def test_contents_limits_and_protocols() -> None:
    found = signature(
        "context stream256; pattern-pcre a.c; optional-parameters { min-offset 3; } protocol-binding { application SMTP; }"
    )
    first, protocol = found.attacks["A"].members
    assert first.tests == (Regex("a.c", min_offset=3, max_offset=256),)
    assert protocol.context == "protocol.smtp"
    found = signature(
        "context http-header-cookie; content { pattern abc; offset { offset-value 2; } depth { depth-value 9; } }"
    )
    assert found.attacks["A"].members[0].tests == (Content(b"abc", offset=2, depth=9),)


def test_a_chain() -> None:
    member = "member {} {{ attack-type {{ signature {{ context http-url; pattern x; }} }} }}"
    found = attack(
        'chain { scope transaction; order; reset; expression "m01 and (m02 or m03)"; '
        + " ".join(map(member.format, ("m01", "m02", "m03")))
        + " }"
    ).attacks["A"]
    assert (found.session, found.ordered, found.resets) == (False, True, True)
    assert found.expression == ("m01", "m02", "m03", "or", "and")


def test_rule_files_depth_and_exempt_rules() -> None:
    idp = built("""idp-policy P { apply-macro srxnf { rules lab.rules; } rulebase-exempt { rule E {
        match { from-zone trust; attacks { predefined-attacks WEB:SQL:FILE; } } then { notification { log-attacks; } } } } }
        apply-macro srxnf { inspection-depth 64; }""")
    policy = idp.policies["P"]
    assert (policy.rule_files, idp.depth) == (("lab.rules",), 64)
    assert (policy.exempt[0].attacks, policy.exempt[0].logs) == ({"WEB:SQL:FILE"}, True)


@pytest.mark.parametrize(
    ("idp", "said"),
    [
        (POLICY.replace("MATCH", "").replace("THEN", ""), "'A': no such custom attack here"),
        (
            POLICY.replace("MATCH", "from-zone trusd;").replace("THEN", "") + ATTACK,
            "'trusd': no such zone; did you mean 'trust'",
        ),
        (POLICY.replace("MATCH", "").replace("THEN", "action { mark-diffserv; }") + ATTACK, "expected a codepoint"),
        ("idp-policy Q;", "'P': no such IDP policy"),
        ("idp-policy P; default-policy R;", "'R': no such IDP policy"),
        ("idp-policy P; custom-attack-group G { group-members G; }", "a group cannot stand in itself"),
        ("idp-policy P; custom-attack-group G { group-members x; }", "no such attack or group here"),
        ("idp-policy P; custom-attack A { severity info; }", "attack has no attack-type"),
        (typed("signature { context http-urr; pattern x; }"), "no such context"),
        (typed("signature { context http-url; }"), "there is no pattern"),
        (typed('signature { context http-url; pattern "(a"; }'), "pcre /(a/: Missing close parenthesis"),
        (typed('signature { context http-url; pattern "(?=a)"; }'), "none of the patterns"),
        (typed("signature { context stream; pattern a; negate; }"), "a stream has no end"),
        (typed("chain { scope session; }"), "a chain needs members"),
        (
            "idp-policy P; custom-attack A { time-binding { interval soon; } attack-type { anomaly { test bomb; } } }",
            "expected an interval",
        ),
        (
            typed('chain { expression "m01 and"; member m01 { attack-type { anomaly { test bomb; } } } }'),
            "the expression is not complete",
        ),
        (
            typed('chain { expression "m02"; member m01 { attack-type { anomaly { test bomb; } } } }'),
            "'m02' where a member is expected, members are m01",
        ),
    ],
)
def test_mistakes_are_told(idp: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(idp)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("idp", "said"),
    [
        (typed("anomaly { service HTTP; test ODD; }"), "custom-attack A: never found: no test of this name"),
        (typed("signature { context http-url; pattern x; shellcode intel; }"), "shellcode is not looked for"),
        (typed("signature { context stream; pattern x; protocol-binding { udp; } }"), "it is bound to udp"),
        (
            typed("signature { context stream; pattern x; protocol { tcp { mss { match equal; value 3; } } } }"),
            "protocol is not looked at",
        ),
        (
            typed("signature { context stream; pattern x; protocol-binding { application DNS; } }"),
            "the protocol DNS is not looked into",
        ),
    ],
)
def test_attacks_that_are_never_found_are_told(idp: str, said: str) -> None:
    configuration = loaded(idp)
    assert said in remarks(configuration)
    assert configuration.services["idp"].attacks == {}


def test_what_has_no_effect_is_told() -> None:
    text = (
        POLICY.replace("MATCH", "").replace("THEN", "action { drop-packet; }")
        + ATTACK
        + "sensor-configuration { log { cache-size 1; } }"
    )
    said = remarks(loaded(text))
    assert "drop-packet: ends the session as drop-connection does" in said
    assert "security idp sensor-configuration" in said
    assert "application-services idp: no effect without" in remarks(load(REST.replace("SERVICE", "idp;"), "test.conf"))
    assert "it has no rules" in remarks(loaded("idp-policy P;"))


@pytest.mark.parametrize(
    ("named", "expected", "said"),
    [
        ('predefined-attack-groups "HTTP - Critical";', groups()["WEB - Critical"], "it stands for WEB - Critical here"),
        ('predefined-attack-groups "[Recommended]HTTP - All";', groups()["WEB"], "it stands for WEB here"),
        ("predefined-attacks HTTP:MISC:GENERIC-DIR-TRAVERSAL;", set(), "not shipped here: it never matches"),
        ("predefined-attacks WEB:SQL:FLIE;", set(), "did you mean WEB:SQL:FILE"),
        ("custom-attack-groups G;", {"A"}, "attack or group HTTP:X: not shipped here"),
    ],
)
def test_what_juniper_ships_is_told_to_be_missing(named: str, expected: set[str], said: str) -> None:
    rules = POLICY.replace("MATCH", "").replace("custom-attacks A;", named).replace("THEN", "action { no-action; }")
    configuration = loaded(rules + ATTACK + "custom-attack-group G { group-members [ A HTTP:X ]; }")
    assert configuration.services["idp"].policies["P"].rules[0].attacks == expected
    assert said in remarks(configuration)


LOGGED = POLICY.replace("MATCH", "").replace("THEN", "action { no-action; } notification { packet-log { KEPT } }") + ATTACK
STORED = "sensor-configuration { packet-log { local-storage { LIMITS apply-macro srxnf { directory /d; } } } }"


def test_packets_around_attacks_are_kept_where_there_is_a_place_for_them() -> None:
    found = built(LOGGED.replace("KEPT", "pre-attack 3; post-attack 10; post-attack-timeout 0;")
                  + STORED.replace("LIMITS", "max-files 7; storage-limit 5000;"))
    assert found.policies["P"].rules[0].packet_log == PacketLog(3, 10, 0)
    assert found.storage == PacketStorage("/d", 7, 5000)
    standard = built(LOGGED.replace("KEPT", "") + STORED.replace("LIMITS", ""))
    assert standard.policies["P"].rules[0].packet_log == PacketLog(1, 0, 5)
    assert standard.storage == PacketStorage("/d", 500, 104857600)
    assert "packet-log" not in remarks(loaded(LOGGED.replace("KEPT", "") + STORED.replace("LIMITS", "")))


def test_packets_without_a_place_are_remarked_on() -> None:
    without = remarks(loaded(LOGGED.replace("KEPT", "")))
    assert "packet-log: no effect without security idp sensor-configuration packet-log local-storage" in without
    nowhere = LOGGED.replace("KEPT", "") + "sensor-configuration { packet-log { local-storage; host 192.0.2.1; } }"
    said = remarks(loaded(nowhere))
    assert "no effect without apply-macro srxnf { directory PATH; } in it" in said
    assert "packet-log host" in said


def test_a_limit_is_a_number() -> None:
    with pytest.raises(ConfigError, match="expected a number of bytes"):
        loaded(LOGGED.replace("KEPT", "") + STORED.replace("LIMITS", "storage-limit much;"))
