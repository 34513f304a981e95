"""Which names a certificate holds: subjectAltName alone, wildcards of one label, addresses, A-labels (RFC 9525)."""

from collections.abc import Iterator
from ipaddress import ip_address

from cryptography import x509

from tests.pki.suite.case import Case, no, ok
from tests.pki.suite.der import implicit, seq
from tests.pki.suite.workshop import Ext, Made, hard, leaf, root, soft

R = root()
SAN = "2.5.29.17"


def _addresses(*texts: str) -> Ext:
    return soft(x509.SubjectAlternativeName([x509.IPAddress(ip_address(text)) for text in texts]))


def _raw(*names: tuple[int, bytes]) -> Ext:
    return Ext(SAN, seq(*(implicit(tag, content) for tag, content in names)))


def _row(valid: bool, title: str, made: Made, host: str, but: str = "") -> Case:
    return (ok if valid else no)(f"names {title}", made, R, host, but=but)


def _dns() -> Iterator[Case]:
    rows = [
        (True, "exact", "example.com", "example.com"), (True, "case", "EXAMPLE.com", "example.COM"),
        (True, "root's dot asked for", "example.com", "example.com."), (False, "other domain", "example.com", "example2.com"),
        (False, "sibling", "abc.example.com", "def.example.com"), (False, "below", "example.com", "abc.example.com"),
        (False, "above", "abc.example.com", "example.com"), (False, "as a prefix", "example.com", "example.com.evil.test"),
        (False, "as a suffix", "example.com", "notexample.com"), (False, "registry's wildcard", "*.com", "example.com"),
        (False, "bare wildcard", "*", "example"), (False, "wildcard for all", "*", "example.com"),
        (True, "wildcard", "*.example.com", "foo.example.com"), (False, "wildcard and apex", "*.example.com", "example.com"),
        (False, "wildcard two labels deep", "*.example.com", "foo.bar.example.com"),
        (False, "wildcard in the label's end", "ba*.example.com", "baz.example.com"),
        (False, "wildcard in the label's begin", "*az.example.com", "baz.example.com"),
        (False, "wildcard in the middle", "foo.*.example.com", "foo.bar.example.com"),
        (False, "two wildcards", "*.*.example.com", "foo.bar.example.com"),
        (False, "wildcard within an A-label", "xn--*-1b3c148a.example.com", "xn--bliss-1b3c148a.example.com"),
        (True, "wildcard for an A-label", "*.example.com", "xn--bliss-1b3c148a.example.com"),
        (True, "A-label", "xn--628h.example.com", "xn--628h.example.com"),
        (False, "underscore", "under_score.example.com", "under_score.example.com"),
        (False, "wildcard and underscore", "*.example.com", "under_score.example.com"),
        (False, "address as a DNS name", "192.0.2.1", "192.0.2.1"), (False, "IPv6 address as a DNS name", "::1", "::1"),
        (False, "leading dot", ".example.com", "foo.example.com"), (False, "empty", "", "example.com"),
        (False, "space", "exam ple.com", "exam ple.com"), (False, "trailing hyphen", "foo-.example.com", "foo-.example.com")]
    for valid, title, held, host in rows:
        yield _row(valid, title, leaf(R, san=_raw((2, held.encode()))), host)


def cases() -> Iterator[Case]:
    yield from _dns()
    yield _row(False, "U-label in UTF-8", leaf(R, san=_raw((2, "😜.example.com".encode()))), "xn--628h.example.com")
    yield _row(False, "NUL within", leaf(R, san=_raw((2, b"example.com\0.evil.test"))), "example.com")
    yield _row(False, "NUL at the end", leaf(R, san=_raw((2, b"example.com\0"))), "example.com")
    yield _row(False, "the common name alone", leaf(R, san=None), "example.com")
    yield _row(False, "the common name beside another", leaf(R, "other.test"), "example.com")
    yield _row(False, "the common name is an address", leaf(R, san=None, common="192.0.2.1"), "192.0.2.1")
    yield _row(True, "second of two", leaf(R, "other.test", "example.com"), "example.com")
    yield _row(True, "address", leaf(R, san=_addresses("127.0.0.1")), "127.0.0.1")
    yield _row(True, "IPv6 address", leaf(R, san=_addresses("2001:db8::1")), "2001:0db8::1")
    yield _row(False, "another address", leaf(R, san=_addresses("192.0.2.1")), "192.0.2.2")
    yield _row(False, "IPv4 in an IPv6 address", leaf(R, san=_addresses("::ffff:192.0.2.1")), "192.0.2.1")
    yield _row(False, "address of five octets", leaf(R, san=_raw((7, b"\x7f\0\0\1\0"), (2, b"example.com"))), "example.com")
    yield _row(False, "network for an address", leaf(R, san=_raw((7, bytes(8)), (2, b"example.com"))), "example.com")
    yield _row(False, "e-mail address for a host", leaf(R, san=_raw((1, b"example.com"))), "example.com")
    yield _row(False, "URI for a host", leaf(R, san=_raw((6, b"https://example.com/"))), "example.com")
    yield _row(False, "value that is no DER", leaf(R, san=Ext(SAN, b"example.com")), "example.com")
    yield _row(False, "value with octets after it", leaf(R, san=Ext(SAN, seq(implicit(2, b"example.com")) + b"\0")),
               "example.com")
    yield _row(False, "no names in the extension", leaf(R, san=Ext(SAN, seq())), "example.com")
    critical = hard(x509.SubjectAlternativeName([x509.DNSName("example.com")]))
    yield _row(True, "critical, empty subject", leaf(R, common="", san=critical), "example.com")
    yield _row(False, "uncritical, empty subject", leaf(R, common=""), "example.com")
    yield _row(False, "critical, subject there", leaf(R, san=critical), "example.com")
    yield _row(False, "twice", leaf(R, more=[soft(x509.SubjectAlternativeName([x509.DNSName("example.com")]))]), "example.com")
    for title, common, held in (("hexadecimal", "0xC0A80101", "192.168.1.1"), ("zeros", "192.168.001.001", "192.168.1.1"),
                                ("upper case", "2001:DB8::1", "2001:db8::1")):
        yield _row(True, f"of the common name are not looked at: {title}", leaf(R, common=common, san=_addresses(held)), held)
    yield _row(True, "of the common name are not looked at: another", leaf(R, "a.test", common="b.test"), "a.test")
    yield ok("names none asked for", leaf(R, "a.test"), R, None)
    yield ok("names none asked for, none held", leaf(R, san=None), R, None)
