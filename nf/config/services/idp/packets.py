"""`security idp sensor-configuration packet-log`: where the packets around attacks are kept."""

from nf.config.errors import Findings
from nf.config.extensions import extension
from nf.config.tree import Statement
from nf.policy.idp import PacketStorage

_STANDARD = PacketStorage("")


def storage(root: Statement, findings: Findings) -> PacketStorage | None:
    """The directory of `local-storage`, which has to be named, and its limits."""
    place = root.one("sensor-configuration", "packet-log", "local-storage")
    if place is None:
        return None
    directory = extension(place, "directory")
    if directory is None:
        findings.remark(place, "packet-log local-storage", "no effect without apply-macro srxnf { directory PATH; } in it")
        return None
    size = place.value("storage-limit") or str(_STANDARD.size)
    if not (size.isascii() and size.isdecimal() and int(size)):
        findings.wrong(place.one("storage-limit") or place, size, "expected a number of bytes")
        return None
    return PacketStorage(directory, place.number("max-files") or _STANDARD.files, int(size))
