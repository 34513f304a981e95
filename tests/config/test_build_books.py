from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nf.config import ConfigError
from nf.config.build_books import AddressBooks, address_books
from nf.config.errors import Findings
from nf.config.junos import read
from nf.config.tree import Statement

ZONES = "set security zones security-zone t\nset security zones security-zone u\n"


def books(lines: str) -> AddressBooks:
    findings = Findings("t")
    root = read(ZONES + lines, findings)
    assert not findings.errors
    found = address_books(root, findings)
    findings.raise_errors()
    return found


def resolve(lines: str, *names: str, zone: str | None = None) -> list[str]:
    found = books(lines)
    match = found.resolve(Statement(None, values=dict.fromkeys(names, 9)), zone)
    found.findings.raise_errors()
    return [str(prefix) for prefix in match.prefixes]


BOOK = """set security address-book global address net 10.1.0.0/16
set security address-book global address host 10.2.0.1
set security address-book global address six 2001:db8::/32
set security address-book global address bits 10.3.0.1/24
set security address-book global address r range-address 10.4.0.1 to 10.4.0.4
set security address-book global address-set inner address net
set security address-book global address-set outer address-set inner address host
set security address-book global address-set later address-set latest
set security address-book global address-set latest address six
"""


@pytest.mark.parametrize(("names", "prefixes"), [
    (["net"], ["10.1.0.0/16"]), (["host"], ["10.2.0.1/32"]), (["bits"], ["10.3.0.0/24"]), (["six"], ["2001:db8::/32"]),
    (["r"], ["10.4.0.1/32", "10.4.0.2/31", "10.4.0.4/32"]), (["outer"], ["10.1.0.0/16", "10.2.0.1/32"]),
    (["later"], ["2001:db8::/32"]), (["any"], ["0.0.0.0/0", "::/0"]), (["any-ipv6"], ["::/0"]),
    (["host", "any-ipv4"], ["0.0.0.0/0"])])
def test_names_of_the_global_book(names: list[str], prefixes: list[str]) -> None:
    assert resolve(BOOK, *names) == prefixes


def test_a_zones_own_book_comes_before_the_global_one() -> None:
    lines = BOOK + """set security zones security-zone t address-book address host 10.9.0.1/32
set security address-book branch address host 10.9.0.2/32
set security address-book branch attach zone u"""
    assert resolve(lines, "host", zone="t") == ["10.9.0.1/32"]
    assert resolve(lines, "host", zone="u") == ["10.9.0.2/32"]
    assert resolve(lines, "net", zone="u") == ["10.1.0.0/16"]
    assert resolve(lines, "host") == ["10.2.0.1/32"]


def test_names_and_wide_wildcards_have_no_effect_and_say_so() -> None:
    found = books("set security address-book global address d dns-name www.example.net\n"
                  "set security address-book global address w wildcard-address 10.0.0.1/255.0.0.255")
    assert found.shared == {"d": (), "w": ()}
    assert [(remark.line, remark.statement) for remark in found.findings.remarks] == [
        (3, "dns-name www.example.net"), (4, "wildcard-address 10.0.0.1/255.0.0.255")]


@given(st.integers(0, 2**32 - 1), st.sets(st.integers(0, 31), max_size=6), st.integers(0, 2**32 - 1))
def test_wildcards_cover_what_their_mask_fixes(base: int, free: set[int], probe: int) -> None:
    mask = 2**32 - 1 - sum(1 << bit for bit in free)
    wildcard = f"{IPv4Address(base)}/{IPv4Address(mask)}"
    found = books(f"set security address-book global address w wildcard-address {wildcard}").shared["w"]
    near = base & mask | probe & ~mask  # differs in free bits only
    assert any(IPv4Address(near) in prefix for prefix in found)
    assert any(IPv4Address(probe) in prefix for prefix in found) == (probe & mask == base & mask)
    assert sum(prefix.num_addresses for prefix in found) == 2 ** len(free)


@pytest.mark.parametrize(("lines", "word", "said"), [
    ("set security address-book global address a description x", "a", "this address has no prefix, range or name"),
    ("set security address-book global address a range-address 10.0.0.9 to 10.0.0.1", "10.0.0.9", "a range is written"),
    ("set security address-book global address a address-range 10.0.0.9 to ::1", "10.0.0.9", "a range is written"),
    ("set security address-book global address a wildcard-address 10.0.0.0", "10.0.0.0", "a wildcard address is"),
    ("set security address-book global address-set s address-set s", "s", "this address-set contains itself"),
    ("set security address-book global address-set s address webb", "webb", "no such address in this book"),
    ("set security address-book global attach zone t", "t", "the global address book is not attached to zones"),
    ("set security address-book b attach zone x", "x", "no such zone")])
def test_mistakes(lines: str, word: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        books(lines)
    assert (caught.value.line, caught.value.word) == (3, word)
    assert caught.value.message.startswith(said)


def test_sets_that_contain_each_other_are_an_error() -> None:
    with pytest.raises(ConfigError, match="contains itself"):
        books("set security address-book global address-set a address-set b\n"
              "set security address-book global address-set b address-set a")


def test_a_name_of_another_zones_book_is_pointed_at() -> None:
    with pytest.raises(ConfigError, match=r"'far': no such address in .* \(it is in a book of zone u\)"):
        resolve("set security zones security-zone u address-book address far 10.0.0.1/32", "far")


def test_long_chains_of_sets_are_followed() -> None:
    chain = "".join(f"set security address-book global address-set s{i} address-set s{i + 1}\n" for i in range(300))
    last = "set security address-book global address-set s300 address net"
    assert resolve(BOOK + chain + last, "s0") == ["10.1.0.0/16"]
