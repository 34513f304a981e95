"""The certificate cache: what it gives up leaves the memory too, though pyOpenSSL's callbacks refer to themselves."""

import gc
from datetime import UTC, datetime, timedelta
from weakref import WeakSet

import pytest
from OpenSSL import SSL

from nf.dataplane import certificate_cache
from nf.dataplane.cache_room import CacheRoom
from nf.dataplane.certificate_cache import CertificateCache, Site
from tests.helpers.loopback_pki import LoopbackPki


@pytest.mark.parametrize("places", [0, 4])
def test_sites_that_were_given_up_are_collected(places: int, pki: LoopbackPki, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificate_cache, "SWEEP", 16)
    cache, now = CertificateCache("p", CacheRoom(places)), datetime.now(UTC)
    callbacks: WeakSet[object] = WeakSet()
    gc.disable()
    try:
        for name in map(str, range(64)):
            def first(_connection: SSL.Connection, offered: list[bytes]) -> bytes:
                return offered[0]

            context = SSL.Context(SSL.TLS_SERVER_METHOD)
            context.set_alpn_select_callback(first)
            callbacks.add(first)
            cache.keep(name, Site(context, pki.root.certificate, name, None, now, now + timedelta(minutes=1)))
            del context, first
    finally:
        gc.enable()
    assert len(callbacks) < 2 * 16
