"""A server that takes mail (SMTP) and one that has files (FTP, passive), in the clear.

`python -m scenarios.transfers mail PORT` or `… files PORT DIRECTORY`.
"""

import contextlib
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

Attend: TypeAlias = Callable[[socket.socket], None]
_REPLIES: Final = {"EHLO": "250 mail.example.test", "HELO": "250 mail.example.test", "DATA": "354 go on", "QUIT": "221 bye"}


def _lines(client: socket.socket) -> Iterator[bytes]:
    with client.makefile("rb") as talk:
        yield from talk


def _say(client: socket.socket, text: str) -> None:
    client.sendall(f"{text}\r\n".encode())


def take_mail(client: socket.socket) -> None:
    """Every mail is taken; the reply repeats its subject, as it has come."""
    _say(client, "220 mail.example.test ESMTP")
    lines = _lines(client)
    for line in lines:
        verb = line[:4].decode("latin-1").strip().upper()
        _say(client, _REPLIES.get(verb, "250 as you say"))
        if verb == "DATA":
            mail = list(iter(lambda: next(lines, b".\r\n"), b".\r\n"))
            subject = next((text.decode("latin-1").strip() for text in mail if text.lower().startswith(b"subject:")), "nothing")
            _say(client, f"250 taken: {subject}")
        elif verb == "QUIT":
            return


@dataclass(slots=True)
class Files:
    """An FTP server (RFC 959, RFC 2428) with one directory, for anybody."""

    directory: Path

    def attend(self, client: socket.socket) -> None:
        """Until the client leaves."""
        _say(client, "220 files")
        with socket.create_server((client.getsockname()[0], 0), family=client.family) as listener:
            listener.settimeout(10)
            for line in _lines(client):
                verb, _, argument = line.decode("utf-8", "replace").strip().partition(" ")
                self._do(client, listener, verb.upper(), argument)

    def _do(self, client: socket.socket, listener: socket.socket, verb: str, argument: str) -> None:
        host, port = listener.getsockname()[:2]
        place = self.directory / Path(argument).name
        size = f"213 {place.stat().st_size}" if place.is_file() else "550 no such file"
        if verb in {"RETR", "STOR"}:
            self._transfer(client, listener, place, sends=verb == "RETR")
        elif verb == "DELE":
            place.unlink(missing_ok=True)
            _say(client, "250 gone")
        else:
            _say(client, {"USER": "331 and the password", "PASS": "230 welcome", "PWD": '257 "/"', "SIZE": size,
                          "EPSV": f"229 at (|||{port}|)", "TYPE": "200 as they are", "QUIT": "221 bye",
                          "PASV": f"227 at ({host.replace('.', ',')},{port >> 8},{port & 255})"}.get(verb, "502 not here"))

    def _transfer(self, client: socket.socket, listener: socket.socket, place: Path, *, sends: bool) -> None:
        if sends and not place.is_file():
            _say(client, "550 no such file")
            return
        _say(client, "150 here it is")
        broken = True
        with contextlib.suppress(OSError):
            data, _ = listener.accept()
            with data, data.makefile("rwb") as talk:
                if sends:
                    talk.write(place.read_bytes())
                else:
                    place.write_bytes(talk.read())
            broken = False
        _say(client, "426 broken off" if broken else "226 done")


def serve(port: int, attend: Attend) -> None:
    """For ever, each client in a thread of its own."""
    with socket.create_server(("0.0.0.0", port)) as listener:  # noqa: S104 - within a namespace of the lab
        print("serving", flush=True)  # noqa: T201 - for whoever has started us
        while True:
            client, _ = listener.accept()
            threading.Thread(target=_attend, args=(client, attend), daemon=True).start()


def _attend(client: socket.socket, attend: Attend) -> None:
    with contextlib.suppress(OSError), client:
        attend(client)


if __name__ == "__main__":
    program, at, *directory = sys.argv[1:]
    serve(int(at), take_mail if program == "mail" else Files(Path(directory[0])).attend)
