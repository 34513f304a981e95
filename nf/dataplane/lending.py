"""Who accepts connections: the central point, or workers, which are lent session numbers for them."""

from collections.abc import Callable
from typing import Final

from hwmodel import FlowSettings
from nf.dataplane.device import Device
from nf.dataplane.loop import Chore
from nf.dataplane.member import Member
from nf.dataplane.messages import Lend
from nf.dataplane.reception import Reception

LENT: Final = 2048  # numbers at a time, of all SPUs together
LEAST: Final = 16  # of each
MOMENT: Final = 0.5  # seconds that an operator waits for what workers know of the last tenth of a second
INTERVAL: Final = 1.0  # seconds between two looks whether a worker may


def accepts_alone(settings: FlowSettings, *, in_cluster: bool, remembers_denied: bool,
                  several_learn: bool = False) -> bool:
    """Whether a worker may let a session in before the chassis has seen it: where nothing could refuse it but a full table."""
    limited = settings.zone_limits or settings.source_limit is not None or settings.destination_limit is not None
    return not (limited or settings.classic_central_point or in_cluster or remembers_denied or several_learn)


class Lending:
    """Has workers accept where they may; a full box, and whatever else is not so simple, is the central point's."""

    def __init__(self, device: Device, reception: Reception) -> None:
        self.borrowers: dict[Member, int] = {}  # with how many numbers they were lent
        self._device, self._reception = device, reception
        self._recalled: set[Member] = set()
        self._waiting: list[Callable[[], None]] = []
        self._looks = Chore(self._look)

    def start(self) -> None:
        """Have connections accepted from now on."""
        self._reception.start()
        for inbox in self._device.crew.door.inboxes:
            self._reception.attend(inbox)
        self._look()

    def at_rest(self, action: Callable[[], None]) -> None:
        """Act once nobody but the central point accepts: what changes then holds for every connection from there on."""
        if not self.borrowers:
            return action()
        self._waiting.append(action)
        return self._recall()

    def informed(self, then: Callable[[], None]) -> None:
        """Go on as soon as those who accept have told of their sessions; one that hangs keeps nobody waiting."""
        self._device.inquiries.ask([member.index for member in self.borrowers], "sessions", {}, lambda _: then(),
                                   patience=MOMENT)

    def heard(self, member: Member, *, stopped: bool) -> None:
        """A worker's report has been entered."""
        if stopped:
            used = len(member.lent) < self.borrowers.get(member, 0)
            self.lost(member)
            if used:  # one that could use none is not asked again at once
                self._lend(member)
        elif self.borrowers and not self._may():
            self._recall()

    def lost(self, member: Member) -> None:
        """A worker accepts no more, or never did."""
        self._device.chassis.take_back(member.lent)
        member.lent = set()
        self._recalled.discard(member)
        if self.borrowers.pop(member, None) is None:
            return
        self._reception.attend(self._device.crew.door.inboxes[member.index])
        if not self.borrowers:
            self._reception.start()
            waiting, self._waiting = self._waiting, []
            for action in waiting:
                action()

    def _look(self) -> None:
        self._device.loop.arm(self._looks, INTERVAL)
        for member in self._device.crew.members:
            self._lend(member)

    def _recall(self) -> None:
        for member in self.borrowers.keys() - self._recalled:
            self._recalled.add(member)
            member.order(Lend({}))
        self._device.crew.flush()

    def _may(self) -> bool:
        chassis, now = self._device.chassis, self._device.loop.now
        several = len(self._device.crew.members) > 1
        return not self._waiting and accepts_alone(chassis.settings, in_cluster=self._device.cluster is not None,
                                                   remembers_denied=chassis.remembers_denied(now),
                                                   several_learn=several and self._device.learned_bypass.learns)

    def _lend(self, member: Member) -> None:
        crew, worker_of = self._device.crew, self._device.worker_of
        if member in self.borrowers or member not in crew.members or member.link is None or not (crew.door.listeners
                                                                                                 and self._may()):
            return
        own = [spu for spu, worker in worker_of.items() if worker == member.index]
        numbers = self._device.chassis.lend(max(LEAST, LENT // len(worker_of)), own)
        if numbers:
            self._reception.pause()
            self._reception.leave(crew.door.inboxes[member.index])
            member.lent = {number for of_spu in numbers.values() for number in of_spu}
            self.borrowers[member] = len(member.lent)
            member.order(Lend(numbers))
            crew.flush()
