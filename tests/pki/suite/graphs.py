"""Path building through cross-signed CAs: the graphs of RFC 4158 with links that do not hold, and knots."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.pki.suite.case import Case, no, ok
from tests.pki.suite.constraints import dns, limits
from tests.pki.suite.workshop import Made, ca, key, leaf, middle, name, root, soft, usage

Edge = tuple[str, str]
GRAPHS: dict[str, str] = {
    "line": "Top>I I>EE",
    "two roots": "I>EE Root1>I Root2>I",
    "figure 7": "B>EE C>B A>B C>A A>C Top>C Top>A",
    "bridge": """F>H F>G G>F H>I I>H G>I W>F W>G J>K N>EE L>N L>M X>J X>L B>E B>D A>B C>B A>C C>A Y>A Y>C R>S O>R O>Q P>S
                 Z>O Z>P W>Br Br>W X>Br Br>X Y>Br Br>Y Z>Br Br>Z""",
}
TRIALS: tuple[tuple[str, str, str, str], ...] = (  # graph, whom to trust, leaf, links that do not hold
    ("line", "Top", "EE", ""), ("two roots", "Root1", "EE", ""), ("two roots", "Root2", "EE", ""),
    ("line", "Top", "EE", "Top>I"), ("line", "I", "EE", "Top>I"),
    ("two roots", "Root1", "EE", "Root2>I"), ("two roots", "Root2", "EE", "Root1>I"),
    ("two roots", "Root1", "EE", "Root1>I"), ("two roots", "Root2", "EE", "Root2>I"),
    ("figure 7", "Top", "EE", ""), ("figure 7", "Top", "EE", "Top>C A>B"), ("figure 7", "Top", "EE", "Top>A C>B"),
    ("figure 7", "Top", "EE", "A>B C>B"), ("bridge", "Z", "D", ""), ("bridge", "Z", "EE", ""),
    ("bridge", "Z", "EE", "X>Br"), ("bridge", "Z", "EE", "Br>X"), ("bridge", "Z", "EE", "Z>Br"))
FAULTS: dict[str, dict[str, Any]] = {
    "expired": {"ends": datetime(2021, 1, 1, tzinfo=UTC)}, "name constraint": {"nc": limits([dns("bad.example.com")])},
    "wrong purpose": {"eku": soft(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]))},
    "no basicConstraints": {"bc": None}, "no CA": {"bc": soft(x509.BasicConstraints(ca=False, path_length=None))},
    "SHA-1": {"digest": "sha1"}}


def edges(text: str) -> list[Edge]:
    return [(one, other) for one, _, other in (link.partition(">") for link in text.split())]


def reachable(links: list[Edge], start: str, end: str) -> bool:
    seen = {start}
    for _ in links:
        seen |= {other for one, other in links if one in seen}
    return end in seen


def _trial(graph: str, trusted: str, target: str, broken: list[Edge], fault: dict[str, Any]) -> tuple[list[Made], Made]:
    def node(which: str) -> Made:
        return Made(b"", name(which), key(f"{graph} {which}"))

    leaves, others = [], []
    for one, other in edges(GRAPHS[graph]):
        change = fault if (one, other) in broken else {}
        if other == target:
            leaves.append(leaf(node(one), key=node(other).key, common=other, **change))
        else:
            others.append(middle(node(one), other, key=node(other).key, ku=soft(usage("key_cert_sign")), **change))
    return leaves + others, root(trusted, key=node(trusted).key)


def cases() -> Iterator[Case]:
    for graph, trusted, target, broken in TRIALS:
        for fault, change in (FAULTS.items() if broken else [("", {})]):
            links = edges(broken)
            if target in {other for _, other in links} and fault in {"no basicConstraints", "no CA"}:
                continue
            chain, anchor = _trial(graph, trusted, target, links, change)
            sound = reachable([edge for edge in edges(GRAPHS[graph]) if edge not in links], trusted, target)
            yield (ok if sound else no)(f"graph {graph} from {trusted} to {target}, {fault} {broken}", chain, anchor)
    yield from _knots()


def _knots() -> Iterator[Case]:
    top, second = root("Top"), root("Second")
    painful = middle(second, "Top", key=top.key, bc=ca(1), ends=datetime(1988, 11, 25, tzinfo=UTC),
                     begins=datetime(1980, 1, 1, tzinfo=UTC))
    yield ok("graph expired cross-signature of a root that is trusted itself", (leaf(top), painful), (top, second))
    one, two = Made(b"", name("One"), key("one")), Made(b"", name("Two"), key("two"))
    ring = middle(two, "One", key=one.key), middle(one, "Two", key=two.key)
    yield no("graph ring of two CAs without a root", (leaf(one), *ring), top)
    twin_one, twin_two = Made(b"", name("Twin"), key("one")), Made(b"", name("Twin"), key("two"))
    ring = middle(twin_two, "Twin", key=twin_one.key), middle(twin_one, "Twin", key=twin_two.key)
    yield no("graph ring of one name with two keys", (leaf(twin_one), *ring), top)
    nodes = {label: Made(b"", name(f"Root {label}"), key(f"ring {label}")) for label in "ABC"}
    mesh = [middle(nodes[by], f"Root {of}", key=nodes[of].key) for of in "ABC" for by in "ABC" if of != by]
    below = [middle(nodes[label], f"Middle {label}1") for label in "ABC"]
    yield ok("graph three roots that sign each other, one trusted", (leaf(below[0]), *below, *mesh),
             root("Root A", key=nodes["A"].key))
    yield ok("graph intermediate trusted, its root sent", (leaf(between := middle(top)), top), between)
    yield no("graph unrelated root", (leaf(between), between, top), root("Unrelated"))
    yield no("graph intermediate missing", leaf(between), top)
    yield ok("graph root sent too", (leaf(between), between, top), top)
    yield ok("graph wrong order", (leaf(lower := middle(between)), top, lower, between), top)
    yield ok("graph extra certificates", (leaf(between), leaf(top, "x.test"), between, root("Other")), top)
    yield no("graph same name, other key, no identifiers", leaf(root("Top", ski=None), aki=None), root("Top", ski=None))
