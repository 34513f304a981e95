"""A single worker accepts by itself where nothing could refuse a connection; else the central point does."""

import contextlib
import os
import signal
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hwmodel import Chassis, FlowSettings, SessionLimit, load_platform
from hwmodel.platform import PLATFORMS
from nf.dataplane.central_point import CentralPointProcess
from nf.dataplane.entrance import SHUT
from nf.dataplane.inbox import Inbox
from nf.dataplane.lending import LENT, accepts_alone
from nf.dataplane.messages import Assign, EndSessions, Lend, Report, decode_orders
from tests.dataplane.test_central_point import visit
from tests.dataplane.test_crew import duties
from tests.helpers.loopback_network import Network
from tests.helpers.origin import DEADLINE, ended
from tests.helpers.running_proxy import CONFIGURATION, RunningProxy
from tests.helpers.waiting import until

DENY = CONFIGURATION.replace("permit { application-services { ssl-proxy { profile-name fp; } } }", "deny;")
ROOM = 2 * LENT + 3  # what is lent has room for IPv6


def test_only_where_nothing_but_a_full_table_could_refuse() -> None:
    def alone(settings: FlowSettings, *, in_cluster: bool = False, remembers_denied: bool = False) -> bool:
        return accepts_alone(settings, in_cluster=in_cluster, remembers_denied=remembers_denied)

    assert alone(FlowSettings())
    assert not alone(FlowSettings(), in_cluster=True)
    assert not alone(FlowSettings(), remembers_denied=True)
    assert not accepts_alone(FlowSettings(), in_cluster=False, remembers_denied=False, several_learn=True)
    for settings in (FlowSettings(source_limit=1), FlowSettings(destination_limit=0), FlowSettings(classic_central_point=True),
                     FlowSettings(zone_limits={"trust": SessionLimit(drops=False)})):
        assert not alone(settings)


@contextlib.contextmanager
def running(network: Network, directory: Path, *options: str, configuration: str = CONFIGURATION) -> Iterator[Network]:
    with RunningProxy(directory, network.pki, network.origin.address, workers=1, options=options,
                      configuration=configuration) as proxy:
        yield Network(network.pki, network.origin, proxy)
        assert "Traceback" not in proxy.stderr


@pytest.fixture
def own(network: Network, tmp_path: Path) -> Iterator[Network]:
    with running(network, tmp_path) as own:
        yield own


def accepts(network: Network) -> list[int]:
    """The workers that accept by themselves; none where the central point accepts."""
    found: list[int] = network.proxy.ask("cpu")["accepts"]
    return found


def created(network: Network) -> int:
    return sum(spu["created"] for spu in network.proxy.ask("monitoring")["spus"])


def reload(network: Network, configuration: str) -> None:
    network.proxy.said.with_name("srx.conf").write_text(configuration, encoding="utf-8")
    before = len(network.proxy.stderr)
    network.proxy.process.send_signal(signal.SIGHUP)
    until(lambda: "reloaded" in network.proxy.stderr[before:], "the reload")


def test_its_sessions_are_in_the_books_as_any_other(own: Network) -> None:
    assert accepts(own) == [0]
    with own.client() as client:
        row: dict[str, Any]
        row, = until(lambda: [row for row in own.proxy.ask("sessions")["sessions"] if row["policy-name"]], "the row")
        assert (row["source-port"], row["policy-name"]) == (client.getsockname()[1], "inspect")
        holding = [spu for spu in own.proxy.ask("monitoring")["spus"] if spu["sessions"]]
        assert [(spu["spu"], spu["created"]) for spu in holding] == [(row["spu"], 1)]
        assert int(own.proxy.record("RT_FLOW_SESSION_CREATE", client)["session-id-32"]) == row["session-id"]
    assert {visit(own) for _ in range(20)} == {"hello"}
    until(lambda: own.proxy.counters().get("decrypted") == created(own) == 21, "each is counted once")
    assert own.proxy.is_idle()


def test_what_is_denied_is_remembered_by_the_central_point(network: Network, tmp_path: Path) -> None:
    brief = DENY.replace("security {\n", "security { flow { drop-flow { max-sessions 30; timeout 4; } }\n", 1)
    with running(network, tmp_path, configuration=brief) as own:
        assert accepts(own) == [0]
        with own.proxy.connect() as refused:
            assert ended(refused) == "clean"
        until(lambda: accepts(own) == [], "the denied flow is remembered")
        until(lambda: accepts(own) == [0], "it is forgotten")
        assert own.proxy.counters()["denied: deny"] == 1


def test_a_reload_holds_for_every_connection_from_there_on(own: Network) -> None:
    before = own.proxy.workers()
    with own.client() as old:
        assert visit(own) == "hello"
        reload(own, DENY)
        for _ in range(8):
            with own.proxy.connect() as refused:
                assert ended(refused) == "clean"
        old.sendall(b"still")
        assert old.recv(9) == b"still"
    assert own.proxy.workers() != before
    until(lambda: own.proxy.counters().get("decrypted") == 2, "the old worker has told of its last session")
    reload(own, CONFIGURATION)
    assert visit(own) == "hello"


def test_a_killed_worker_counts_what_it_had_not_told_of(own: Network) -> None:
    with own.client() as client, own.proxy.connect() as another:
        os.kill(own.proxy.workers()[0], signal.SIGKILL)
        until(lambda: not own.proxy.workers(), "its death is noticed")
        assert accepts(own) == []
        assert ended(client) in ("truncated", "reset")
        with own.proxy.connect() as refused:
            assert ended(refused) == "clean"
        until(own.proxy.workers, "a new one comes")
        assert ended(another) in ("clean", "reset")
    assert visit(own) == "hello"
    counters = own.proxy.counters()
    assert counters["lost with an SPU"] in (1, 2), "one may not have been accepted yet"
    assert counters["lost with an SPU"] + counters["refused: no live SPU"] == 3
    until(lambda: accepts(own) == [0], "it accepts by itself too")


def test_a_box_that_fills_is_the_central_points(network: Network, tmp_path: Path) -> None:
    device = tmp_path / "small.toml"
    text = (PLATFORMS / "srx1600.toml").read_text(encoding="utf-8")
    device.write_text(text.replace("2_097_152", str(ROOM)), encoding="utf-8")
    with running(network, tmp_path, "--platform", str(device)) as own, contextlib.ExitStack() as held:
        assert accepts(own) == [0]
        for _ in range(ROOM - 2 * LENT + 1):
            held.enter_context(own.client())
        reload(own, CONFIGURATION.replace("policy inspect", "policy look"))
        assert accepts(own) == []
        assert visit(own) == "hello"
        held.close()
        until(lambda: accepts(own) == [0], "there is room again")


@pytest.fixture
def box(tmp_path: Path) -> Iterator[tuple[CentralPointProcess, socket.socket]]:
    """A central point whose only worker is the test."""
    made = CentralPointProcess(Chassis(load_platform("srx1600")), duties(tmp_path / "log"), 1)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    theirs.settimeout(DEADLINE)
    made.crew.members[0].link = ours
    made._reception.open()
    made.crew.door = replace(SHUT, listeners=made._reception.listeners, inboxes=(Inbox(),))
    yield made, theirs
    made._reception.stop()
    ours.close()
    theirs.close()


def lent(theirs: socket.socket) -> list[int]:
    order = decode_orders(theirs.recv(1 << 16))
    assert isinstance(order, Lend)
    return [number for numbers in order.numbers.values() for number in numbers]


def accepted(number: int, port: int) -> Assign:
    return Assign(number, 0, "192.0.2.1", port, "192.0.2.2", 443, 1.0)


def test_a_worker_that_has_used_what_it_was_lent_gets_more_at_once(box: tuple[CentralPointProcess, socket.socket]) -> None:
    central_point, theirs = box
    member = central_point.crew.members[0]
    central_point.lending.start()
    first = lent(theirs)
    assert len(first) == LENT
    central_point._reported(member, Report(accepted=[accepted(first[0], 1)], stopped=True))
    assert central_point.chassis.session(first[0]) is not None
    assert set(lent(theirs)).isdisjoint(first[:1])
    assert member in central_point.lending.borrowers


def test_one_that_could_use_none_leaves_it_to_the_central_point(box: tuple[CentralPointProcess, socket.socket]) -> None:
    central_point, theirs = box
    member = central_point.crew.members[0]
    central_point.lending.start()
    lent(theirs)
    central_point._reported(member, Report(stopped=True))
    assert not central_point.lending.borrowers
    assert not member.lent
    central_point.lending._look()
    assert member in central_point.lending.borrowers


def test_what_a_worker_leaves_at_the_end_is_nobodys(box: tuple[CentralPointProcess, socket.socket]) -> None:
    central_point, theirs = box
    central_point.lending.start()
    lent(theirs)
    central_point._reception.stop()
    central_point._reported(central_point.crew.members[0], Report(stopped=True))
    assert not central_point.lending.borrowers


def test_what_changes_for_all_waits_for_the_worker(box: tuple[CentralPointProcess, socket.socket]) -> None:
    central_point, theirs = box
    member = central_point.crew.members[0]
    done: list[str] = []
    central_point.lending.at_rest(lambda: done.append("at once"))
    central_point.lending.start()
    lent(theirs)
    for word in ("one", "two"):
        central_point.lending.at_rest(lambda word=word: done.append(word))  # type: ignore[misc]
    assert done == ["at once"]
    assert lent(theirs) == []
    central_point._reported(member, Report(stopped=True))
    assert done == ["at once", "one", "two"]


def test_a_session_that_the_chassis_refuses_is_ended(box: tuple[CentralPointProcess, socket.socket]) -> None:
    central_point, theirs = box
    member = central_point.crew.members[0]
    central_point.lending.start()
    number = lent(theirs)[0]
    central_point.chassis.fail(0, 1.0)
    central_point._reported(member, Report(accepted=[accepted(number, 1)]))
    assert decode_orders(theirs.recv(1 << 16)) == EndSessions([number])
    assert central_point.ledger.counters["refused: no live SPU"] == 1
