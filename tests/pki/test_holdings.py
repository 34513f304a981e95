"""What operators put into the PKI directory and take out: PEM or DER, nothing overwritten, each fault in one line."""

import stat

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from nf.pki import PkiError, PkiStore, create_authority
from nf.pki.files import key_text
from nf.pki.generate import Identity, read_subject
from nf.pki.holdings import Holdings, system_bundle
from nf.pki.store import save_authority
from tests.pki.factory import DAY, NOW, authority, mint, server
from tests.pki.test_revocation import crl
from tests.pki.test_store import pem

ROOT, OTHER = authority("Root"), authority("Other")
OURS = create_authority("SSL-PROXY-CA", "ecdsa", at=NOW)
IDENTITY = Identity(read_subject("CN=ca,O=Example"), "a.test")


@pytest.fixture
def holdings(tmp_path):
    save_authority(tmp_path / "pki", "ours", OURS)
    return Holdings(tmp_path / "pki")


@pytest.fixture
def file(tmp_path):
    def write(content: bytes, name: str = "file"):
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    return write


def test_key_pair_then_certificate(holdings):
    key = holdings.generate_key_pair("fp", "ecdsa")
    assert stat.S_IMODE(holdings.path("key-pair", "fp").stat().st_mode) == 0o600
    holdings.generate_self_signed("fp", IDENTITY, is_ca=True, at=NOW)
    found = PkiStore.load(holdings.directory).authority("fp")
    assert found.key.public_key() == key.public_key()
    assert found.check(NOW) is None
    for again in (lambda: holdings.generate_key_pair("fp"), lambda: holdings.generate_self_signed(
            "fp", IDENTITY, is_ca=False, at=NOW)):
        with pytest.raises(PkiError, match="exists; nothing is overwritten"):
            again()
    with pytest.raises(PkiError, match="no key pair; request security pki generate-key-pair certificate-id fq"):
        holdings.generate_self_signed("fq", IDENTITY, is_ca=True, at=NOW)


def test_a_key_pair_alone_and_a_request_are_no_local_certificates(holdings):
    holdings.generate_key_pair("fp", "ecdsa")
    text = holdings.generate_request("fp", IDENTITY)
    assert x509.load_pem_x509_csr(text).is_signature_valid
    store = PkiStore.load(holdings.directory)
    assert (list(store.local), store.problems) == (["ours"], ())
    assert holdings.names("certificate-request") == ["fp"]


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_load_local(holdings, file, encoding):
    minted = server(ROOT)
    key = file(key_text(minted.key), "key")
    holdings.load_local("www", file(minted.certificate.public_bytes(encoding)), key)
    assert PkiStore.load(holdings.directory).server_certificates(["www"])["www"].certificate == minted.certificate
    assert stat.S_IMODE(holdings.path("key-pair", "www").stat().st_mode) == 0o600
    with pytest.raises(PkiError, match="exists; clear security pki local-certificate certificate-id www"):
        holdings.load_local("www", file(minted.der), key)


def test_load_local_for_a_key_that_is_here_and_one_with_a_passphrase(holdings, file):
    key = holdings.generate_key_pair("www", "ecdsa")
    minted = mint("www", ROOT, key=key)
    assert len(holdings.load_local("www", file(pem(minted.der) + pem(ROOT.der)))) == 2
    locked = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"word"))
    holdings.load_local("two", file(minted.der), file(locked, "key"), "word")
    assert b"ENCRYPTED" not in holdings.path("key-pair", "two").read_bytes()


def test_load_local_leaves_nothing_behind_when_it_fails(holdings, file):
    for content, key, expected in (
            (server(ROOT).der, key_text(OTHER.key), "do not belong together"), (b"garbage", b"", "expected certificates"),
            (pem(b"garbage"), b"", "expected certificates in PEM or DER, each well-formed"),
            (server(ROOT).der, b"", "no private key without passphrase")):
        with pytest.raises(PkiError, match=expected):
            holdings.load_local("www", file(content), file(key, "key"))
    assert [path.stem for path in (holdings.directory / "local").iterdir()] == ["ours", "ours"]


def test_export_is_the_certificate_alone(holdings, tmp_path):
    for encoding, load in ((Encoding.PEM, x509.load_pem_x509_certificate), (Encoding.DER, x509.load_der_x509_certificate)):
        path = tmp_path / str(encoding)
        holdings.export_local("ours", path, encoding)
        assert load(path.read_bytes()) == OURS.certificate
        assert b"PRIVATE" not in path.read_bytes()
        with pytest.raises(PkiError, match="exists; nothing is overwritten"):
            holdings.export_local("ours", path, encoding)


def test_load_ca(holdings, file):
    holdings.load_ca("root", file(ROOT.der))
    holdings.load_ca("both", file(pem(ROOT.der) + pem(OTHER.der)))
    store = PkiStore.load(holdings.directory)
    assert store.anchors(["root"]) == (ROOT.der,)
    assert store.anchors(["both"]) == (ROOT.der, OTHER.der)
    with pytest.raises(PkiError, match="exists; clear security pki ca-certificate ca-profile root"):
        holdings.load_ca("root", file(OTHER.der))


def test_a_group_holds_what_may_be_trusted_and_says_why_not_the_rest(holdings, file):
    weak = authority("Weak", key=rsa.generate_private_key(65537, 1024))  # noqa: S505 - the case itself
    bundle = [ROOT.der, ROOT.der, OTHER.der, weak.der, authority("Old", ends=NOW - DAY).der, server(ROOT).der, b"garbage",
              OURS.certificate.public_bytes(Encoding.DER)]
    loaded, skipped = holdings.load_group("all", file(b"".join(map(pem, bundle))), NOW)
    assert loaded == 2
    reasons = dict(skipped)
    assert set(reasons) == {"CN=Weak", "CN=Old", "CN=server", "", "CN=SSL-PROXY-CA"}
    assert reasons["CN=Weak"].startswith("RSA 1024 bits")
    assert reasons["CN=Old"].startswith("not after")
    assert reasons["CN=server"] == "issuer is not marked as a CA"
    assert reasons["CN=SSL-PROXY-CA"] == "the box's own"
    assert set(PkiStore.load(holdings.directory).anchors(["all"])) == {ROOT.der, OTHER.der}
    with pytest.raises(PkiError, match="holds no CA certificate that may be trusted"):
        holdings.load_group("none", file(pem(weak.der)), NOW)


def test_the_system_s_bundle_loads(holdings):
    loaded, skipped = holdings.load_group("system", system_bundle(), NOW)
    assert loaded > 50
    assert all(reason for _, reason in skipped)
    store = PkiStore.load(holdings.directory)
    assert (len(store.anchors(["system"])), store.problems) == (loaded, ())


def test_a_newer_crl_takes_the_place_of_its_issuer_s_older_one(holdings, file):
    revoked = server(ROOT)
    first, second = crl(ROOT, begins=NOW - 2 * DAY), crl(ROOT, revoked, begins=NOW - DAY)
    others = crl(OTHER)
    for content in (pem(first, "X509 CRL"), others, second, second):
        holdings.load_crl("root", file(content))
    assert set(PkiStore.load(holdings.directory).crls(["root"])) == {others, second}
    with pytest.raises(PkiError, match="is older than the one that is loaded; clear security pki crl ca-profile root"):
        holdings.load_crl("root", file(first))
    with pytest.raises(PkiError, match="expected CRLs in PEM or DER"):
        holdings.load_crl("root", file(ROOT.der))


def test_clear(holdings, file):
    holdings.load_ca("root", file(ROOT.der))
    with pytest.raises(PkiError, match="is used: clear security pki local-certificate certificate-id ours"):
        holdings.clear("key-pair", None)
    assert holdings.clear("local-certificate", "ours") == ["ours"]
    assert holdings.clear("key-pair", None) == ["ours"]
    assert holdings.clear("ca-certificate", None) == ["root"]
    assert holdings.clear("crl", None) == []
    with pytest.raises(PkiError, match=r"nobody\.crt: cannot be taken away: No such file"):
        holdings.clear("ca-certificate", "nobody")
    assert not PkiStore.load(holdings.directory).local


def test_no_directory(tmp_path):
    with pytest.raises(PkiError, match="`srxnf pki init` makes it"):
        Holdings(tmp_path).names("crl")
