"""Packets around attacks: which are kept, as what, and that a file holds no more."""

from collections.abc import Sequence
from struct import unpack_from

from hwmodel.session import Direction
from nf.policy.attacks import Attack, Content, IdpAction, Member
from nf.policy.idp import Idp, IdpPolicy, PacketLog, PacketStorage
from nf.services import Capture, Opinion
from tests.services.attachments import field
from tests.services.idp.traffic import detection, down, records, request, response, rule, session, show, up

BAD = Attack("BAD", (Member("http.uri", (Content(b"bad"),), name="m01"),))
HEAD = 14 + 20 + 20  # Ethernet, IPv4, TCP


def asking(packets: PacketLog, action: IdpAction = IdpAction.NONE) -> Idp:
    policy = IdpPolicy("P", (rule({"BAD"}, action, packet_log=packets),))
    return Idp({"P": policy}, "P", {"BAD": BAD}, PacketStorage("/d", 10, 1 << 20))


def seen(idp: Idp, stream: Sequence[tuple[Direction, bytes]]) -> list[Opinion]:
    return show(session(detection(idp), idp), stream)


def captured(opinions: Sequence[Opinion]) -> list[Capture]:
    return [capture for opinion in opinions for capture in opinion.captures]


def packets(captures: Sequence[Capture]) -> list[tuple[int, bytes]]:
    """Sequence numbers and data of the packets."""
    data, at, found = b"".join(capture.blocks for capture in captures), 0, []
    while at < len(data):
        kind, length = unpack_from("<II", data, at)
        if kind == 6:
            frame = data[at + 28:at + 28 + unpack_from("<I", data, at + 20)[0]]
            found.append((unpack_from("!I", frame, 38)[0], frame[HEAD:]))
        at += length
    return found


FIRST, ATTACK, LAST = request("/1"), request("/bad"), request("/3")
ANSWER = response(b"1")
STREAM = [*up(FIRST), *down(ANSWER), *up(ATTACK), *down(ANSWER), *up(LAST), *down(ANSWER)]


def test_as_many_as_a_rule_wants_before_and_after() -> None:
    kept = captured(seen(asking(PacketLog(1, 2)), STREAM))
    here, there = 1 + len(FIRST), 1 + len(ANSWER)
    assert packets(kept) == [(1, ANSWER), (here, ATTACK), (there, ANSWER), (here + len(ATTACK), LAST)]
    assert [capture.begins for capture in kept] == [True, False, False]
    assert len({capture.name for capture in kept}) == 1


def test_by_default_the_one_before_and_none_after() -> None:
    assert [data for _, data in packets(captured(seen(asking(PacketLog()), STREAM)))] == [ANSWER, ATTACK]


def test_an_attack_ends_the_session_and_its_packets_are_kept_all_the_same() -> None:
    opinions = seen(asking(PacketLog(255), IdpAction.DROP), STREAM)
    assert [data for _, data in packets(captured(opinions))] == [FIRST, ANSWER, ATTACK]
    (record,) = records(opinions)
    assert captured(opinions)[0].name == f"idp-1700000000-{field(record, 'packet-log-id')}.pcapng"


def test_long_pieces_are_packets_of_an_ethernet() -> None:
    long = request("/1", x_long="x" * 4000)
    kept = packets(captured(seen(asking(PacketLog(2, 1)), up(long + ATTACK + LAST * 60))))
    assert [len(data) for _, data in kept] == [1460] * 4
    assert b"/bad" in kept[2][1]
    assert [number for number, _ in kept] == [kept[0][0] + 1460 * place for place in range(4)]


def test_two_attacks_in_one_packet_are_kept_once() -> None:
    kept = packets(captured(seen(asking(PacketLog(3)), up(ATTACK * 2) + up(ATTACK))))
    assert [data for _, data in kept] == [ATTACK * 2, ATTACK]


def test_what_comes_too_late_is_not_kept() -> None:
    idp = asking(PacketLog(1, 9, 5))
    attached = session(detection(idp), idp)
    assert captured(show(attached, up(ATTACK), now=1.0))
    assert captured(show(attached, up(FIRST), now=6.0))
    assert not captured(show(attached, up(FIRST), now=6.1))


def test_without_a_place_for_them_nothing_is_kept() -> None:
    idp = asking(PacketLog())
    opinions = seen(Idp(idp.policies, "P", idp.attacks), STREAM)
    assert not captured(opinions)
    assert field(records(opinions)[0], "packet-log-id") == "0"
