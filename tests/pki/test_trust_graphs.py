"""Random graphs of CAs that sign each other, some links unsound: a server is accepted where a sound way leads, nowhere else."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from nf.pki import verify_server_chain
from tests.pki.suite.graphs import FAULTS, Edge, reachable
from tests.pki.suite.workshop import NOW, Made, key, leaf, middle, name, root

NODES = tuple("ABCDEF")
# A CA whose sound certificate is sent stays one when another certificate says no CA: each link is judged by itself.
LINKS = st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)).filter(lambda link: link[0] != link[1]), unique=True,
                 max_size=12)


def node(which: str) -> Made:
    return Made(b"", name(f"Node {which}"), key(f"node {which}"))


def made(link: Edge, fault: str) -> Made:
    issuer, subject = link
    return middle(node(issuer), f"Node {subject}", key=node(subject).key, **(FAULTS[fault] if fault else {}))


@settings(deadline=None)
@given(LINKS, st.lists(st.sampled_from(["", "", *FAULTS]), min_size=12, max_size=12), st.sampled_from(NODES), st.randoms())
def test_accepted_where_a_sound_way_leads(links, faults, issuer, order):
    pairs: Sequence[tuple[Edge, str]] = list(zip(links, faults, strict=False))
    certificates = [made(link, fault).der for link, fault in pairs]
    order.shuffle(certificates)
    anchor = root("Node A", key=node("A").key)
    server = leaf(node(issuer))
    sound = [link for link, fault in pairs if not fault]
    verdict = verify_server_chain([server.der, *certificates], [anchor.der], "example.com", NOW)
    assert verdict.ok is reachable([*sound, (issuer, "server")], "A", "server")
    if verdict.ok:
        assert verdict.path[0] == server.der
        assert verdict.path[-1] == anchor.der
        assert verdict.valid_until is not None
        assert verdict.valid_until > NOW
