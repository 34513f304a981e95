"""Many TLS sessions by one client, an HTTP request each: `python -m scenarios.sessions --help`; JSON goes to stdout.

Source ports are drawn from a seed, so that a run can be repeated to the port. A session that is refused, breaks off or
is answered otherwise than the first one is lost, and counted by how far it got; the exit status is then 1.
"""

import asyncio
import errno
import json
import random
import socket
import ssl
import sys
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509

_PORTS = range(1024, 1 << 16)
_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class _LostError(Exception):
    """How far a session got, and what ended it."""

    def __init__(self, stage: str, cause: str) -> None:
        super().__init__(stage, cause)
        self.stage, self.cause = stage, cause


@dataclass(slots=True)
class Outcome:
    """What became of the sessions so far."""

    asked: int
    answered: int = 0
    lost: Counter[str] = field(default_factory=Counter)
    error: str = ""  # the first one
    shown: set[tuple[str, str, str]] = field(default_factory=set)  # issuer, TLS version, cipher
    body: bytes | None = None

    @contextmanager
    def counting(self) -> Iterator[None]:
        """What is lost within is counted."""
        try:
            yield
        except _LostError as error:
            self.lost[error.stage] += 1
            self.error = self.error or error.cause

    def compare(self, status_line: str, body: bytes) -> None:
        """ValueError for an answer that is no success, or not the first one's."""
        if self.body is None:
            self.body = body
        if " 200 " not in status_line or body != self.body:
            raise ValueError(f"answered otherwise: {status_line}, {len(body)} bytes")

    def facts(self) -> dict[str, str]:
        """For the reader behind the pipe; what differs between sessions is listed."""
        issuer, tls, cipher = (", ".join(sorted({kind[part] for kind in self.shown})) for part in range(3))
        lost = "".join(f", {count} lost {stage}" for stage, count in sorted(self.lost.items()))
        text = f"{self.answered} of {self.asked} sessions answered{lost}"
        error = f"{text}: {self.error}" if self.error else ""
        return {"text": text, "error": error, "issuer": issuer, "tls": tls, "cipher": cipher}


@contextmanager
def _stage(name: str) -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError, ValueError) as error:
        raise _LostError(name, str(error) or type(error).__name__) from error


def source_ports(seed: str) -> Iterator[int]:
    """All ports that a client may use, in the order that a seed gives."""
    return iter(random.Random(seed).sample(_PORTS, len(_PORTS)))  # noqa: S311 - to be repeatable


class Client:
    """Opens sessions as it was asked to."""

    def __init__(self, asked: Namespace) -> None:
        self.outcome = Outcome(asked.count)
        self._asked = asked
        self._context = ssl.create_default_context(cafile=asked.anchors)
        if asked.insecure:
            self._context.check_hostname, self._context.verify_mode = False, ssl.CERT_NONE
        if asked.tls_max == "1.2":
            self._context.maximum_version = ssl.TLSVersion.TLSv1_2
        self._ports = source_ports(asked.seed)
        self._gate = asyncio.Semaphore(1 if asked.hold else asked.at_once)

    async def run(self) -> Outcome:
        """All sessions; held ones are asked a second time once every one has been tried, and after the pause."""
        held = await asyncio.gather(*(self._open() for _ in range(self._asked.count)))
        if self._asked.pause:
            self.keep_body()
            await asyncio.to_thread(sys.stdin.read)
        await asyncio.gather(*(self._finish(streams) for streams in held if streams))
        return self.outcome

    def keep_body(self) -> None:
        """Write what was answered to the file for it."""
        if self._asked.output and self.outcome.body is not None:
            self._asked.output.write_bytes(self.outcome.body)

    async def _open(self) -> _Streams | None:
        """A session that was answered and is to be held."""
        async with self._gate:
            with self.outcome.counting():
                streams = await self._connected()
                await self._request(streams, "on request", last=not self._asked.hold)
                self.outcome.shown.add(_agreed(streams[1]))
                if self._asked.hold:
                    return streams
                await self._end(streams)
        return None

    async def _finish(self, streams: _Streams) -> None:
        with self.outcome.counting():
            await self._request(streams, "while held", last=True)
            await self._end(streams)

    async def _end(self, streams: _Streams) -> None:
        self.outcome.answered += 1
        streams[1].close()
        with suppress(OSError):
            await streams[1].wait_closed()

    async def _connected(self) -> _Streams:
        end = socket.socket(socket.AF_INET6 if ":" in self._asked.address else socket.AF_INET)
        try:
            with _stage("on connecting"):
                end.setblocking(False)
                self._bind(end)
                async with asyncio.timeout(self._asked.timeout):
                    await asyncio.get_running_loop().sock_connect(end, (self._asked.address, self._asked.port))
            with _stage("in the TLS handshake"):
                async with asyncio.timeout(self._asked.timeout):
                    return await asyncio.open_connection(sock=end, ssl=self._context, server_hostname=self._asked.name)
        except BaseException:
            end.close()
            raise

    def _bind(self, end: socket.socket) -> None:
        """Take the next source port that is not in use still."""
        for port in self._ports:
            try:
                return end.bind(("", port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
        raise OSError(errno.EADDRINUSE, "no source port is left")

    async def _request(self, streams: _Streams, stage: str, *, last: bool) -> None:
        reader, writer = streams
        with _stage(stage):
            async with asyncio.timeout(self._asked.timeout):
                writer.write(f"GET {self._asked.path} HTTP/1.1\r\nHost: {self._asked.name}\r\n"
                             f"Connection: {'close' if last else 'keep-alive'}\r\n\r\n".encode())
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                body = await reader.readexactly(int(head.partition("\r\ncontent-length:")[2].partition("\r\n")[0]))
                rest = await reader.read() if last else b""
            self.outcome.compare(head.partition("\r\n")[0], body + rest)


def _agreed(writer: asyncio.StreamWriter) -> tuple[str, str, str]:
    tls: ssl.SSLObject = writer.get_extra_info("ssl_object")
    certificate = x509.load_der_x509_certificate(tls.getpeercert(binary_form=True) or b"")
    return certificate.issuer.rfc4514_string(), tls.version() or "", (tls.cipher() or ("",))[0]


def _parser() -> ArgumentParser:
    parser = ArgumentParser("scenarios.sessions", description=__doc__)
    for word in ("address", "name", "path"):
        parser.add_argument(word)
    parser.add_argument("--port", type=int, default=443)
    parser.add_argument("--count", type=int, default=1, help="sessions")
    parser.add_argument("--at-once", type=int, default=16, help="sessions that are open at a time")
    parser.add_argument("--hold", action="store_true", help="keep all open, then request once more on each")
    parser.add_argument("--pause", action="store_true", help="and request once more when standard input ends")
    parser.add_argument("--anchors", help="file of trusted CA certificates")
    parser.add_argument("--insecure", action="store_true", help="take any certificate")
    parser.add_argument("--tls-max", choices=("1.2", "1.3"), default="1.3")
    parser.add_argument("--timeout", type=float, default=8.0, help="seconds for each step of a session")
    parser.add_argument("--seed", default="", help="what the source ports are drawn from")
    parser.add_argument("--output", type=Path, help="file for the body")
    return parser


def main(words: list[str] | None = None) -> int:
    """Do what the words ask; 0 where no session was lost."""
    asked = _parser().parse_args(words)
    client = Client(asked)
    outcome = asyncio.run(client.run())
    client.keep_body()
    sys.stdout.write(json.dumps(outcome.facts()) + "\n")
    return int(outcome.answered < outcome.asked)


if __name__ == "__main__":
    sys.exit(main())
