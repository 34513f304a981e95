"""What programs print, as facts: curl, `openssl s_client`, nginx's log, `ovs-ofctl dump-flows`, the NF's JSON log."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from scenarios.observe import ClientView, ConnectionView, FlowEntry, ServerView, SpuRow
from scenarios.report_packets import Connection, Endpoint

TEXT_SHOWN = 200  # characters of a body that an observation keeps
_FLOW = re.compile(r"cookie=(?P<cookie>0x[0-9a-f]+),.*?table=(?P<table>\d+), n_packets=(?P<packets>\d+), "
                   r"n_bytes=(?P<octets>\d+),.*? (?:priority=(?P<priority>\d+),?)?(?P<match>\S*) "
                   r"actions=(?P<actions>.*)$")


@dataclass(frozen=True, slots=True)
class Ran:
    """A client program that has ended: exit status and everything that it wrote."""

    exit: int
    out: str
    err: str
    body: bytes = b""


def curl(visit: str, client: str, ran: Ran) -> ClientView:
    """Read `curl --verbose --write-out %{json}`: facts of the last transfer on stdout, the TLS session's on stderr."""
    said = json.loads(ran.out.splitlines()[-1]) if ran.out.startswith("{") else {}
    tls, cipher = _groups(r"SSL connection using (\S+) / (\S+)", ran.err)
    (issuer,) = _groups(r"^\*\s+issuer: (.*)$", ran.err)
    alerts = re.findall(r"\(IN\), TLS alert, (?!close notify)(.*) \(\d+\):", ran.err) if ran.exit else []
    error = str(said.get("errormsg") or "")
    if alerts and "alert" not in error:
        error += f": alert {alerts[-1]}"  # curl words some alerts as if it had found the fault itself
    version = str(said.get("http_version", "0"))
    replies = re.findall(r"^< (\d{3} .*)$", ran.err, re.MULTILINE)  # of a mail or file server
    return ClientView(
        visit=visit, client=client, exit=ran.exit, error=error, issuer=issuer, tls=tls,
        cipher=cipher, resumed=_resumed(ran.err), http="" if version == "0" else version,
        status=int(said.get("http_code", 0)), size=len(ran.body),
        sha256=sha256(ran.body).hexdigest() if ran.body else "", text=_beginning(ran.body) or next(reversed(replies), ""),
        local=f"{said.get('local_ip', '')}/{said.get('local_port', 0)}")


def _resumed(said: str) -> bool:
    """Whether curl's last TLS session took up an earlier one: then its server showed no certificate."""
    _, *handshakes, _ = ["", *said.split("SSL connection using")]
    return len(handshakes) > 1 and "(IN), TLS handshake, Certificate (11)" not in handshakes[-1]


def s_client(visit: str, client: str, ran: Ran) -> ClientView:
    """Read `openssl s_client`: certificate, all that is wrong with it, session, and what the server sent after these."""
    (issuer,) = _groups(r"^issuer=(.*)$", ran.out)
    tls, cipher = _groups(r"^New, (\S+), Cipher is (\S+)$", ran.out)
    errors = re.findall(r"^(?:verify error:.*|.*:error:.*|connect:.*)$", ran.err, re.MULTILINE)
    return ClientView(
        visit=visit, client=client, exit=ran.exit, error="; ".join(dict.fromkeys(errors)),
        issuer=issuer.replace(" = ", "="),
        tls="" if tls == "(NONE)" else tls, cipher="" if cipher == "(NONE)" else cipher, size=len(ran.body),
        sha256=sha256(ran.body).hexdigest() if ran.body else "", text=_beginning(ran.body))


def sessions(visit: str, client: str, ran: Ran) -> ClientView:
    """Read what `scenarios.sessions` says of all its sessions; `text` tells how many were answered."""
    said = json.loads(ran.out) if ran.out.startswith("{") else {"error": ran.err.strip().rpartition("\n")[2]}
    return ClientView(visit=visit, client=client, exit=ran.exit, size=len(ran.body),
                      sha256=sha256(ran.body).hexdigest() if ran.body else "", **said)


def _groups(pattern: str, text: str) -> tuple[str, ...]:
    found = re.search(pattern, text, re.MULTILINE)
    return tuple(found.groups()) if found else ("",) * re.compile(pattern).groups


def _beginning(body: bytes) -> str:
    return body.decode("ascii", "backslashreplace")[:TEXT_SHOWN].strip()


def quic(visit: str, client: str, ran: Ran) -> ClientView:
    """Read what `scenarios.quic` says of the answer to its knock."""
    said = json.loads(ran.out) if ran.out.startswith("{") else {"error": ran.err.strip().rpartition("\n")[2]}
    return ClientView(visit=visit, client=client, exit=ran.exit, **said)


def connections(found: Iterable[Connection]) -> tuple[ConnectionView, ...]:
    """Read what captures show of TCP connections."""
    return tuple(ConnectionView(*map(_end, (it.client.client, it.client.server)),
                                *map(_end, (it.server.client, it.server.server) if it.server else ())) for it in found)


def _end(end: Endpoint) -> str:
    return f"{end[0]}/{end[1]}"


def access_log(text: str) -> tuple[ServerView, ...]:
    """Read nginx's access log as `origins` asks for it: one JSON object a line."""
    return tuple(ServerView(**entry) for entry in json_lines(text))


def json_lines(text: str) -> tuple[dict[str, Any], ...]:
    """Read one JSON object a line; a last line that is still being written does not count."""
    return tuple(json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n") and line.strip())


def spu_rows(monitoring: Mapping[str, Any]) -> tuple[SpuRow, ...]:
    """Read the network function's answer to `show monitoring`; SPUs that run no flows have no sessions to show."""
    return tuple(SpuRow(name=f"FPC {spu['fpc']} PIC {spu['pic']}", current=spu["sessions"], maximum=spu["max-sessions"],
                        created=spu["created"], failed=spu["failed"], cpu=spu["cpu"], worker=spu["worker"])
                 for spu in monitoring["spus"] if spu["max-sessions"])


def flow_entries(switch: str, text: str, meaning: Callable[[int], str]) -> tuple[FlowEntry, ...]:
    """Read `ovs-ofctl dump-flows`; `meaning` tells what a cookie stands for."""
    found = (match for line in text.splitlines() if (match := _FLOW.search(line)))
    return tuple(FlowEntry(
        switch=switch, table=int(entry["table"]), cookie=int(entry["cookie"], 16),
        priority=int(entry["priority"] or 32768),  # ovs-ofctl leaves out OpenFlow's default
        packets=int(entry["packets"]), octets=int(entry["octets"]), match=entry["match"], actions=entry["actions"],
        meaning=meaning(int(entry["cookie"], 16))) for entry in found)
