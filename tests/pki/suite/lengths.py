"""Path lengths (RFC 5280 §4.2.1.9): what follows a CA, the leaf and self-issued certificates left out."""

from collections.abc import Iterator

from cryptography import x509

from tests.pki.suite.case import Case, no, ok
from tests.pki.suite.workshop import Ext, ca, leaf, middle, root


def cases() -> Iterator[Case]:
    for allowed in (0, 1, 2):
        top = root()
        between = middle(top, bc=ca(allowed))
        yield ok(f"path length {allowed}, leaf below", (leaf(between), between), top)
    for lengths, valid in (((0, 0), False), ((0, None), False), ((1, 0), True), ((1, 2), True), ((1, 0, 0), False),
                           ((1, None, None), False), ((2, 1, 0), True), ((2, 0, 0), False), ((None, 0), True),
                           ((5, 5, 5), True)):
        top = root()
        line = [top]
        for length in lengths:
            line.append(middle(line[-1], bc=ca(length)))
        chain = leaf(line[-1]), *line[1:]
        yield (ok if valid else no)(f"path length {lengths}", chain, top)
    for allowed, valid in ((0, False), (1, True)):
        top = root(bc=ca(allowed))
        between = middle(top)
        yield (ok if valid else no)(f"path length {allowed} of the root", (leaf(between), between), top)
    top = root()
    first = middle(top, "Same", bc=ca(1))
    second = middle(first, "Same", bc=ca(1))
    third = middle(second, bc=ca(0))
    yield ok("path length does not count self-issued certificates", (leaf(third), first, second, third), top)
    beyond = middle(third)
    yield no("path length counts those beyond a self-issued one", (leaf(beyond), first, second, third, beyond), top)
    own = middle(first, "Same")
    yield ok("path length self-issued right below the limit", (leaf(middle_zero := middle(own, bc=ca(0))), own, first,
                                                               middle_zero),
             top)
    content = x509.BasicConstraints(ca=False, path_length=None).public_bytes()
    between = middle(top, bc=Ext("2.5.29.19", content, critical=True))
    yield no("path length aside: basicConstraints say no CA", (leaf(between), between), top)
    between = middle(top, bc=Ext("2.5.29.19", bytes.fromhex("30060101ff0201ff"), critical=True))
    yield no("path length negative", (leaf(between), between), top)
