"""The lab's name server, asked and understood by the product's own questions."""

from ipaddress import ip_address

import pytest

from nf.protocols import dnsbl
from scenarios.daemons.resolver import answer, names


@pytest.mark.parametrize(("address", "listed"), [("10.0.0.2", True), ("10.0.0.1", False)])
def test_who_is_on_the_list(address: str, listed: bool) -> None:
    asked = dnsbl.question(7, ip_address(address), "list.test")
    assert dnsbl.is_listed(7, ip_address(address), "list.test", answer(asked, names("list.test", ["10.0.0.2"]))) is listed
