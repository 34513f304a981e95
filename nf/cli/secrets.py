"""`srxnf secrets`: a capture that Wireshark decrypts by itself, since it brings its keys along."""

from pathlib import Path
from typing import Annotated

import typer

from nf.cli.inputs import fail
from nf.protocols import pcap, pcapng


def secrets(
    capture: Annotated[Path, typer.Argument(help="Packets of either leg, or of both: pcapng, or pcap as of tcpdump.")],
    keys: Annotated[Path, typer.Argument(help="What --key-log has written.")],
    to: Annotated[Path, typer.Argument(help="The pcapng file to write; whoever reads it reads the sessions.")],
) -> None:
    """Put the keys of decrypted sessions into a capture of them, as its decryption secrets.

    Example: srxnf secrets client-side.pcap keys.txt client-side-with-keys.pcapng
    """
    data, key_log = _read(capture), _read(keys)
    if not (pcapng.is_capture(data) or pcap.is_capture(data)):
        fail(f"{capture}: expected a capture: pcapng (little-endian) or pcap")
    try:
        to.touch(0o600)
        to.chmod(0o600)
        to.write_bytes(pcap.with_secrets(data, key_log) if pcap.is_capture(data) else pcapng.with_secrets(data, key_log))
    except OSError as error:
        fail(f"{to}: cannot be written: {error.strerror}")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        fail(f"{path}: cannot be read: {error.strerror}")
