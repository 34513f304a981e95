"""Name constraints (RFC 5280 §4.2.1.10): what a CA permits and excludes, on the root and in between."""

from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from itertools import product

from cryptography import x509

from tests.pki.suite.case import Case, no, ok
from tests.pki.suite.der import context, implicit, seq
from tests.pki.suite.workshop import Ext, hard, leaf, middle, name, root, soft

NC = "2.5.29.30"
PRIVATE = x509.ObjectIdentifier("1.3.6.1.4.1.99999.3")


def dns(text: str) -> x509.GeneralName:
    return x509.DNSName(text)


def net(text: str) -> x509.GeneralName:
    return x509.IPAddress(ip_network(text))


def addr(text: str) -> x509.GeneralName:
    return x509.IPAddress(ip_address(text))


def directory(text: str) -> x509.GeneralName:
    return x509.DirectoryName(x509.Name.from_rfc4514_string(text))


def mail(text: str) -> x509.GeneralName:
    return x509.RFC822Name(text)


def uri(text: str) -> x509.GeneralName:
    return x509.UniformResourceIdentifier(text)


def limits(permit: list[x509.GeneralName] | None = None, exclude: list[x509.GeneralName] | None = None, *,
           critical: bool = True) -> Ext:
    return (hard if critical else soft)(x509.NameConstraints(permit or None, exclude or None))


def held(*names: x509.GeneralName) -> Ext:
    return soft(x509.SubjectAlternativeName(names))


def raw(*subtrees: bytes, tag: int = 0, after: bytes = b"") -> Ext:
    return Ext(NC, seq(context(tag, b"".join(map(seq, subtrees))), after), critical=True)


def _rows() -> Iterator[tuple[bool, str, Ext, Ext, str | None]]:
    base, other = "example.com", "not-example.com"
    yield True, "DNS permitted", limits([dns(base)]), held(dns(base)), base
    yield True, "DNS permitted below", limits([dns(base)]), held(dns("foo.bar.example.com")), "foo.bar.example.com"
    yield False, "DNS not permitted", limits([dns(base)]), held(dns(other)), other
    yield True, "DNS permitted, uncritical as the web's CAs may", limits([dns(base)], critical=False), held(dns(base)), base
    yield False, "DNS not permitted, uncritical", limits([dns(base)], critical=False), held(dns(other)), other
    yield True, "DNS permitted in another case", limits([dns("EXAMPLE.com")]), held(dns(base)), base
    yield False, "DNS excluded", limits(None, [dns(base)]), held(dns(base)), base
    yield False, "DNS excluded below", limits(None, [dns(base)]), held(dns("foo.example.com")), "foo.example.com"
    yield False, "DNS excluded in another case", limits(None, [dns("EXAMPLE.com")]), held(dns(base)), base
    yield True, "DNS not excluded", limits(None, [dns(base)]), held(dns(other)), other
    yield (False, "DNS excluded, second name", limits(None, [dns("no.example.com")]), held(dns(base), dns("no.example.com")),
           base)
    yield False, "DNS permitted and excluded", limits([dns(base)], [dns(base)]), held(dns(base)), base
    yield False, "DNS permitted is the parent", limits([dns("foo.example.com")]), held(dns(base)), base
    yield False, "every DNS name excluded", limits(None, [dns("")]), held(dns(base)), base
    yield True, "every DNS name permitted", limits([dns("")]), held(dns(base)), base
    yield (False, "wildcard escapes exclusion", limits([dns(base)], [dns("bar.example.com")]), held(dns("*.example.com")),
           "bar.example.com")
    yield False, "wildcard below excluded", limits(None, [dns(base)]), held(dns("*.example.com")), "bar.example.com"
    yield (False, "wildcard wider than permitted", limits([dns("foo.example.com")]), held(dns("*.example.com")),
           "foo.example.com")
    yield True, "wildcard permitted", limits([dns(base)]), held(dns("*.example.com")), "foo.example.com"
    yield (False, "malformed name beside a good one", limits([dns(base)]), held(dns(".example.com"), dns("foo.example.com")),
           "foo.example.com")
    yield True, "address permitted", limits([net("192.0.2.0/24")]), held(addr("192.0.2.1")), "192.0.2.1"
    yield False, "address not permitted", limits([net("192.0.2.0/24")]), held(addr("192.0.3.1")), "192.0.3.1"
    yield False, "address excluded", limits(None, [net("192.0.2.0/24")]), held(addr("192.0.2.1")), "192.0.2.1"
    yield True, "IPv6 permitted", limits([net("::1/128")]), held(addr("::1")), "::1"
    yield False, "IPv6 excluded", limits(None, [net("::1/128")]), held(addr("::1")), "::1"
    yield False, "IPv6 under IPv4 permitted alone", limits([net("192.0.2.0/24")]), held(addr("2001:db8::1")), "2001:db8::1"
    yield True, "address permitted, DNS held", limits([net("192.0.2.0/24")]), held(dns(base)), base
    yield True, "address excluded, DNS held", limits(None, [net("192.0.2.0/24")]), held(dns(base)), base
    yield (False, "network held under an address permitted", limits([net("192.0.2.0/24")]),
           held(net("192.0.2.0/24"), addr("192.0.2.1")), "192.0.2.1")
    yield True, "e-mail permitted by mailbox", limits([mail("foo@example.com")]), held(mail("foo@example.com")), None
    yield False, "e-mail of another mailbox", limits([mail("foo@example.com")]), held(mail("bar@example.com")), None
    yield True, "e-mail permitted by host", limits([mail(base)]), held(mail("foo@example.com")), None
    yield False, "e-mail of another host", limits([mail(base)]), held(mail("foo@www.example.com")), None
    yield False, "e-mail excluded", limits(None, [mail(base)]), held(mail("foo@example.com"), dns(base)), base
    yield True, "URI permitted", limits([uri(base)]), held(uri("https://example.com/"), dns(base)), base
    yield False, "URI not permitted", limits([uri(base)]), held(uri("https://other.test/"), dns(base)), base
    other_name = x509.OtherName(PRIVATE, b"\x05\x00")
    yield False, "otherName excluded and held", limits([dns(base)], [other_name]), held(dns(base), other_name), base
    yield True, "otherName excluded, none held", limits([dns(base)], [other_name]), held(dns(base)), base
    yield False, "otherName permitted and held", limits([other_name]), held(dns(base), other_name), base
    yield False, "wildcard in a constraint", raw(implicit(2, b"*.example.com")), held(dns("foo.example.com")), "foo.example.com"
    yield (False, "leading dot in a constraint", raw(implicit(2, b".example.com")), held(dns("foo.example.com")),
           "foo.example.com")
    yield False, "address without mask", raw(implicit(7, bytes([127, 0, 0, 1]))), held(addr("127.0.0.1")), "127.0.0.1"
    yield False, "IPv6 address without mask", raw(implicit(7, ip_address("::1").packed)), held(addr("::1")), "::1"
    yield False, "mask with holes", raw(implicit(7, bytes([10, 0, 0, 0, 255, 0, 255, 0]))), held(addr("10.1.0.1")), "10.1.0.1"
    yield False, "malformed e-mail constraint", raw(implicit(1, b"a@b@example.com")), held(mail("a@example.com")), None
    yield False, "neither permits nor excludes", Ext(NC, seq(), critical=True), held(dns(base)), base
    yield False, "empty subtrees", Ext(NC, seq(context(0, b""), context(1, b"")), critical=True), held(dns(base)), base
    yield False, "minimum beyond zero", raw(implicit(2, b"example.com") + implicit(0, b"\x01")), held(dns(base)), base
    yield False, "maximum", raw(implicit(2, b"example.com") + implicit(1, b"\x05")), held(dns(base)), base


def _directories() -> Iterator[Case]:
    for valid, title, limit, subject, alternative in (
            (True, "permitted", limits([directory("CN=foo")]), "foo", "CN=foo"),
            (False, "not permitted", limits([directory("CN=foo")]), "not-foo", "CN=not-foo"),
            (False, "permitted, subject is not", limits([directory("CN=foo")]), "not-foo", "CN=foo"),
            (False, "permitted, alternative is not", limits([directory("CN=foo")]), "foo", "CN=not-foo"),
            (False, "excluded", limits(None, [directory("CN=foo")]), "foo", "CN=foo"),
            (False, "excluded, alternative is not", limits(None, [directory("CN=foo")]), "foo", "CN=not-foo"),
            (False, "excluded, subject is not", limits(None, [directory("CN=foo")]), "not-foo", "CN=foo")):
        top = root(nc=limit)
        made = leaf(top, common=subject, san=held(directory(alternative), dns("example.com")))
        yield (ok if valid else no)(f"name constraints directory {title}", made, top)


def _places() -> Iterator[Case]:
    """The same limits on the root, in between, and with self-issued certificates on the way."""
    good, bad = "permitted.example.com", "forbidden.example.com"
    limit = limits([dns(good)], [dns(bad)])
    for title, on_root in (("root", True), ("intermediate", False)):
        top = root(**({"nc": limit} if on_root else {}))
        first = middle(top, **({} if on_root else {"nc": limit}))
        second = middle(first, san=held(dns(bad)))
        yield no(f"name constraints of the {title} on an intermediate's name", (leaf(second, good), first, second), top, good)
    for title, upper, lower in (("narrow", ["foo.test", "bar.test"], ["bar.test"]), ("do not widen", ["bar.test"],
                                                                                     ["foo.test", "bar.test"])):
        top = root()
        first = middle(top, nc=limits([dns(one) for one in upper]))
        second = middle(first, nc=limits([dns(one) for one in lower]))
        yield no(f"name constraints {title}", (leaf(second, "foo.test"), first, second), top, "foo.test")
        yield ok(f"name constraints {title}, both permit", (leaf(second, "bar.test"), first, second), top, "bar.test")
    top = root("Same", nc=limits([dns("example.com")]))
    own = middle(top, "Same", san=held(dns("not-example.com")))
    yield ok("name constraints pass a self-issued intermediate by", (leaf(own), own), top)
    top = root(nc=limits([dns("example.com")]))
    between = middle(top, "Self", san=held(dns("not-example.com")))
    last = leaf(between, "not-example.com", subject=name("Self"), issuer=name("Self"))
    yield no("name constraints hold for a self-issued leaf", (last, between), top, "not-example.com")
    yield no("name constraints in a leaf", leaf(root_plain := root(), nc=limits([dns("example.com")])), root_plain)
    yield no("name constraints in a leaf, uncritical", leaf(root_plain, nc=limits([dns("example.com")], critical=False)),
             root_plain)
    yield from _alternatives()


def _alternatives() -> Iterator[Case]:
    top, lost = root("Top"), root("Lost")
    strict = middle(top, nc=limits([dns("good.test")], [dns("bad.test")]))
    shared = root("shared key").key
    named, plain = middle(lost, "Twin", key=shared, san=held(dns("bad.test"))), middle(strict, "Twin", key=shared)
    yield ok("name constraints of a way that is not taken", (leaf(named, "good.test", aki=None), strict, named, plain), top,
             "good.test")
    free = root("Free")
    strict = middle(top, nc=limits(None, [dns("bad.test")]))
    named = middle(strict, "Twin", key=shared, san=held(dns("bad.test")))
    plain = middle(free, "Twin", key=shared, san=held(dns("fine.test")))
    yield ok("name constraints around which a way leads", (leaf(named, "good.test"), strict, named, plain), (top, free),
             "good.test")


def _grid() -> Iterator[Case]:
    """Every mixture of names held and limits, DNS and address: a violation by any name held must be rejected."""
    good = {"dns": dns("test.localhost"), "ip": addr("127.0.0.1")}
    trees = {("dns", True): dns("localhost"), ("dns", False): dns("example.com"),
             ("ip", True): net("127.0.0.0/24"), ("ip", False): net("1.1.1.0/24")}
    other = {"dns": dns("bad.example.com"), "ip": addr("1.1.1.1")}
    top = root()
    for second, permitted, excluded, kind in _mixtures():
        limit = limits([trees[kind, permitted]] if permitted is not None else None,
                       [trees[kind, excluded]] if excluded is not None else None)
        between = middle(top, nc=limit)
        names = [good["dns"], good["ip"]] + ([] if second is None else [good[kind] if second else other[kind]])
        wrong = permitted is False or excluded is True or (second is False and (permitted is True or excluded is False))
        title = f"name constraints {kind}: permits {permitted}, excludes {excluded}, holds {second} too"
        yield (no if wrong else ok)(title, (leaf(between, san=held(*names)), between), top, "test.localhost")


def _mixtures() -> Iterator[tuple[bool | None, bool | None, bool | None, str]]:
    for second, permitted, excluded, kind in product((None, True, False), (None, True, False), (None, True, False),
                                                     ("dns", "ip")):
        if permitted is not None or excluded is not None:
            yield second, permitted, excluded, kind


def cases() -> Iterator[Case]:
    for valid, title, limit, names, host in _rows():
        top = root(nc=limit)
        yield (ok if valid else no)(f"name constraints {title}", leaf(top, san=names, common="x"), top, host)
    yield from _directories()
    yield from _places()
    yield from _grid()

