"""Rule files: each rule is taken, and then it can be looked for, or it is refused with its line; nothing else comes of it."""

from hwmodel.session import Direction
from nf.services.idp.rule_file import rule_file
from tests.services.idp.traffic import configured, detection, request, session, show, up

RULES = b"""# comment
alert http any any -> $HOME_NET [80,443,8000:8080] (msg:"a \\"b\\""; flow:established,to_server; http.uri; \\
  content:"/x|0d 0a|"; nocase; fast_pattern; content:!"y"; distance:1; within:5; \\
  pcre:"/a(b|c)+d/Ri"; isdataat:!5,relative; classtype:x; sid:1; rev:2;)
drop tcp [10.0.0.0/8,!10.1.1.1] any <> any any (content:"abc"; offset:2; depth:9; flowbits:set,a|b; \\
  threshold:type limit, track by_src, count 1, seconds 60; sid:2;)
reject http any any -> any any (app-layer-event:smuggling; bsize:1<>9; file_data; content:"q"; endswith; sid:3;)
"""


def one_input(data: bytes) -> None:
    file = rule_file(data.decode("utf-8", "replace"), "f")
    assert all(line.startswith("f:") and line.endswith("the rule is left out") for line in file.refused)
    if file.attacks and b"{" not in data:  # a large bound takes hyperscan its time
        idp = configured(*file.rules, attacks=file.attacks.values())
        show(session(detection(idp), idp), [*up(request("/xabc")), (Direction.S2C, b"HTTP/1.1 200 OK\r\n\r\nabcd")])


def seeds() -> list[bytes]:
    """Rules with most of the language's words."""
    return [RULES, *RULES.splitlines(keepends=True), b"", b'alert tcp any any -> any any (content:"a"; sid:1;)']
