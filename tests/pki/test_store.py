"""The PKI directory: what is read from it, and the one line that says what is wrong with it."""

import shutil
import stat
from base64 import encodebytes
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from nf.pki import PkiError, PkiStore, create_authority
from nf.pki.files import PRIVATE, key_text, replace, write_new
from nf.pki.store import save_authority
from tests.pki.factory import NOW, authority, mint
from tests.pki.test_revocation import crl

OURS = create_authority("SSL-PROXY-CA", "ecdsa", at=NOW)
ROOTS = [authority(f"Root {number}") for number in range(3)]
EMPTY_CRL = crl(ROOTS[0])


def pem(der: bytes, label: str = "CERTIFICATE") -> bytes:
    return b"text before\n-----BEGIN %b-----\n%b-----END %b-----\n" % (label.encode(), encodebytes(der), label.encode())


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    save_authority(tmp_path, "ssl-proxy-ca", OURS)
    (tmp_path / "ca" / "root0.crt").write_bytes(pem(ROOTS[0].der))
    (tmp_path / "ca" / "others.crt").write_bytes(pem(ROOTS[1].der) + pem(ROOTS[2].der) + pem(ROOTS[1].der))
    (tmp_path / "crl" / "root0.crl").write_bytes(pem(EMPTY_CRL, "X509 CRL"))
    return tmp_path


def refusal(directory: Path) -> str:
    """Why the proxy's CA or the trust that a profile asks for is not to be had."""
    store = PkiStore.load(directory)
    with pytest.raises(PkiError) as caught:
        store.authority("ssl-proxy-ca"), store.anchors(["root0"])
    assert caught.value in store.problems
    text = str(caught.value)
    assert text.startswith(str(directory))
    assert "\n" not in text
    return text.removeprefix(str(directory)).lstrip("/")


def test_round_trip(directory):
    store = PkiStore.load(directory)
    assert store.authority("ssl-proxy-ca").certificate == OURS.certificate
    assert store.authority("ssl-proxy-ca").key.private_numbers() == OURS.key.private_numbers()
    assert store.anchors(["root0"]) == (ROOTS[0].der,)
    assert set(store.anchors()) == {root.der for root in ROOTS}
    assert store.crls() == store.crls(["root0", "others"]) == (EMPTY_CRL,)
    assert store.crls(["others"]) == store.anchors(()) == ()
    assert store.cert_ids() == {ROOTS[0].der: "root0", ROOTS[1].der: "others", ROOTS[2].der: "others"}


def test_own_certificate_with_the_chain_above_it(directory):
    path = directory / "local" / "ssl-proxy-ca.crt"
    path.write_bytes(path.read_bytes() + pem(ROOTS[0].der))
    assert PkiStore.load(directory).authority("ssl-proxy-ca").chain == (ROOTS[0].certificate,)


def test_key_is_private_on_disk_and_in_print(directory):
    key = directory / "local" / "ssl-proxy-ca.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert str(OURS.key.private_numbers().private_value) not in repr(PkiStore.load(directory))
    assert "PrivateKey" not in repr(PkiStore.load(directory))
    key.chmod(0o640)
    assert refusal(directory) == "local/ssl-proxy-ca.key: private key is open to others (mode 0640); chmod 600 it"


def test_nothing_is_overwritten(directory):
    before = (directory / "local" / "ssl-proxy-ca.key").read_bytes()
    for _ in range(2):
        with pytest.raises(PkiError, match="exists"):
            save_authority(directory, "ssl-proxy-ca", create_authority("New", "ecdsa", at=NOW))
        (directory / "local" / "ssl-proxy-ca.crt").unlink(missing_ok=True)
    assert (directory / "local" / "ssl-proxy-ca.key").read_bytes() == before


@pytest.mark.parametrize(("name", "content", "expected"), [
    ("ca/root0.crt", b"", "holds no `-----BEGIN CERTIFICATE-----` block"),
    ("ca/root0.crt", b"\xff\x00garbage", "expected PEM text"),
    ("ca/root0.crt", pem(b"garbage"), "certificate 1 of 1 is not well-formed"),
    ("ca/root0.crt", pem(ROOTS[0].der)[:-30], "has no end"),
    ("ca/root0.crt", b"-----BEGIN CERTIFICATE-----\n???\n-----END CERTIFICATE-----", "not base64"),
    ("local/ssl-proxy-ca.crt", b"", "holds no"),
    ("local/ssl-proxy-ca.crt", pem(ROOTS[0].der), "certificate and key do not belong together"),
    ("local/ssl-proxy-ca.key", b"", "no private key without passphrase in PEM"),
    ("local/ssl-proxy-ca.key", OURS.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")),
     "no private key without passphrase"),
    ("local/ssl-proxy-ca.key", ed25519.Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), "neither RSA nor ECDSA")])
def test_files_that_are_not_what_they_should_be(directory, name, content, expected):
    (directory / name).write_bytes(content)
    text = refusal(directory)
    assert text.startswith(f"{name}: ")
    assert expected in text


def trusted(directory: Path, *ca_profiles: str) -> tuple[set[bytes], list[str]]:
    """The anchors that are left, and what is told of the others."""
    store = PkiStore.load(directory)
    return set(store.anchors(ca_profiles or ("all",))), [str(error).removeprefix(f"{directory}/") for error in store.problems]


@pytest.mark.parametrize(("content", "left", "expected"), [
    (pem(ROOTS[0].der) + pem(b"garbage"), {0}, "certificate 2 of 2 is not well-formed X.509; replace it"),
    (pem(ROOTS[0].der) + pem(ROOTS[1].der)[:-30], {0}, "a CERTIFICATE block has no end; expected PEM text"),
    (b"garbage", set(), "holds no `-----BEGIN CERTIFICATE-----` block; expected PEM text")])
def test_a_bad_trust_anchor_does_not_drop_the_rest(directory, content, left, expected):
    (directory / "ca" / "others.crt").write_bytes(pem(ROOTS[2].der))
    (directory / "ca" / "root0.crt").write_bytes(content)
    told = [f"ca/root0.crt: {expected}"]
    assert trusted(directory) == ({ROOTS[2].der, *(ROOTS[number].der for number in left)}, told)
    assert trusted(directory, "root0", "others") == trusted(directory)
    assert trusted(directory, "others") == ({ROOTS[2].der}, told)


def test_when_no_trust_anchor_is_left(directory):
    for file in (directory / "ca").iterdir():
        file.write_bytes(b"garbage")
    for asked in (("all",), ("root0", "others"), ("others",)):
        with pytest.raises(PkiError, match="holds no"):
            PkiStore.load(directory).anchors(asked)


@pytest.mark.parametrize(("content", "expected"), [
    (pem(ROOTS[0].der), "holds no `-----BEGIN X509 CRL-----` block; expected PEM text"),
    (pem(ROOTS[0].der, "X509 CRL"), "CRL 1 of 1 is not well-formed X.509; replace it")])
def test_a_bad_crl_is_told(directory, content, expected):
    (directory / "crl" / "root0.crl").write_bytes(content)
    store = PkiStore.load(directory)
    assert [error.message for error in store.problems] == [expected]
    assert store.crls() == ()


def test_what_changes_is_noticed_without_reading(directory):
    store = PkiStore.load(directory)
    assert not store.changed()
    root = directory / "ca" / "root0.crt"
    replace(root, pem(ROOTS[1].der))
    assert store.changed()
    store = PkiStore.load(directory)
    assert not store.changed()
    root.unlink()
    assert store.changed()
    store = PkiStore.load(directory)
    (directory / "crl" / "new.crl").write_bytes(pem(EMPTY_CRL, "X509 CRL"))
    assert store.changed()
    shutil.rmtree(directory)
    assert store.changed()


def test_a_part_that_anyone_may_write_to_is_told(directory):
    (directory / "ca").chmod(0o777)
    assert [str(error) for error in PkiStore.load(directory).problems] == [
        f"{directory}/ca: anyone may write here; chmod o-w it"]


def test_a_ca_that_will_end_is_told_in_time(directory):
    end = OURS.certificate.not_valid_after_utc
    store = PkiStore.load(directory)
    ours = ["ssl-proxy-ca"]
    assert store.ending(ours, end - timedelta(days=61)) == store.ending(ours, end + timedelta(days=1)) == ()
    assert store.ending(["another"], end - timedelta(days=59)) == ()
    assert [str(error) for error in store.ending(ours, end - timedelta(days=59))] == [
        f"{directory}/local/ssl-proxy-ca.crt: CA ends on {end:%Y-%m-%d}; `srxnf pki rollover` makes the next one"]


def test_what_is_being_written_is_not_read(directory):
    (directory / "ca" / ".root9.crt.x1y2").write_bytes(b"half")
    (directory / "ca" / ".root9.crt").write_bytes(b"half")
    assert PkiStore.load(directory).problems == ()


def test_server_certificates(directory):
    minted = mint("www", ROOTS[0])
    (directory / "local" / "www.crt").write_bytes(pem(minted.der) + pem(ROOTS[0].der))
    write_new(directory / "local" / "www.key", key_text(minted.key), PRIVATE)
    store = PkiStore.load(directory)
    found = store.server_certificates(["www"])["www"]
    assert (found.certificate, found.chain) == (minted.certificate, (ROOTS[0].certificate,))
    assert found.public_key_der == found.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert "PrivateKey" not in repr(found)
    with pytest.raises(PkiError, match=r"local/ftp\.crt: no such local certificate"):
        store.server_certificates(["www", "ftp"])


def test_missing_parts(directory):
    (directory / "local" / "ssl-proxy-ca.key").unlink()
    assert refusal(directory).startswith("local/ssl-proxy-ca.key: cannot be read: No such file")
    with pytest.raises(PkiError, match=r"no such directory; make one with `srxnf pki init`"):
        PkiStore.load(directory / "nowhere")
    (directory / "empty").mkdir()
    with pytest.raises(PkiError, match=r"empty/local: cannot be read: .*`srxnf pki init` makes it"):
        PkiStore.load(directory / "empty")


def test_names_that_are_not_there(directory):
    store = PkiStore.load(directory)
    with pytest.raises(PkiError, match=r"local/nobody\.crt: no such local certificate"):
        store.authority("nobody")
    with pytest.raises(PkiError, match=r"ca/nobody\.crt: no such file"):
        store.anchors(["root0", "nobody"])
    for file in (directory / "ca").iterdir():
        file.unlink()
    with pytest.raises(PkiError, match=r"ca: no CA certificates"):
        PkiStore.load(directory).anchors()


def test_server_certificate_may_stand_among_the_local_ones(directory):
    minted = mint("www", ROOTS[0])
    (directory / "local" / "www.crt").write_bytes(pem(minted.der))
    key = directory / "local" / "www.key"
    key.touch(0o600)
    key.write_bytes(minted.key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()))
    assert PkiStore.load(directory).authority("www").check(NOW) is not None
