"""Answers about certificates, whatever public CAs have put into theirs."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from nf.dataplane.device import About, Device
from nf.dataplane.profile_answers import certificates
from nf.pki import PkiStore
from tests.pki.factory import mint

SERIAL = bytes.fromhex("a003020102 020101")  # version 3, then 1


@pytest.mark.filterwarnings("error")
def test_a_root_with_an_odd_serial_number_is_shown_and_nothing_said_on_standard_error() -> None:
    der = mint("old root", serial=1).certificate.public_bytes(Encoding.DER).replace(SERIAL, SERIAL[:-1] + b"\0")
    store = PkiStore(Path(), ca_profiles={"old": (der,)})
    device = cast("Device", SimpleNamespace(about=About(store=store), fetcher=SimpleNamespace(results={})))
    (shown,) = certificates(device, {})["certificates"]
    assert (shown["cert-id"], shown["subject"]) == ("old", "/CN=old root")
