"""What clamd is asked and what it answers, as bytes: one file a connection, streamed (clamd(8), INSTREAM)."""

from msgspec import Struct

BEGIN = b"zINSTREAM\0"
END = bytes(4)  # a chunk of no length
_PREFIX, _CLEAN, _FOUND, _ERROR = "stream: ", "OK", " FOUND", " ERROR"


class Verdict(Struct, frozen=True):
    """What clamd says of a file: the name of what it found, or why it could not look; neither for a clean one."""

    virus: str = ""
    error: str = ""

    @property
    def is_too_large(self) -> bool:
        """Whether the file is larger than clamd's own StreamMaxLength."""
        return "size limit exceeded" in self.error


def chunk(data: bytes) -> bytes:
    """More of the file; nothing for no bytes, since that would be its end.

    >>> chunk(b"abc")
    b'\\x00\\x00\\x00\\x03abc'
    """
    return len(data).to_bytes(4) + data if data else b""


def read(answer: bytes) -> Verdict | None:
    """The verdict in what has been answered so far, None where it is not whole yet.

    >>> read(b"stream: Eicar-Test-Signature FOUND\\0")
    Verdict(virus='Eicar-Test-Signature', error='')
    """
    line, ended, _ = answer.partition(b"\0")
    if not ended:
        return Verdict(error="no answer that clamd would give") if len(line) > 4096 else None
    text = line.decode("utf-8", "replace").strip()
    said = text.removeprefix(_PREFIX)
    if said == _CLEAN:
        return Verdict()
    if said.endswith(_FOUND) and said != text:
        return Verdict(virus=said.removesuffix(_FOUND))
    return Verdict(error=text.removesuffix(_ERROR) or "an empty answer")
