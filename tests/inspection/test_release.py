"""What nobody wants passes unseen; what comes behind it is seen again."""

from hwmodel.session import Direction
from nf.inspection.inspection import Inspection
from nf.inspection.release import WORTHWHILE
from nf.protocols.items import Body, Request, Response
from nf.services import PERMIT, Block, Opinion, Page, Piece, Service, Verdict

C2S, S2C = Direction.C2S, Direction.S2C
GET = b"GET /%d HTTP/1.1\r\nHost: a.test\r\n\r\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"
LONG = 4 * WORTHWHILE


class Heads(Service):
    """Looks at heads alone, and refuses what is asked for as /9."""

    reads = True

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.pieces: list[tuple[int, int]] = []
        self.bodies = False

    def indifferent(self, direction: Direction) -> bool:
        return direction is S2C

    def inspect(self, piece: Piece) -> Opinion:
        if piece.direction is S2C:
            self.pieces.append((piece.start, len(piece.data)))
        for item in piece.items:
            assert not isinstance(item, Body)
            if isinstance(item, Request):
                self.seen.append(item.target)
                if item.target == "/9":
                    return Opinion(Verdict.BLOCK, block=Block("nine", Page(item.exchange, "no")))
            elif isinstance(item, Response):
                self.seen.append(str(item.status))
        return PERMIT


def test_a_long_content_is_skipped_and_the_next_message_read() -> None:
    service = Heads()
    inspection = Inspection((service,))
    inspection.receive(C2S, GET % 1)
    head = HEAD % LONG
    skipped = inspection.receive(S2C, head + b"x" * 100).skip
    assert skipped is not None
    direction, count = skipped
    assert (direction, LONG - 100 - count) in {(S2C, 0), (S2C, 1)}
    rest = LONG - 100 - count
    inspection.receive(C2S, GET % 2)
    passage = inspection.receive(S2C, b"x" * rest + HEAD % 2 + b"ok")
    assert passage.skip is None
    assert service.seen == ["/1", "200", "/2", "200"]
    assert service.pieces[-1] == (len(head) + LONG - rest, rest + len(HEAD % 2) + 2)


def test_no_page_is_written_into_what_passes_unseen() -> None:
    for skipping in (False, True):
        inspection = Inspection((Heads(),))
        inspection.receive(C2S, GET % 1)
        inspection.receive(S2C, HEAD % (LONG if skipping else 2) + b"ok")
        assert bool(inspection.receive(C2S, GET % 9).page) is not skipping


def test_short_ones_are_shown() -> None:
    inspection = Inspection((Heads(),))
    inspection.receive(C2S, GET % 1)
    assert inspection.receive(S2C, HEAD % (WORTHWHILE // 2) + b"x").skip is None


def test_one_without_a_known_end_is_followed_to_it() -> None:
    service = Heads()
    inspection = Inspection((service,))
    inspection.receive(C2S, GET % 1 + GET % 2)
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nx"
    skipped = inspection.receive(S2C, head).skip
    assert skipped is not None
    direction, follow = skipped
    assert direction is S2C
    assert not isinstance(follow, int)
    more = b"xxxx\r\n5\r\nxxxxx"
    assert follow(more) == len(more)
    last = b"\r\n0\r\n\r\n" + HEAD % 2 + b"ok"
    assert follow(last) == 0
    inspection.receive(S2C, last)
    assert service.seen == ["/1", "/2", "200", "200"]
    assert service.pieces[-1] == (len(head + more), len(last))
