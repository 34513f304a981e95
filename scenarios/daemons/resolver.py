"""A name server at port 53 of the loopback that knows one zone: a list of addresses that send unwanted mail (RFC 5782)."""

import socket
import sys
from collections.abc import Collection, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Final

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

PACKAGE = ""
READY = "answering"
_LISTED: Final = "127.0.0.2"  # RFC 5782 §2.1: what every list answers for the addresses on it


def command(home: Path, options: Mapping[str, str]) -> list[str]:  # noqa: ARG001 - it keeps nothing
    """`zone` is the list's name, `listed` the IPv4 addresses on it."""
    return [sys.executable, "-P", "-m", __name__, options["zone"], *options["listed"].split()]


def answer(question: bytes, listed: Collection[str]) -> bytes:
    """What is on the list has an address, what is not does not exist."""
    query = dns.message.from_wire(question)
    reply = dns.message.make_response(query)
    reply.flags |= dns.flags.AA
    name = query.question[0].name
    if name.to_text(omit_final_dot=True).lower() in listed:
        reply.answer.append(dns.rrset.from_text(name, 60, "IN", "A", _LISTED))
    else:
        reply.set_rcode(dns.rcode.NXDOMAIN)
    return reply.to_wire()


def names(zone: str, addresses: Collection[str]) -> frozenset[str]:
    """Under which the addresses are in the zone."""
    return frozenset(f"{ip_address(each).reverse_pointer.removesuffix('.in-addr.arpa')}.{zone}" for each in addresses)


def serve(listed: Collection[str]) -> None:
    """For ever."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 53))
        print(READY, flush=True)  # noqa: T201 - for whoever has started us
        while True:
            question, client = sock.recvfrom(4096)
            sock.sendto(answer(question, listed), client)


if __name__ == "__main__":
    serve(names(sys.argv[1], sys.argv[2:]))
