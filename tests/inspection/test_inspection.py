"""The joint verdict: what passes, what is held and for whom, what ends the session, what is learnt and logged."""

from hypothesis import given
from hypothesis import strategies as st

from hwmodel.session import Direction
from nf.inspection.inspection import Inspection
from nf.inspection.panel import PATIENCE
from nf.inspection.passage import Passage
from nf.inspection.ruling import Ruling
from nf.log.apptrack_records import apptrack_close, apptrack_create
from nf.log.records import ApplicationFacts, CloseReason
from nf.policy.unified import Known
from nf.services import IGNORE, PERMIT, Block, Opinion, Piece, Verdict
from tests.inspection.services import Guesser, Identifies, LineGuard, Listener, Namer, Reader, Silent, Turn
from tests.services.attachments import FACTS, VOLUME
from tests.tls.hello_bytes import pieces

C2S, S2C = Direction.C2S, Direction.S2C


def test_without_services_there_is_nothing_to_watch_for() -> None:
    inspection = Inspection(())
    assert inspection.done
    assert not inspection.active
    assert inspection.receive(C2S, b"a") == Passage(((C2S, b"a"),))


def test_who_has_seen_enough_is_shown_no_more() -> None:
    reader = Reader()
    inspection = Inspection((reader, Namer(FACTS, "HTTP")))
    inspection.mark_encrypted(True)
    assert len(inspection.receive(C2S, b"a").records) == 1
    assert inspection.receive(S2C, b"b") == Passage(((S2C, b"b"),))
    assert reader.seen == [(C2S, b"a", True), (S2C, b"b", True)]
    assert not inspection.done


def test_who_only_listens_is_shown_nothing_and_told_what_is_sure() -> None:
    listener = Listener()
    alone = Inspection((listener,))
    assert alone.active
    assert alone.done
    inspection = Inspection((Guesser(), listener))
    for data, heard in ((b"a", []), (b"b", ["HTTP"])):
        assert inspection.receive(C2S, data).data == ((C2S, data),)
        assert listener.heard == heard
    assert inspection.application.application == "HTTP"


def test_held_data_pass_in_one_piece_once_the_service_knows() -> None:
    inspection = Inspection((LineGuard(),))
    assert inspection.receive(C2S, b"good") == Passage(wake=PATIENCE, tells=True)
    assert inspection.receive(C2S, b" da") == Passage()
    assert inspection.receive(C2S, b"y\nmore") == Passage(((C2S, b"good day\nmore"),))
    assert inspection.done


def test_one_direction_held_does_not_hold_the_other() -> None:
    inspection = Inspection((LineGuard(),))
    inspection.receive(C2S, b"good")
    assert inspection.receive(S2C, b"hello") == Passage(((S2C, b"hello"),))
    assert inspection.receive(C2S, b"\n") == Passage(((C2S, b"good\n"),))


def test_held_for_one_is_held_from_all_but_shown_once() -> None:
    reader = Reader()
    inspection = Inspection((reader, LineGuard()))
    assert inspection.receive(C2S, b"a") == Passage(wake=PATIENCE, tells=True)
    assert inspection.receive(C2S, b"\n") == Passage(((C2S, b"a\n"),))
    assert [data for _, data, _ in reader.seen] == [b"a", b"\n"]


def test_who_leaves_lets_go_of_the_other_direction_too() -> None:
    for others in ((), (Reader(),)):
        inspection = Inspection((Turn(), *others))
        assert inspection.receive(C2S, b"question") == Passage(wake=PATIENCE, tells=True)
        assert inspection.receive(S2C, b"go on") == Passage(((C2S, b"question"), (S2C, b"go on")))


def test_what_another_still_holds_stays_held() -> None:
    inspection = Inspection((Turn(), LineGuard()))
    inspection.receive(C2S, b"question")
    assert inspection.receive(S2C, b"go on") == Passage(((S2C, b"go on"),))
    assert inspection.receive(C2S, b"\n") == Passage(((C2S, b"question\n"),))


def test_a_block_ends_it_whatever_the_others_think() -> None:
    inspection = Inspection((Namer(FACTS, "HTTP", "GET / HTTP/1.1"), LineGuard(), Reader()))
    inspection.receive(C2S, b"forbid")
    passage = inspection.receive(C2S, b"den\n")
    assert passage == Passage(block=Block("blocked by guard"))


def test_holding_more_than_the_limit_counts_as_blocked() -> None:
    inspection = Inspection((LineGuard(),))
    assert inspection.receive(C2S, b"x" * LineGuard.most_held) == Passage(wake=PATIENCE, tells=True)
    assert inspection.receive(C2S, b"x").blocked


def test_what_was_learnt_and_logged() -> None:
    inspection = Inspection((Namer(FACTS, "HTTP", "GET / HTTP/1.1"), Namer(FACTS, "WEBDAV")))
    assert inspection.application == ApplicationFacts()
    inspection.mark_encrypted(False)
    passage = inspection.receive(C2S, b"a")
    assert (passage.records, passage.request) == ((apptrack_create(FACTS),) * 2, "GET / HTTP/1.1")
    known = ApplicationFacts(application="WEBDAV", encrypted="No")
    assert inspection.application == known
    assert inspection.finish(CloseReason.FIN, VOLUME) == (apptrack_close(FACTS, known, CloseReason.FIN, VOLUME),) * 2


@given(st.lists(st.sampled_from([b"good", b"forbid", b"den", b"\n"]), min_size=1, max_size=8).map(b"".join),
       st.lists(st.integers(0, 200), max_size=8))
def test_no_cut_changes_what_passes_or_that_it_is_blocked(stream: bytes, cuts: list[int]) -> None:
    inspection = Inspection((Reader(), LineGuard()))
    passages = [inspection.receive(C2S, piece) for piece in pieces(stream, cuts)]
    line, newline, _ = stream.partition(b"\n")
    blocked = bool(newline) and b"forbidden" in line
    assert any(passage.blocked for passage in passages) is blocked
    if not blocked:
        passed = b"".join(data for passage in passages for _, data in passage.data)
        assert passed == (stream if newline else b"")


class Rules:
    """A case that decides as told, and remembers by what."""

    def __init__(self, ruling: Ruling) -> None:
        self.ruling, self.known = ruling, list[Known]()

    def rule(self, known: Known, /) -> Ruling:
        self.known.append(known)
        return self.ruling


def known(*names: str) -> Known:
    return Known(frozenset(names), final=True)


def test_a_session_whose_policy_waits_lets_others_join_who_see_what_was_seen() -> None:
    case = Rules(Ruling(services=(LineGuard(b"secret"), seen := Reader())))
    inspection = Inspection((Identifies(),), case)
    assert (inspection.active, inspection.done) == (True, False)
    assert inspection.receive(C2S, b"SS").data == ()
    assert inspection.receive(C2S, b"H-2.0\n").data == ((C2S, b"SSH-2.0\n"),)
    assert case.known == [known("junos:SSH")]
    assert [data for _, data, _ in seen.seen] == [b"SS", b"H-2.0\n"]
    assert inspection.application.application == "SSH"


def test_one_that_joins_may_block_by_what_came_before() -> None:
    inspection = Inspection((Identifies(),), Rules(Ruling(services=(LineGuard(b"SSH"),))))
    assert [inspection.receive(C2S, data).blocked for data in (b"SS", b"H-2.0\n")] == [False, True]


def test_what_a_case_denies_passes_neither_then_nor_later() -> None:
    inspection = Inspection((Identifies(),), Rules(Ruling(denied=True)))
    passage = inspection.receive(C2S, b"SSH-2.0\n")
    assert (passage.denied, passage.data) == (True, ())
    assert inspection.receive(C2S, b"more").denied


def test_services_that_are_there_hear_of_the_application_before_its_bytes_pass() -> None:
    class Forbids(Silent):
        def inspect(self, piece: Piece) -> Opinion:
            return IGNORE

        def identified(self, known: Known, application: ApplicationFacts, now: float) -> Opinion:
            return Opinion(Verdict.BLOCK) if "junos:SSH" in known.applications else PERMIT

    inspection = Inspection((Identifies(), Forbids()))
    assert inspection.receive(C2S, b"SS").data == ()
    passage = inspection.receive(C2S, b"H-2.0\n")
    assert (passage.blocked, passage.data) == (True, ())


def test_a_session_that_denies_lets_nothing_pass() -> None:
    inspection = Inspection((), denies=True)
    assert (inspection.active, inspection.done, inspection.receive(S2C, b"x").denied) == (True, False, True)
