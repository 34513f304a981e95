"""What a server may take a request's bytes for: escapes resolved, paths made plain. Evasion ends here.

Escapes are resolved until none is left, three times at most: `%252e` is a full stop for a server that decodes twice.
"""

import re
from bisect import bisect_left

_ESCAPE = re.compile(rb"%(?:[uU]00([0-9a-fA-F]{2})|[uU]([0-9a-fA-F]{4})|([0-9a-fA-F]{2}))")
_UNFINISHED = re.compile(rb"%(?:[uU][0-9a-fA-F]{0,3}|[0-9a-fA-F]?)\Z")
_SLASHES = re.compile(rb"/{2,}")
_OVERLONG = re.compile(rb"\xc0[\xae\xaf]|\xe0\x80[\xae\xaf]")  # `.` and `/` in forms that UTF-8 forbids
_ROUNDS = 3
_FULL_WIDTH = range(0xFF01, 0xFF5F)  # forms of ASCII that some servers take for it


def unescaped(data: bytes) -> bytes:
    """Percent escapes resolved, those of IIS (`%u002e`) and overlong UTF-8 too."""
    for _ in range(_ROUNDS):
        if b"%" not in data:
            break
        data = _ESCAPE.sub(_byte, data)
    return _OVERLONG.sub(lambda found: b"." if found[0].endswith(b"\xae") else b"/", data)


def uris(target: bytes) -> tuple[bytes, ...]:
    """What a request's target may mean: unescaped; with `+` for blanks; with its path made plain. Each once."""
    plain = unescaped(target)
    found = [plain]
    if b"+" in target:
        found.append(unescaped(target.replace(b"+", b" ")))
    path, question, query = plain.partition(b"?")
    straight = straightened(path)
    if straight != path:
        found.append(straight + question + query)
    return tuple(dict.fromkeys(found))


def straightened(path: bytes) -> bytes:
    """A path without `\\`, `//`, `/./` and `/../`; what would leave the root stays at it."""
    path = path.replace(b"\\", b"/")
    if b"//" not in path and b"/." not in path:
        return path
    kept: list[bytes] = []
    for part in _SLASHES.sub(b"/", path).split(b"/"):
        if part == b"..":
            if len(kept) > 1:
                kept.pop()
        elif part != b".":
            kept.append(part)
    return b"/".join(kept)


class FormText:
    """A form's fields (`application/x-www-form-urlencoded`) unescaped as they arrive; an escape may come in pieces."""

    def __init__(self) -> None:
        self.rest = b""  # an escape that is not whole yet
        self._told = 0

    def read(self, data: bytes) -> bytes:
        """The text that is complete with these bytes, which are not taken yet."""
        data = self.rest + data
        return _ESCAPE.sub(_byte, data[:_cut(data)].replace(b"+", b" "))

    def taken(self, length: int, data: bytes) -> int:
        """How many of these bytes it takes for the text to be so long."""
        return bisect_left(range(len(data) + 1), length, key=lambda count: self._told + len(self.read(data[:count])))

    def keep(self, data: bytes) -> None:
        """Take these bytes."""
        self._told += len(self.read(data))
        data = self.rest + data
        self.rest = data[_cut(data):]


def _cut(data: bytes) -> int:
    """Where an escape begins that is not whole yet; the length where there is none."""
    unfinished = _UNFINISHED.search(data)
    return unfinished.start() if unfinished else len(data)


def _byte(found: re.Match[bytes]) -> bytes:
    low, wide, plain = found.groups()
    if wide is not None:
        code = int(wide, 16)
        return bytes((code - 0xFEE0,)) if code in _FULL_WIDTH else found[0]
    return bytes((int(plain or low, 16),))
