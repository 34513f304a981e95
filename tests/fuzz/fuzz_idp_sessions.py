"""Sessions of any bytes: whatever is found is found in any cut, and nothing makes the search fail."""

from hwmodel.session import Direction
from nf.services.idp.predefined import predefined
from tests.services.idp.samples import SAMPLES
from tests.services.idp.traffic import Stream, by_rules, configured, detection, names, rule, session, show

RULES = """
alert tcp any any -> any any (content:"GET"; content:"HTTP"; distance:3; within:200; content:!"zz"; within:9; sid:1;)
alert http any any -> any any (http.request_body; content:"a"; content:!"b"; sid:2;)
alert http any any -> any any (flow:to_client; file_data; pcre:"/x.*y/s"; content:"z"; distance:0; sid:3;)
"""
SERVICES = (by_rules(RULES), (detection(everything := configured(rule(predefined()))), everything))


def one_input(data: bytes) -> None:
    """The first byte says where to cut, and whether the server's part is what follows the middle."""
    step, rest = data[:1], data[1:]
    middle = len(rest) if step and step[0] & 1 else len(rest) // 2
    whole: Stream = [part for part in ((Direction.C2S, rest[:middle]), (Direction.S2C, rest[middle:])) if part[1]]
    width = (step[0] >> 1) + 1 if step else 1
    parts = [(way, part[at:at + width]) for way, part in whole for at in range(0, len(part), width)]
    for service, idp in SERVICES:
        assert names(show(session(service, idp), parts)) == names(show(session(service, idp), whole))


def seeds() -> list[bytes]:
    """What the attacks are looked for in."""
    return [bytes((3,)) + b"".join(data for _, data in hits[0]) for hits, _ in list(SAMPLES.values())[::6]]
