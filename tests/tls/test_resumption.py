"""Sessions of clients taken up again: by tickets on every SPU, by session ids on one, never under another name or key."""

import ssl
from dataclasses import replace

import pytest
from OpenSSL import SSL

from nf.tls.resumption import is_resumed
from nf.tls.settings import TlsSettings
from nf.tls.termination import Bases
from tests.tls.ends import SETTINGS, LibraryClient, OpenSslEnd, library_context, shake, site

BASES = Bases(SETTINGS)
VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]
NO_RESUMPTION = replace(SETTINGS, resumption=False)


def terminated(context: SSL.Context, *, bases: Bases = BASES) -> OpenSslEnd:
    return OpenSslEnd(bases.prepare(None, context))


def resumed(first: SSL.Context, second: SSL.Context, version: ssl.TLSVersion,
            bases: tuple[Bases, Bases] = (BASES, BASES)) -> bool:
    """Whether a second session resumes the first one."""
    context = library_context(version=version)
    before = LibraryClient(context, "a.test")
    shake(before, terminated(first, bases=bases[0]))
    after = LibraryClient(context, "a.test", before.tls.session)
    server = terminated(second, bases=bases[1])
    shake(after, server)
    assert server.done
    assert is_resumed(server.tls) is after.tls.session_reused  # both ends know
    return is_resumed(server.tls)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_ticket_resumes_on_its_own_site_in_any_worker(version: ssl.TLSVersion) -> None:
    """Each worker makes the site's context anew; only the bases are shared."""
    assert resumed(site(), site(), version)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_ticket_does_not_resume_on_another_site(version: ssl.TLSVersion) -> None:
    assert not resumed(site(), site(scope="fp/b.test"), version)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_ticket_does_not_resume_under_other_keys(version: ssl.TLSVersion) -> None:
    assert not resumed(site(), site(), version, (BASES, Bases(SETTINGS)))


@pytest.mark.parametrize(("again", "settings", "expected"), [
    ("fp/a.test", SETTINGS, True), ("fp/b.test", SETTINGS, False), ("fp/a.test", NO_RESUMPTION, False)])
def test_a_client_without_tickets_resumes_by_its_session_id(again: str, settings: TlsSettings, expected: bool) -> None:
    context, bases = library_context(version=ssl.TLSVersion.TLSv1_2), Bases(settings)
    context.options |= ssl.OP_NO_TICKET
    first, server = LibraryClient(context, "a.test"), terminated(site(settings=settings), bases=bases)
    shake(first, server)
    server.tls.set_shutdown(SSL.SENT_SHUTDOWN | SSL.RECEIVED_SHUTDOWN)  # else OpenSSL takes the session for a bad one
    second = LibraryClient(context, "a.test", first.tls.session)
    shake(second, terminated(site(scope=again, settings=settings), bases=bases))
    assert second.tls.session_reused is expected


@pytest.mark.parametrize("version", VERSIONS)
def test_without_resumption_no_session_is_resumed(version: ssl.TLSVersion) -> None:
    bases = Bases(NO_RESUMPTION)
    assert not resumed(site(settings=NO_RESUMPTION), site(settings=NO_RESUMPTION), version, (bases, bases))


@pytest.mark.parametrize("version", VERSIONS)
def test_tickets_last_as_long_as_sessions_are_cached(version: ssl.TLSVersion) -> None:
    settings = replace(SETTINGS, session_lifetime=900)
    client = LibraryClient(library_context(version=version), "a.test")
    shake(client, terminated(site(settings=settings), bases=Bases(settings)))
    assert client.tls.session is not None
    assert client.tls.session.ticket_lifetime_hint == 900
