"""What profiles are made of, and what keeps one from being made: one line that names the profile."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from nf.config import load
from nf.dataplane.credentials import ProfileCredentials, ProfileError, credentials
from nf.dataplane.forward_proxy import ForwardProxy
from nf.dataplane.reverse_proxy import ReverseProxy
from nf.pki import AuthFailure, PkiError, PkiStore, create_authority
from nf.pki.store import save_authority
from nf.policy.release import NEWEST, Release
from nf.tls.grade import Grade
from tests.pki.factory import CA, SERVER, Minted, mint, sans

PROFILE = "set services ssl proxy profile p "
GLOBAL = "set services ssl proxy global-config "
FORWARD = PROFILE + "root-ca first\n" + PROFILE + "trusted-ca lab\nset security pki ca-profile lab ca-identity lab\n"
NAME = "www.example.test"


@pytest.fixture(scope="module")
def root() -> Minted:
    return mint("Lab root", None, (CA,), begins=datetime(2020, 1, 1, tzinfo=UTC), ends=datetime(2040, 1, 1, tzinfo=UTC))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, root: Minted) -> PkiStore:
    directory, now = tmp_path_factory.mktemp("pki"), datetime.now(UTC)
    for name, kind in (("first", "rsa"), ("second", "ecdsa"), ("third", "rsa")):
        save_authority(directory, name, create_authority(name, kind, at=now))
    save_authority(directory, "over", create_authority("over", "rsa", at=datetime(2020, 1, 1, tzinfo=UTC), days=1))
    (directory / "ca").mkdir(exist_ok=True)
    (directory / "ca" / "lab.crt").write_bytes(root.certificate.public_bytes(Encoding.PEM))
    _save(directory, "web", mint(NAME, root, (sans(NAME), SERVER), ends=datetime(2039, 1, 1, tzinfo=UTC)))
    return PkiStore.load(directory)


def _save(directory: Path, name: str, minted: Minted) -> None:
    (directory / "local" / f"{name}.crt").write_bytes(minted.certificate.public_bytes(Encoding.PEM))
    key = directory / "local" / f"{name}.key"
    key.write_bytes(minted.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    key.chmod(0o600)


def made(store: PkiStore, lines: str = "", *, base: str = FORWARD, platform: str = "srx5400-2spc2",
         release: Release = NEWEST) -> ProfileCredentials:
    configuration = load(base + lines, "t", release)
    return credentials(configuration.ssl_profiles["p"], configuration, store, platform)


def test_a_plain_profile(store: PkiStore) -> None:
    found = made(store)
    assert isinstance(found.proxy, ForwardProxy)
    assert [signer.key_type for signer in found.proxy.signers] == ["rsa"]
    assert len(found.proxy.anchors) == 1
    assert len(found.proxy.own) == 4  # the CAs of the box, whatever profile they are in; not the server's certificate
    assert (found.grade, found.proxy.longest_key) == (Grade.A, None)
    assert found.certificate_lifetime.total_seconds() == 600


def test_two_root_cas_are_one_of_a_kind(store: PkiStore) -> None:
    base = FORWARD.replace("root-ca first", "root-ca [ first second ]")
    proxy = made(store, base=base).proxy
    assert isinstance(proxy, ForwardProxy)
    assert (proxy.signer(True).key_type, proxy.signer(False).key_type) == ("ecdsa", "rsa")
    with pytest.raises(ProfileError, match="profile p: root-ca first and third both have RSA keys"):
        made(store, base=FORWARD.replace("root-ca first", "root-ca [ first third ]"))


def test_global_settings(store: PkiStore) -> None:
    found = made(store, GLOBAL + "certificate-cache-timeout 3000 session-cache-timeout 7200 invalidate-cache-on-crl-update")
    assert (found.certificate_lifetime.total_seconds(), found.tls.session_lifetime, found.forget_on_crl_update) == (
        3000, 7200, True)


def test_what_a_profile_says_of_revocation(store: PkiStore) -> None:
    proxy = made(store, PROFILE + "actions crl if-not-present drop ignore-hold-instruction-code").proxy
    assert isinstance(proxy, ForwardProxy)
    assert (proxy.crl_policy.disable, proxy.crl_policy.if_not_present, proxy.crl_policy.ignore_hold) == (False, "drop", True)


@pytest.mark.parametrize(("platform", "lines", "ok"), [
    ("srx300", "", False), ("srx320", "", False), ("srx300", PROFILE + "actions allow-strong-certificate", True),
    ("srx345", "", True)])
def test_small_platforms_take_long_server_keys_only_when_told_to(store: PkiStore, root: Minted, platform: str, lines: str,
                                                                 ok: bool) -> None:
    key = rsa.generate_private_key(65537, 3072)
    server = mint(NAME, root, (sans(NAME), SERVER), key=key, begins=datetime(2026, 1, 1, tzinfo=UTC),
                  ends=datetime(2035, 1, 1, tzinfo=UTC))
    verdict = made(store, lines, platform=platform).proxy.judge((server.der,), NAME, datetime.now(UTC))
    assert verdict.ok is ok
    assert verdict.reason is (None if ok else AuthFailure.KEY_TOO_LONG)


def test_a_reverse_proxy(store: PkiStore) -> None:
    found = made(store, base=PROFILE + "server-certificate web\n")
    assert isinstance(found.proxy, ReverseProxy)
    assert found.grade is Grade.A
    ignoring = PROFILE + "server-certificate web\n" + PROFILE + "actions ignore-server-auth-failure"
    assert made(store, base=ignoring).grade is Grade.A


def test_an_older_release_has_no_tls13(store: PkiStore) -> None:
    assert str(made(store, release=Release(15, 1)).tls.versions) == "TLS 1.2"


def test_to_go_on_whatever_the_server_is_needs_no_trust(store: PkiStore) -> None:
    base = PROFILE + "root-ca first\n" + PROFILE + "actions ignore-server-auth-failure\n"
    assert made(store, base=base).grade is Grade.F


@pytest.mark.parametrize(("base", "lines", "said"), [
    (PROFILE + "root-ca first\n", "", "profile p: no trusted-ca, so no server could be authenticated"),
    (FORWARD.replace("first", "over"), "", "profile p: root-ca over: certificate has expired"),
    (FORWARD.replace("first", "web"), "", "profile p: root-ca web: certificate is not a CA"),
    (FORWARD, PROFILE + "protocol-version ssl3", "profile p: protocol-version ssl3: SSL 3.0 is broken"),
    (FORWARD, PROFILE + "preferred-ciphers custom custom-ciphers rsa-with-rc4-128-md5", "profile p: no cipher is left"),
    (FORWARD, PROFILE + "preferred-ciphers custom custom-ciphers ecdhe-ecdsa-with-aes-128-gcm-sha256",
     "profile p: its ciphers need ECDSA certificates and root-ca has an RSA key"),
    (FORWARD.replace("first", "second"), PROFILE + "preferred-ciphers custom custom-ciphers rsa-with-aes-128-gcm-sha256",
     "profile p: its ciphers need RSA certificates and root-ca has an ECDSA key")])
def test_what_keeps_a_profile_from_starting(store: PkiStore, base: str, lines: str, said: str) -> None:
    with pytest.raises(ProfileError) as caught:
        made(store, lines, base=base)
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


def test_a_server_certificate_that_is_not_there(store: PkiStore) -> None:
    with pytest.raises(PkiError, match=r"local/other\.crt"):
        made(store, base=PROFILE + "server-certificate other\n")


def test_a_profile_may_hold_certificates_to_the_letter(store: PkiStore, root: Minted) -> None:
    strict = made(store, PROFILE + "apply-macro srxnf strict-certificates on\n").proxy
    assert isinstance(strict, ForwardProxy)
    server = mint(NAME, root, (sans(NAME), SERVER), ends=datetime(2039, 1, 1, tzinfo=UTC))  # no key identifiers
    at = datetime.now(UTC)
    verdict = strict.judge((server.der,), NAME, at)
    assert verdict.reason is AuthFailure.BAD_EXTENSION
    assert verdict.detail == "strict: authorityKeyIdentifier is missing"
    assert made(store, PROFILE + "apply-macro srxnf strict-certificates off\n").proxy.judge((server.der,), NAME, at).ok
