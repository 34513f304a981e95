"""Real clients of a lab: curl, `openssl s_client` for what is not HTTP, and a program that opens many sessions."""

import contextlib
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from scenarios import readings
from scenarios.observe import ClientView
from scenarios.readings import Ran
from scenarios.schema import STARTTLS, Visit

TIMED_OUT = 124  # as timeout(1) says it
_TICKET = re.compile(rb"---\nPost-Handshake New Session Ticket.*?---\nread R BLOCK\n", re.DOTALL)
GOODBYE = "CLOSE"  # `openssl s_server -rev` closes on this line


def visit_once(visit: Visit, address: str, anchors: Path, scratch: Path, within: Sequence[str],
               meanwhile: Callable[[], None] = lambda: None) -> ClientView:
    """Make one attempt of a visit from a host; `address` is the origin's, `anchors` the CA certificates to trust.

    A visit with steps in its midst calls `meanwhile` between its lines.
    """
    if urlsplit(visit.url).scheme == "quic":
        done = subprocess.run([*within, *quic_command(visit, address)], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, check=False)
        return readings.quic(visit.name, visit.client, Ran(done.returncode, done.stdout, done.stderr))
    if visit.by_s_client:
        return readings.s_client(visit.name, visit.client, _s_client(visit, address, anchors, within, meanwhile))
    read, command = _program(visit)
    body = scratch / f"{visit.client}.body"
    body.unlink(missing_ok=True)
    with subprocess.Popen([*within, *command(visit, address, anchors, body)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, errors="replace") as process:
        if visit.during:
            _await_beginning(process, body)
            meanwhile()
        out, err = process.communicate(visit.upload if visit.by else "")
    return read(visit.name, visit.client, Ran(process.returncode, out, err, body.read_bytes() if body.exists() else b""))


def _program(visit: Visit) -> tuple[Callable[[str, str, Ran], ClientView], Callable[[Visit, str, Path, Path], list[str]]]:
    """What makes a visit to a web server, and how that is read."""
    if visit.half_close:
        return readings.sessions, half_close_command
    return (readings.sessions, sessions_command) if visit.by_program else (readings.curl, curl_command)


def _await_beginning(process: "subprocess.Popen[str]", body: Path) -> None:
    """Return once something has been fetched, or nothing will be."""
    while process.poll() is None and not (body.exists() and body.stat().st_size):
        time.sleep(0.02)


def curl_command(visit: Visit, address: str, anchors: Path, body: Path) -> list[str]:
    """The curl that a reader could type as well."""
    name, port = visit.target
    return ["curl", "--silent", "--verbose", "--max-time", str(visit.timeout), "--cacert", str(anchors),
            *["--insecure"] * (not visit.verify), "--http2" if visit.http2 else "--http1.1",
            "--tls-max", visit.tls_max, f"--tlsv{visit.oldest}", *["--ciphers", visit.cipher_list] * bool(visit.cipher_list),
            *["--header", "Connection: close"] * visit.resume, *_sent(visit), "--no-buffer",
            *(word for header in visit.headers for word in ("--header", header)),
            "--noproxy", "*", "--globoff", *_resolved(name, port, address), "--fail-early",
            "--write-out", "%{json}\\n",
            *(["--output", str(body), visit.url] * visit.requests)]


def _sent(visit: Visit) -> list[str]:
    """What goes with a request; mails and files are read from standard input."""
    if not visit.upload:
        return []
    if not visit.by:
        return ["--data-binary", visit.upload]
    mail = ["--crlf", "--mail-from", visit.sender, "--mail-rcpt", "bob@example.test"]
    return ["--upload-file", "-", *mail * visit.url.startswith("smtp:")]


def quic_command(visit: Visit, address: str) -> list[str]:
    """The program that asks whether QUIC is spoken."""
    return [sys.executable, "-P", "-m", "scenarios.quic", "ask", address, str(visit.target[1]), str(visit.timeout)]


def half_close_command(visit: Visit, address: str, anchors: Path, body: Path) -> list[str]:
    """The program that ends its own direction before it reads."""
    name, port = visit.target
    parts = urlsplit(visit.url)
    return [sys.executable, "-P", "-m", "scenarios.half_close", "ask", address, name, str(port), parts.path, str(body),
            str(visit.timeout), *[str(anchors)] * (parts.scheme == "https")]


def _resolved(name: str, port: int, address: str) -> list[str]:
    """Where curl finds a name; an IP address is found where it is."""
    return ["--resolve", f"{name}:{port}:{_bracketed(address)}"] if name != address else []


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def sessions_command(visit: Visit, address: str, anchors: Path, body: Path) -> list[str]:
    """The program that opens many sessions; a visit's source ports are the same in every run."""
    name, port = visit.target
    return [sys.executable, "-P", "-m", "scenarios.sessions", address, name, urlsplit(visit.url).path,
            "--port", str(port), "--count", str(visit.sessions), "--at-once", str(visit.at_once),
            *["--hold"] * visit.hold, *["--pause"] * bool(visit.during),
            "--anchors", str(anchors), *["--insecure"] * (not visit.verify),
            "--tls-max", visit.tls_max, "--timeout", str(visit.timeout), "--seed", visit.name,
            "--output", str(body)]


def _s_client(visit: Visit, address: str, anchors: Path, within: Sequence[str], meanwhile: Callable[[], None]) -> Ran:
    name, port = visit.target
    command = ["openssl", "s_client", "-connect", f"{_bracketed(address)}:{port}", "-CAfile", str(anchors),
               "-verify_hostname", name, *(["-servername", name] if visit.server_name else ["-noservername"]),
               *["-ign_eof"] * (not visit.renegotiate),
               "-min_protocol", _protocol(visit.oldest), "-max_protocol", _protocol(visit.tls_max),
               *["-cipher", visit.cipher_list] * bool(visit.cipher_list), *["-verify_return_error"] * visit.verify]
    scheme = urlsplit(visit.url).scheme
    if scheme in STARTTLS:
        command += ["-starttls", scheme]
    with subprocess.Popen([*within, *command], bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        before = _answered(process, visit, meanwhile) if visit.during else b""
        if visit.renegotiate:  # without -ign_eof, under which s_client knows no commands, it must be heard to the end
            before = _answered(process, visit, lambda: _renegotiate(process)) + _answered(process, visit, lambda: None)
        try:
            out, err = process.communicate(f"{visit.say}\n{GOODBYE}\n".encode(), visit.timeout)
            status = process.returncode
        except subprocess.TimeoutExpired:
            process.kill()
            (out, err), status = process.communicate(), TIMED_OUT
    return Ran(status, _text(before + out), _text(err), _after_session(before + out))


def _protocol(version: str) -> str:
    """OpenSSL's word for a TLS version."""
    return f"TLSv{version.removesuffix('.0')}"


def _renegotiate(process: "subprocess.Popen[bytes]") -> None:
    """Type what s_client takes for the command, and wait until it has; typed with more it would be lost with that."""
    assert process.stdin is not None  # noqa: S101 - they are pipes, as asked for
    assert process.stderr is not None  # noqa: S101
    process.stdin.write(b"R\n")
    for line in process.stderr:
        if line == b"RENEGOTIATING\n":
            return


def _answered(process: "subprocess.Popen[bytes]", visit: Visit, meanwhile: Callable[[], None]) -> bytes:
    """Send the line, read until it has come back, and let happen what is to happen then."""
    assert process.stdin is not None  # noqa: S101 - they are pipes, as asked for
    assert process.stdout is not None  # noqa: S101
    with contextlib.suppress(BrokenPipeError):  # it has ended already
        process.stdin.write(f"{visit.say}\n".encode())
    patience = threading.Timer(visit.timeout, process.kill)
    patience.start()
    said = b""
    for line in process.stdout:
        said += line
        if line.strip() == visit.say[::-1].encode():
            break
    else:
        meanwhile = _nothing
    if visit.during:
        patience.cancel()  # what happens to the lab takes its time
    meanwhile()
    patience.cancel()
    return said


def _nothing() -> None:
    """Where no answer has come."""


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _after_session(out: bytes) -> bytes:
    """What the server said: it stands after the session's facts, before, between or after TLS 1.3's tickets."""
    return _TICKET.sub(b"", out).rpartition(b"---\n")[2].removesuffix(b"closed\n")


def anchors_file(visit: Visit, anchors: Mapping[str, Path], scratch: Path) -> Path:
    """Join the CA certificates that a visit trusts in one file."""
    joined = scratch / ("-".join(visit.trusts) + ".pem")
    joined.write_bytes(b"".join(anchors[name].read_bytes() for name in visit.trusts))
    return joined
