"""Block lists in the DNS (RFC 5782): the question whether an address is listed in a zone, and the answer, as bytes."""

from ipaddress import IPv4Address, IPv6Address

import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype

_LISTED = "127."  # what addresses in a list's answers begin with


def question(number: int, address: IPv4Address | IPv6Address, zone: str) -> bytes:
    """The query for an address under the number, 0 to 65535, that its answer will have."""
    query = dns.message.make_query(_name(address, zone), dns.rdatatype.A, id=number)
    return query.to_wire()


def is_listed(number: int, address: IPv4Address | IPv6Address, zone: str, answer: bytes) -> bool | None:
    """What an answer to that question says; None for one that is no answer to it, or says that none could be had."""
    try:
        message = dns.message.from_wire(answer)
    except (dns.exception.DNSException, ValueError):
        return None
    name = _name(address, zone)
    asked = [(one.name, one.rdtype) for one in message.question]
    is_ours = message.id == number and message.flags & dns.flags.QR and asked == [(name, dns.rdatatype.A)]
    if not is_ours or message.rcode() not in {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}:
        return None
    return any(record.address.startswith(_LISTED) for records in message.answer
               if records.name == name and records.rdtype == dns.rdatatype.A for record in records)


def _name(address: IPv4Address | IPv6Address, zone: str) -> dns.name.Name:
    """RFC 5782 §2.1, §2.4: the address's octets or nibbles in reverse order, then the zone."""
    labels = address.reverse_pointer.removesuffix(".in-addr.arpa").removesuffix(".ip6.arpa")
    return dns.name.from_text(f"{labels}.{zone}")
