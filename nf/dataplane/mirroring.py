"""The part of a connection that copies what it carries, where somebody wants that."""

from collections.abc import Callable

from hwmodel.session import Direction
from nf.dataplane.consulting import Consulting
from nf.dataplane.mirror import Copy
from nf.dataplane.relay import Relay, Tap
from nf.sslproxy import commands as do


class Mirroring(Consulting):
    """Only what comes out of TLS is copied; a session that nobody wants copied is relayed as ever."""

    _copies: tuple[Copy, ...] | None = None  # not asked for yet
    _is_only_copied = False  # no service looks any more
    _unshown: dict[Direction, int]  # bytes that pass unseen by services

    def _relaying(self) -> Relay:
        raise NotImplementedError

    def _mirrored(self, tap: Tap | None) -> Tap | None:
        """What the relay is to be given in place of this tap, or of none."""
        mirrors = self._host.mirrors
        if mirrors is None or not self._account.decrypted:
            return tap
        if self._copies is None:
            self._copies = mirrors.copies(self._entry.five_tuple, self._profile())
        if not self._copies:
            return tap
        self._is_only_copied, self._unshown = tap is None, {}
        return self._pass_on if tap is None else self._shown_to(tap)

    def _pass_on(self, direction: Direction, data: bytes) -> None:
        for copy in self._copies or ():
            copy.say(direction, data)
        self._relaying().deliver(direction, data)

    def _shown_to(self, tap: Tap) -> Callable[[Direction, bytes], None]:
        def show(direction: Direction, data: bytes) -> None:
            for copy in self._copies or ():
                if not copy.is_after:
                    copy.say(direction, data)
            unshown = self._pass_unshown(direction, data)
            if unshown < len(data):
                tap(direction, data[unshown:])

        return show

    def _skip(self, command: do.Skip) -> None:
        """What services do not want to see is copied all the same."""
        if self._copies:
            self._unshown[command.direction] = command.count if isinstance(command.count, int) else 0
        else:
            super()._skip(command)

    def _pass_unshown(self, direction: Direction, data: bytes) -> int:
        """How much of it goes on without being shown."""
        count = min(self._unshown.get(direction, 0), len(data))
        if count:
            self._unshown[direction] -= count
            self._deliver(do.Deliver(direction, data[:count]))
        return count

    def _deliver(self, command: do.Deliver) -> None:
        for copy in self._copies or ():
            if copy.is_after:
                copy.say(command.direction, command.data)
        (self._relay or self._relaying()).deliver(command.direction, command.data)

    def _end_copies(self, *, is_reset: bool) -> None:
        copies, self._copies = self._copies, ()
        for copy in copies or ():
            copy.end(is_reset=is_reset)

    deeds = {**Consulting.deeds, do.Deliver: _deliver, do.Skip: _skip}  # noqa: RUF012 - declared there
