"""The table against the machine: what it allows is what happens, and nothing else does."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from hwmodel.session import Direction
from nf.log.records import CloseReason
from nf.pki import AuthFailure
from nf.pki.verdict import Fault, rejected
from nf.policy.profile import LearnedBypass, NonSslThreshold
from nf.policy.url_categories import UrlCategory
from nf.services import Service
from nf.services.asking import Answer
from nf.sslproxy import commands as do
from nf.sslproxy import events as on
from nf.sslproxy.commands import Command
from nf.sslproxy.events import Event, Timer
from nf.sslproxy.plan import Plan
from nf.sslproxy.reasons import Reason
from nf.sslproxy.states import TABLE, State, diagram
from nf.tls.failure import FailureKind, TlsFailure
from tests.inspection.services import Consulter, Lenient, LineGuard, Reader, Refuser
from tests.services.attachments import FACTS, VOLUME
from tests.sslproxy.playbook import ACCEPTED, AGREED, BYPASS, CHAIN, DECRYPT, HELLO11, HELLO13, HTTP, PROFILE, Playbook

SOON = structs.replace(DECRYPT, threshold=NonSslThreshold(1, 1))
BROKEN = TlsFailure(FailureKind.PROTOCOL, "decryption failed or bad record mac")
REFUSAL = TlsFailure(FailureKind.ALERT, "tls alert bad certificate", 42)
FAILURE = TlsFailure(FailureKind.TRUNCATED, "connection closed without close_notify")
LEARNS = structs.replace(DECRYPT, profile=replace(PROFILE, client_certificate_bypass=True, learned_bypass=LearnedBypass()))
REJECTS = structs.replace(DECRYPT, rejects=True)
DROPS_RENEGOTIATION = structs.replace(DECRYPT, profile=replace(PROFILE, renegotiation="drop"))
REFUSED = structs.replace(DECRYPT, refused=Reason.NO_DEFAULT_PROFILE)
EXEMPTS = structs.replace(DECRYPT, exempt=(UrlCategory("banks", patterns=("a.test",)),))
FOLLOWS = structs.replace(DECRYPT, decide=lambda name: BYPASS if name is None else REFUSED)
LINES = b"x", b"\n", b"forbidden\n", b"forbidden", b"220 go\r\n", b"STARTTLS\r\n"
ROOM = {  # what the table leaves room for: no session is non-SSL before its first data
    (State.UNDECIDED, on.ServerSpoke, State.RELAYING), (State.UNDECIDED, on.ClientFinished, State.RELAYING),
    # a service that waits for an engine while data pass has nothing held, and so nobody to be woken
    (State.UPGRADED, on.Woken, State.DROPPED), (State.RELAYING, on.Woken, State.DROPPED)}
BEGINNINGS: list[tuple[Plan, tuple[type[Service], ...]]] = [
    (DECRYPT, (Reader,)), (DECRYPT, (LineGuard,)), (SOON, (LineGuard,)), (DECRYPT, ()), (BYPASS, (Reader,)),
    (BYPASS, ()), (Plan(FACTS), (LineGuard,)), (LEARNS, (Reader,)), (LEARNS, ()), (REJECTS, ()), (DROPS_RENEGOTIATION, ()),
    (FOLLOWS, (Reader,)), (EXEMPTS, ()), (EXEMPTS, (Reader,)), (SOON, (Lenient,)), (Plan(FACTS), (Lenient,)),
    (DECRYPT, (Consulter, Reader)), (DECRYPT, (Refuser,))]


@dataclass(frozen=True)
class Reached:
    """A session somewhere on its way, and the timer that it has armed."""

    play: Playbook
    timer: Timer | None = None
    recalling: bool = False  # the answer comes at once

    def after(self, event: Event) -> tuple["Reached", list[Command]]:
        plan = self.play.machine.plan
        play = copy.deepcopy(self.play, {id(plan): plan})  # it never changes, and is the most of what there is
        answers = play.machine.receive(event)
        armed = [command.timer for command in answers if isinstance(command, do.Arm)]
        recalling = any(isinstance(command, do.Recall) for command in answers)
        return Reached(play, armed[-1] if armed else self.timer, recalling), answers

    @property
    def kind(self) -> tuple[object, ...]:
        """Sessions of one kind go on alike."""
        machine, inspection = self.play.machine, self.play.inspection
        upgrade = machine._upgrade
        followed = None if upgrade is None else (type(upgrade._dialect), upgrade._asked, bool(upgrade._commands))
        return (machine.state, self.timer, self.recalling, machine.plan, machine._is_plain, machine._detection.pending,
                machine._hello is None, machine._asked, min(machine.renegotiations, 4), followed, inspection.done,
                inspection.application, inspection.holding, tuple(inspection._ending), bool(inspection._panel.limits),
                tuple(map(type, inspection.services)))

    def events(self, data: tuple[bytes, ...] = (HELLO13, HELLO13[:9], HELLO11, HTTP)) -> Iterator[Event]:
        """One of each that the table names for the state, and of those that differ by what they carry, several."""
        samples: tuple[Event, ...] = (
            on.Opened(), on.ServerConnected(), on.ServerUnreachable("connection refused"), on.ServerSpoke(),
            on.InitiationDone(CHAIN, AGREED), on.InitiationFailed(FAILURE), on.TerminationDone(AGREED),
            on.TerminationFailed(FAILURE), on.InterdictionFailed("no CA"), on.Ended(CloseReason.FIN, VOLUME),
            on.ClientFinished(), on.InitiationDone(CHAIN, AGREED, True),
            on.InitiationDone(CHAIN, AGREED, False, ACCEPTED),
            on.InitiationDone(CHAIN, AGREED, False, rejected(Fault(AuthFailure.REVOKED))), on.InitiationFailed(REFUSAL, True),
            on.TerminationFailed(REFUSAL), on.ServerAlerted(REFUSAL), on.ServerAlerted(FAILURE), on.Updated(VOLUME),
            *(event for way in Direction for event in (on.Renegotiating(way), on.Stormed(way), on.Renegotiated(way, CHAIN),
                                                      on.Violated(way, BROKEN))),
            on.Renegotiated(Direction.S2C, (b"other",)), on.Judged(ACCEPTED),
            on.Judged(rejected(Fault(AuthFailure.REVOKED))), *map(on.Peeked, data),
            *(on.Opened(0.0, first) for first in data),
            *(on.Plaintext(way, content, 1) for way in Direction for content in (*data, *LINES)),
            *(on.Finished(way) for way in Direction if way not in self.play.inspection._ending), on.Woken(60.0),
            *(on.Answered(0, Answer(1, words)) for words in (b"yes", b"no") if self.play.inspection.services))
        if self.recalling:
            yield from (on.Recalled(None), on.Recalled(Reason.LEARNED))
            return
        yield from (event for event in samples if type(event) in TABLE[self.play.machine.state])
        if self.timer is not None and on.TimedOut in TABLE[self.play.machine.state]:
            yield on.TimedOut(self.timer)


def begun(plan: Plan, services: tuple[type[Service], ...]) -> Reached:
    return Reached(Playbook(plan, tuple(service() for service in services)))


def explore() -> set[tuple[State, type[Event], State]]:
    """Every transition of every kind of session, found by trying each event wherever a session can be."""
    taken, known, waiting = set(), set(), [begun(*beginning) for beginning in BEGINNINGS]
    while waiting:
        reached = waiting.pop()
        if reached.kind in known:
            continue
        known.add(reached.kind)
        for event in reached.events():
            after, _ = reached.after(event)
            taken.add((reached.play.machine.state, type(event), after.play.machine.state))
            waiting.append(after)
    return taken


def test_every_transition_that_a_session_can_take_is_in_the_table_and_every_state_is_reached() -> None:
    named = {(state, event, target)
             for state, row in TABLE.items() for event, targets in row.items() for target in targets}
    taken = explore()
    assert taken - named == set()
    assert named - taken == ROOM
    assert {target for _, _, target in taken} | {State.NEW} == set(State) == set(TABLE)


def test_every_event_is_known_to_some_state() -> None:
    assert {event for row in TABLE.values() for event in row} == set(get_args(Event))


@pytest.mark.parametrize("state", State)
def test_events_that_a_state_does_not_know_are_bugs(state: State) -> None:
    play = Playbook()
    play.machine.state = state
    for event in set(get_args(Event)) - set(TABLE[state]):
        with pytest.raises(KeyError):
            play.machine.receive(event(*[None] * len(event.__struct_fields__)))
    play.at(state)


@given(st.data(), st.sampled_from(BEGINNINGS))
def test_on_any_way_commands_fit_the_state(data: st.DataObject,
                                           beginning: tuple[Plan, tuple[type[Service], ...]]) -> None:
    reached = begun(*beginning)
    noise = tuple(data.draw(st.lists(st.binary(min_size=1, max_size=30), min_size=1, max_size=3)))
    while reached.play.machine.state is not State.CLOSED:
        before = reached.play.machine.state
        event = data.draw(st.sampled_from(list(reached.events((HELLO13, HTTP, *noise)))))
        reached, answers = reached.after(event)
        state, kinds = reached.play.machine.state, [type(command) for command in answers]
        assert state in TABLE[before][type(event)]
        assert (do.Drop in kinds) is (state is State.DROPPED)
        assert do.Drop not in kinds[:-1]
        assert (do.Relay in kinds) is (state is State.RELAYING and before is not State.RELAYING)
        assert (do.Upgrade in kinds) is (state is State.UPGRADED and before is State.PLAIN)
        assert state in {State.DROPPED, State.CLOSED} or reached.timer is not None
        if do.Deliver in kinds:
            assert before in {State.INSPECTING, State.PLAIN}
        if isinstance(event, on.Plaintext) and reached.play.inspection._held[event.direction].size > 60:
            break  # said enough


def test_design_shows_this_diagram() -> None:
    _, _, section = (Path(__file__).parents[2] / "DESIGN.md").read_text().partition("## The life of a session\n")
    shown, fence, _ = section.partition("```mermaid\n")[2].partition("\n```")
    assert fence
    assert shown == diagram()


def test_diagram_draws_each_step_once() -> None:
    lines = diagram().splitlines()
    assert lines[:2] == ["stateDiagram-v2", "    [*] --> new"]
    assert lines[-1] == "    closed --> [*]"
    assert len(set(lines)) == len(lines)
    assert "    judging --> terminating: Judged" in lines
    assert all(f"--> {state.value}" in diagram() for state in State)
