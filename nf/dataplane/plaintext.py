"""What leaves the device in plaintext because its command line says so: into a file, to clients of PCAP-over-IP."""

from collections.abc import Callable, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from nf.dataplane.child import Child
from nf.dataplane.loop import Loop
from nf.dataplane.mirror import INTERFACE, Output
from nf.dataplane.wiring import endpoint
from nf.sinks.pcap_file import PcapFile
from nf.sinks.pcap_over_ip import PcapOverIp

PATIENCE: Final = 1.0  # seconds for what still waits when the device ends


class Plaintext:
    """Opened before the workers fork; every decrypted session goes into each of its outputs. OSError where one cannot be."""

    def __init__(self, pcap: Path | None = None, pcap_over_ip: tuple[str, int] | None = None) -> None:
        self.file = None if pcap is None else PcapFile(pcap, INTERFACE)
        self.stream = None if pcap_over_ip is None else PcapOverIp(pcap_over_ip, INTERFACE)

    @property
    def outputs(self) -> list[Output]:
        """Those that there are."""
        return [output for output in (self.file, self.stream) if output is not None]

    @property
    def warnings(self) -> Iterator[str]:
        """What an operator must know, a line each."""
        if self.file is not None:
            yield f"WARNING: the plaintext of all decrypted sessions is written to {self.file.path}"
        if self.stream is not None:
            who = "whoever logs in here" if ip_address(self.stream.address[0]).is_loopback else "whoever reaches that address"
            yield f"WARNING: {who} can read the plaintext of all decrypted sessions at {endpoint(self.stream.address)}"


class PcapServer(Child):
    """The process that serves PCAP-over-IP, where that is wanted."""

    def __init__(self, loop: Loop, stream: PcapOverIp | None) -> None:
        super().__init__(loop, "serves PCAP-over-IP")
        self._stream = stream

    def work(self) -> Callable[[], None] | None:
        """To serve whoever connects."""
        return None if self._stream is None else self._stream.run

    def kept(self) -> list[int]:
        """The queue and the listening socket."""
        return [] if self._stream is None else self._stream.serving()

    def descriptors(self) -> list[int]:
        """Workers only put into the queue."""
        return [*super().descriptors(), *([] if self._stream is None else self._stream.listening())]

    def stop(self, patience: float = PATIENCE) -> None:
        """Nobody writes any more: let it send what still waits, and go."""
        if self._stream is not None:
            self._stream.close()
        super().stop(patience)
