"""How services are bounded: in bytes, in time, in what a bug in one costs; who is asked, who waits, who is read for."""

from dataclasses import dataclass, field

from hwmodel.session import Direction
from nf.inspection.inspection import Inspection
from nf.inspection.panel import PATIENCE
from nf.log.records import CloseReason, Route
from nf.services import HOLD, IGNORE, PERMIT, Block, Fault, Opinion, Piece, Replacement, Service, Tally, Verdict
from nf.services.asking import Answer, Ask, Peer
from nf.services.tally import Durations
from tests.services.attachments import VOLUME

C2S, S2C = Direction.C2S, Direction.S2C
CLAMD = Peer("unix", "/run/clamd")


@dataclass(eq=False)
class Says(Service):
    """Answers as it is told to, piece by piece, and remembers what it was asked."""

    opinions: list[Opinion | Exception]
    fallback: Opinion = field(default_factory=lambda: Opinion(Verdict.BLOCK, block=Block("fallback")))
    answered: Opinion = IGNORE
    seen: list[object] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tally = Tally()

    def inspect(self, piece: Piece) -> Opinion:
        self.seen.append(piece.data)
        opinion = self.opinions.pop(0) if self.opinions else PERMIT
        if isinstance(opinion, Exception):
            raise opinion
        return opinion

    def answer(self, answer: Answer) -> Opinion:
        self.seen.append(answer)
        return self.answered

    def fall_back(self, fault: Fault) -> Opinion:
        self.seen.append(fault)
        return self.fallback


def test_who_has_seen_enough_in_one_direction_lets_the_other_go() -> None:
    inspection = Inspection((Says([HOLD, IGNORE]),))
    assert inspection.receive(C2S, b"a").data == ()
    assert inspection.receive(S2C, b"b").data == ((C2S, b"a"), (S2C, b"b"))


class Late(Says):
    rank = 60


def test_a_bug_takes_the_fallback_and_detaches_a_service_that_lets_pass() -> None:
    blocks, lets = Says([ValueError("bug")]), Says([ValueError("bug")], fallback=PERMIT)
    assert Inspection((blocks,)).receive(C2S, b"a").block == Block("fallback")
    inspection = Inspection((lets,))
    passage = inspection.receive(C2S, b"a")
    assert passage.data == ((C2S, b"a"),)
    assert "ValueError: bug" in passage.mishaps[0]
    assert inspection.done
    assert lets.tally.faults == {"CRASH": 1}


def test_a_fallback_that_fails_or_cannot_decide_blocks() -> None:
    class Hopeless(Says):
        def fall_back(self, fault: Fault) -> Opinion:
            raise ZeroDivisionError

    assert Inspection((Hopeless([ValueError()]),)).receive(C2S, b"a").block == Block(Fault.CRASH.value)
    assert Inspection((Says([ValueError()], fallback=HOLD),)).receive(C2S, b"a").block == Block(Fault.CRASH.value)


def test_the_first_that_blocks_is_the_reason_and_the_others_are_not_asked() -> None:
    first, second = Says([Opinion(Verdict.BLOCK, block=Block("first"))]), Late([])
    assert Inspection((first, second)).receive(C2S, b"a").block == Block("first")
    assert second.seen == []


def test_too_much_is_held_for_one() -> None:
    one = Says([HOLD, HOLD], fallback=IGNORE)
    one.most_held = 3
    inspection = Inspection((one,))
    assert inspection.receive(C2S, b"abc").data == ()
    assert inspection.receive(C2S, b"d").data == ((C2S, b"abcd"),)
    assert one.seen[-1] is Fault.TOO_MUCH


def test_what_is_let_go_of_is_not_too_much_however_much_comes_at_a_time() -> None:
    one = Says([Opinion(Verdict.HOLD, upto={C2S: 4}), Opinion(Verdict.HOLD, upto={C2S: 8})])
    one.most_held = 3
    inspection = Inspection((one,))
    assert inspection.receive(C2S, b"abcdef").data == ((C2S, b"abcd"),)
    assert inspection.receive(C2S, b"ghij").data == ((C2S, b"efgh"),)


def test_patience_ends() -> None:
    one = Says([HOLD, Opinion(Verdict.HOLD, patience=2.0)], fallback=IGNORE)
    inspection = Inspection((one,))
    assert inspection.receive(C2S, b"a", 10.0).wake == PATIENCE
    assert inspection.receive(C2S, b"b", 11.0).wake == 2.0
    assert inspection.wake(12.0).data == ()
    assert inspection.wake(13.0).data == ((C2S, b"ab"),)
    assert one.seen[-1] is Fault.TIMEOUT


def test_data_pass_up_to_the_lowest_offset() -> None:
    one = Says([Opinion(Verdict.HOLD, upto={C2S: 4})])
    two = Late([Opinion(Verdict.HOLD, upto={C2S: 2}), PERMIT])
    inspection = Inspection((one, two))
    assert inspection.receive(C2S, b"abcdef").data == ((C2S, b"ab"),)
    assert inspection.receive(S2C, b"other way").data == ((S2C, b"other way"),)
    assert inspection.receive(C2S, b"g").data == ((C2S, b"cdefg"),)


def test_an_engine_is_asked_and_its_answer_lets_go_both_ways() -> None:
    ask = Ask(1, CLAMD, b"?")
    one = Says([Opinion(Verdict.HOLD, asks=(ask,)), HOLD], answered=PERMIT)
    inspection = Inspection((Late([]), one))
    assert inspection.receive(C2S, b"a").asks == ((1, ask),)
    inspection.receive(S2C, b"b")
    passage = inspection.answer(1, Answer(1, b"OK", now=1.0))
    assert dict(passage.data) == {C2S: b"a", S2C: b"b"}
    assert (one.tally.asks, one.tally.holds) == (1, 1)


def test_who_is_detached_does_not_hear_answers() -> None:
    one = Says([Opinion(Verdict.IGNORE, asks=(Ask(1, CLAMD),))])
    inspection = Inspection((one,))
    inspection.receive(C2S, b"a")
    assert inspection.answer(0, Answer(1, b"late")).data == ()
    assert one.seen == [b"a"]


def test_a_pause_lasts_until_its_services_next_opinion() -> None:
    one = Says([Opinion(Verdict.HOLD, pause=(C2S,))], answered=IGNORE)
    inspection = Inspection((one,))
    assert inspection.receive(C2S, b"a").pause == {C2S}
    assert inspection.answer(0, Answer(1, b"OK")).pause == frozenset()


def test_an_end_waits_for_what_is_held() -> None:
    one = Says([HOLD, HOLD], answered=IGNORE)
    inspection = Inspection((one,))
    inspection.receive(S2C, b"half")
    assert inspection.end(S2C, 1.0).finished == ()
    passage = inspection.answer(0, Answer(1, b"OK"))
    assert (passage.data, passage.finished) == (((S2C, b"half"),), (S2C,))


def test_an_end_passes_at_once_where_nothing_is_held() -> None:
    assert Inspection((Says([]),)).end(C2S, 1.0).finished == (C2S,)


def test_what_is_replaced_must_be_held() -> None:
    replaced = Opinion(Verdict.PERMIT, replaced=(Replacement(C2S, 0, 1, b"X"),))
    inspection = Inspection((Says([HOLD, replaced]),))
    inspection.receive(C2S, b"ab")
    assert inspection.receive(C2S, b"c").data == ((C2S, b"Xbc"),)
    too_late = Inspection((Says([PERMIT, replaced]),))
    too_late.receive(C2S, b"ab")
    passage = too_late.receive(C2S, b"c")
    assert passage.block == Block(Fault.CRASH.value)
    assert "not held back" in passage.mishaps[0]


def test_other_wishes_are_passed_on() -> None:
    wish = Opinion(Verdict.PERMIT, route=Route(instance="backup"), dscp=46)
    inspection = Inspection((Says([wish]),))
    passage = inspection.receive(C2S, b"a")
    assert (passage.way, passage.dscp, inspection.application.route.instance) == ("backup", 46, "backup")


def test_how_long_engines_take_and_bytes_are_held() -> None:
    one = Says([Opinion(Verdict.HOLD, asks=(Ask(1, CLAMD, b"a"),)), Opinion(Verdict.HOLD, asks=(Ask(1, CLAMD, b"b"),))],
               answered=PERMIT)
    inspection = Inspection((one,))
    inspection.receive(C2S, b"a", 10.0)
    inspection.receive(C2S, b"b", 11.0)
    inspection.answer(0, Answer(1, b"OK", now=11.25))
    assert one.tally.answered == Durations(1, 0.25, {"256": 1})
    assert one.tally.held == Durations(1, 1.25, {"2048": 1})
    inspection.answer(0, Answer(1, b"more", now=20.0))
    assert one.tally.answered.count == 1


def test_what_is_still_held_at_the_end_counts() -> None:
    one = Says([HOLD, HOLD])
    inspection = Inspection((one,))
    inspection.receive(C2S, b"a", 1.0)
    inspection.receive(C2S, b"b", 3.0)
    inspection.finish(CloseReason.FIN, VOLUME)
    assert one.tally.held == Durations(1, 2.0, {"2048": 1})


def test_a_sessions_services_say_what_they_do_and_count_for_their_worker_in_the_end() -> None:
    one, two, three = Says([HOLD]), Says([IGNORE]), Late([Opinion(Verdict.BLOCK)])
    totals = {service: Tally() for service in (one, two, three)}
    for service, total in totals.items():
        service.total = total
    inspection = Inspection((one, two, three))
    inspection.receive(C2S, b"abc")
    assert [(told["state"], told["bytes"]) for told in inspection.standing()] == [
        ("holds", 3), ("has seen enough", 3), ("blocked", 3)]
    inspection.finish(CloseReason.FIN, VOLUME)
    assert [(total.bytes, total.holds, total.blocks) for total in totals.values()] == [(3, 1, 0), (3, 0, 0), (3, 0, 1)]
