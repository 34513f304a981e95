"""What is held back of one direction of a session, in the stream's own offsets, whatever takes its place."""

from msgspec import Struct


class Held(Struct):
    """Bytes from offset `passed` on; what replaces some of them keeps their place."""

    passed: int = 0  # offset up to which all has gone on
    seen: int = 0  # offset up to which all has come
    pieces: list[tuple[int, int, bytes, bool]] = []  # start, end, what goes on, if it stands in

    def __bool__(self) -> bool:
        return self.passed < self.seen or bool(self.pieces)  # what stands in for nothing may come at the very end

    @property
    def size(self) -> int:
        """Bytes held back."""
        return self.seen - self.passed

    def add(self, data: bytes) -> None:
        """More has come."""
        self.pieces.append((self.seen, self.seen + len(data), data, False))
        self.seen += len(data)

    def pass_over(self, count: int) -> None:
        """So many bytes go on without having been added; nothing is held back."""
        self.seen = self.passed = self.seen + count

    def release(self, upto: int | None = None) -> bytes:
        """What goes on now: all before the offset, or all."""
        if upto is None and len(self.pieces) == 1:  # as nearly always
            self.passed = self.seen
            return self.pieces.pop()[2]
        end = self.seen if upto is None else min(upto, self.seen)
        if end < self.passed:
            return b""
        self._cut(end)
        out = []
        for piece in self.pieces:
            if piece[1] > end:
                break
            out.append(piece[2])
        del self.pieces[:len(out)]
        self.passed = self.pieces[0][0] if self.pieces else end
        return out[0] if len(out) == 1 else b"".join(out)

    def replace(self, start: int, end: int, data: bytes) -> None:
        """Let other bytes go on in place of those between two offsets, none of which has passed; ValueError else."""
        if not self.passed <= start <= end <= self.seen:
            raise ValueError(f"bytes {start} to {end} are not held back: {self.passed} to {self.seen} are")
        self._cut(start)
        self._cut(end)
        before = [piece for piece in self.pieces if piece[1] <= start]
        after = [piece for piece in self.pieces if piece[0] >= end and piece not in before]
        self.pieces = [*before, (start, end, data, True), *after]

    def drop(self) -> None:
        """Let nothing of it go on."""
        self.pieces.clear()
        self.passed = self.seen

    def _cut(self, offset: int) -> None:
        """Have a piece begin at an offset; one that stands in for others is not cut."""
        for index, (start, end, data, stands_in) in enumerate(self.pieces):
            if start < offset < end:
                if not stands_in:
                    self.pieces[index] = (start, offset, data[:offset - start], False)
                    self.pieces.insert(index + 1, (offset, end, data[offset - start:], False))
                return
