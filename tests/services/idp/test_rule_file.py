"""The language of rule files: what its words mean, and that none is passed over."""

import pytest

from hwmodel.session import Direction
from nf.policy.attacks import Content, IdpAction, Severity
from nf.services.idp.rule_file import rule_file
from tests.services.idp.traffic import Stream, down, found, request, response, up

HEAD = "alert tcp any any -> any any"


def hits(options: str, stream: Stream, head: str = HEAD) -> bool:
    return bool(found(f'{head} (msg:"x"; {options} sid:7;)', stream))


@pytest.mark.parametrize(
    ("options", "data", "expected"),
    [
        ('content:"abc";', b"..abc", True),
        ('content:"ABC";', b"abc", False),
        ('content:"ABC"; nocase;', b"abc", True),
        ('content:"|61 62|c";', b"abc", True),
        ('content:"a\\"b\\;c";', b'a"b;c', True),
        ('content:"a\\|b";', b"a|b", False),
        ('content:"abc"; offset:2;', b"abc", False),
        ('content:"abc"; offset:2;', b"..abc", True),
        ('content:"abc"; depth:4;', b".abc", True),
        ('content:"abc"; depth:4;', b"..abc", False),
        ('content:"abc"; startswith;', b"abcd", True),
        ('content:"abc"; startswith;', b".abc", False),
        ('content:"a"; content:"b"; distance:1;', b"ab", False),
        ('content:"a"; content:"b"; distance:1;', b"a.b", True),
        ('content:"a"; content:"b"; within:2;', b"a.b", True),
        ('content:"a"; content:"b"; within:2;', b"a..b", False),
        ('content:"a"; content:"b"; distance:-2; within:1;', b"ba", True),
        ('content:"a"; content:"c"; distance:0; content:"b"; within:1;', b"a..cx.cb", True),
        ('content:"a"; content:!"b"; within:2;', b"a..b", True),
        ('content:"a"; content:!"b"; within:2;', b"a.bb", False),
        ('content:"a"; content:!"b"; within:2;', b"a", False),
        ('content:"a"; isdataat:3,relative;', b"a...", True),
        ('content:"a"; isdataat:3,relative;', b"a..", False),
        ('pcre:"/a.c/";', b"abc", True),
        ('pcre:"/A.C/i";', b"abc", True),
        ('pcre:"/a.c/s";', b"a\nc", True),
        ('pcre:"/a.c/";', b"a\nc", False),
        ('pcre:"/a b/x";', b"ab", True),
        ('pcre:"/b/A";', b"ab", False),
        ('content:"a"; pcre:"/^b/R";', b"xab", True),
        ('content:"a"; pcre:"/^b/R";', b"xacb", False),
        ('content:"a"; fast_pattern; content:"longer";', b"longer a", True),
        ('content:"fast"; fast_pattern:only;', b"a fast one", True),
    ],
)
def test_contents_and_expressions(options: str, data: bytes, expected: bool) -> None:
    assert hits(options, up(data)) is expected


@pytest.mark.parametrize(
    ("options", "target", "expected"),
    [
        ('http.uri; content:"/a b";', "/a%20b", True),
        ('http.uri.raw; content:"/a%20b";', "/a%20b", True),
        ('http.uri; content:"/etc"; endswith;', "/x/./../etc", True),
        ('content:"x=1"; http_uri;', "/?x=1", True),
        ('uricontent:"x=1";', "/?x=1", True),
        ("http.uri; bsize:2;", "/a", True),
        ("urilen:>5;", "/abc", False),
        ("urilen:3<>5;", "/abc", True),
        ('http.method; content:"GET"; http.uri; content:"/a";', "/a", True),
        ('http.method; content:"POST"; http.uri; content:"/a";', "/a", False),
        ('http.host; content:"www.example.test";', "/", True),
        ('http.header; content:"Host: www.example.test|0d 0a|";', "/", True),
        ('http.uri; content:!"b";', "/a", True),
        ('http.uri; content:!"b";', "/b", False),
        ('http.header_names; content:"|0d 0a|Host|0d 0a|";', "/", True),
        ('http.cookie; content:!"b";', "/a", False),
        ('pcre:"/^\\/a$/U";', "/a", True),
        ('http.protocol; content:"HTTP/1.1";', "/", True),
        ('http.request_line; content:"GET /a HTTP/1.1";', "/a", True),
    ],
)
def test_parts_of_requests(options: str, target: str, expected: bool) -> None:
    assert hits(f"flow:established,to_server; {options}", up(request(target)), "alert http any any -> any any") is expected


def test_bodies_headers_and_status_of_answers() -> None:
    stream = [*up(request()), *down(response(b"<b>hello</b>", "404 Not Found", Server="Test/1"))]
    for options in (
        'file_data; content:"hello";',
        'http.response_body; content:"hello";',
        'http.stat_code; content:"404";',
        'http.stat_msg; content:"Not Found";',
        'http.server; content:"Test/1";',
        'content:"404"; http_stat_code;',
    ):
        assert hits(f"flow:to_client; {options}", stream)
        assert not hits(f"flow:to_server; {options}", stream)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("alert tcp 192.0.2.0/24 any -> any 443", True),
        ("alert tcp !192.0.2.0/24 any -> any any", False),
        ("alert tcp any any -> [203.0.113.5,10.0.0.0/8] [80,440:450]", True),
        ("alert tcp any any -> any ![443,80]", False),
        ("alert tcp $EXTERNAL_NET any -> $HOME_NET $HTTP_PORTS", True),
        ("alert tcp 203.0.113.5 443 -> any any", False),
        ("alert tcp 203.0.113.5 443 <> 192.0.2.10 any", True),
        ("alert tcp any any -> any !443", False),
        ("alert http any any -> any any", False),
        ("alert tcp [!192.0.2.10,192.0.2.0/24] any -> any any", False),
    ],
)
def test_ends_and_protocols(head: str, expected: bool) -> None:
    assert hits('content:"abc";', up(b"abc"), head) is expected


def test_a_protocol_without_buffers_of_its_own_must_be_spoken() -> None:
    assert hits('content:"abc";', up(request("/abc")), "alert http any any -> any any")


def test_marks_join_rules() -> None:
    text = """
    alert http any any -> any any (flow:to_server; http.uri; content:"/login"; flowbits:set,tried; flowbits:noalert; sid:1;)
    alert http any any -> any any (flow:to_client; http.stat_code; content:"500"; flowbits:isset,tried; sid:2;)
    """
    error = down(response(b"", "500 Oops"))
    assert found(text, [*up(request("/login")), *error]) == ["SID:2"]
    assert found(text, [*up(request("/other")), *error]) == []


@pytest.mark.parametrize(
    ("rate", "told"),
    [
        ("threshold:type limit, track by_src, count 2, seconds 60", 2),
        ("threshold:type threshold, track by_src, count 2, seconds 60", 2),
        ("threshold:type both, track by_src, count 3, seconds 60", 1),
        ("detection_filter:track by_src, count 3, seconds 60", 2),
    ],
)
def test_rates(rate: str, told: int) -> None:
    rule = f'alert http any any -> any any (flow:to_server; http.uri; content:"/a"; {rate}; sid:1;)'
    assert len(found(rule, up(*[request("/a")] * 5))) == told


def test_actions_priorities_and_texts() -> None:
    text = "\n".join(
        f'{word} tcp any any -> any any (msg:"a\\"b"; content:"x"; priority:1; classtype:web; sid:{number};)'
        for number, word in enumerate(("pass", "alert", "drop", "reject", "rejectsrc", "rejectdst"))
    )
    file = rule_file(text, "f")
    assert [rule.action for rule in file.rules] == [
        IdpAction.IGNORE,
        IdpAction.NONE,
        IdpAction.DROP,
        IdpAction.CLOSE,
        IdpAction.CLOSE_CLIENT,
        IdpAction.CLOSE_SERVER,
    ]
    attack = file.attacks["SID:1"]
    assert (attack.message, attack.severity, attack.category) == ('a"b', Severity.CRITICAL, "web")


def test_a_rule_that_passes_comes_first_and_ends_the_search() -> None:
    assert found(
        'alert tcp any any -> any any (content:"a"; sid:1;)\npass tcp any any -> any any (content:"ab"; sid:2;)', up(b"ab")
    ) == ["SID:1"]
    assert (
        found(
            'alert tcp any any -> any any (content:"ab"; sid:1;)\npass tcp any any -> any any (content:"ab"; sid:2;)', up(b"ab")
        )
        == []
    )


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (f'{HEAD} (content:"a"; byte_test:1,>,2,0; sid:1;)', "f:2: sid 1: 'byte_test': this keyword is not supported"),
        (f'{HEAD} (content:"a"; dsize:>5; sid:1;)', "'dsize': this keyword is not supported"),
        (f'{HEAD} (content:"a"; pcre:"/(a)\\1/"; sid:1;)', "Back-references are unsupported"),
        (f'{HEAD} (content:"a"; pcre:"/(?=a)b/"; sid:1;)', "Zero-width assertions are not supported"),
        (f'{HEAD} (content:"abc"; depth:2; sid:1;)', "content b'abc'"),
        (f'{HEAD} (content:"a"; depth:size; sid:1;)', "expected a number"),
        (f'{HEAD} (content:"a"; content:!"b"; sid:1;)', "a stream has no end"),
        (f'{HEAD} (content:"a"; endswith; sid:1;)', "'endswith': a stream has no end"),
        (f"{HEAD} (nocase; sid:1;)", "stands behind a content"),
        (f'{HEAD} (content:"|6|"; sid:1;)', "hexadecimal"),
        (f'{HEAD} (content:"a";)', "the rule has none"),
        (f'{HEAD} (msg:"x"; sid:1;)', "looks for nothing"),
        (f'{HEAD} (content:"a"; flow:no_stream; sid:1;)', "'flow:no_stream'"),
        ('alert udp any any -> any 53 (content:"a"; sid:1;)', "'udp': this protocol is not looked into here"),
        ('warn tcp any any -> any any (content:"a"; sid:1;)', "'warn': no such action"),
        ('alert tcp any any any any (content:"a"; sid:1;)', "expected ACTION PROTOCOL"),
        ('alert tcp any any -> any any content:"a";', "expected ACTION PROTOCOL"),
        ('alert tcp any 99999x -> any any (content:"a"; sid:1;)', "expected a port"),
        (f'{HEAD} (content:"a"; threshold:count 3; sid:1;)', "expected [type"),
        (f'{HEAD} (content:"a"; flowbits:isset; sid:1;)', "flowbits"),
        (f'{HEAD} (content:"a"; app-layer-event:x.y; sid:1;)', "no such"),
    ],
)
def test_what_is_not_understood_is_named_and_left_out(rule: str, said: str) -> None:
    file = rule_file(f'# a comment\n{rule}\n{HEAD} (content:"good"; sid:2;)\n', "f")
    assert list(file.attacks) == ["SID:2"]
    assert len(file.refused) == 1
    assert said in file.refused[0]
    assert file.refused[0].startswith("f:2:")
    assert file.refused[0].endswith("; the rule is left out")


def test_lines_are_joined_variables_named_and_numbers_unique() -> None:
    file = rule_file(f'alert tcp $A any -> [$B,!$C] $P (content:"a"; \\\n  sid:1;)\n{HEAD} (content:"b"; sid:1;)', "f")
    assert file.variables == {"A", "B", "C", "P"}
    assert file.refused == ("f:3: sid 1: 'sid': another rule of the file has this number; the rule is left out",)
    assert file.attacks["SID:1"].members[0].tests == (Content(b"a"),)
    assert (
        rule_file(f'{HEAD} (flow:to_client; content:"a"; sid:1;)', "f").attacks["SID:1"].members[0].direction is Direction.S2C
    )
