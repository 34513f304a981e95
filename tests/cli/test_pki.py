"""The commands `srxnf pki init` and `srxnf pki verify` as an operator types them."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from typer.testing import CliRunner

from nf.cli.pki import app
from nf.pki import PkiStore
from tests.pki.factory import NOW, Minted, authority, server
from tests.pki.test_revocation import crl
from tests.pki.test_store import pem

ROOT = authority("Root")
LEAF = server(ROOT)


def run(*words: object):
    return CliRunner().invoke(app, [str(word) for word in words])


def write(path: Path, *minted: Minted) -> Path:
    path.write_bytes(b"".join(one.certificate.public_bytes(Encoding.PEM) for one in minted))
    return path


@pytest.fixture
def verify(tmp_path):
    anchors, chain = write(tmp_path / "anchors.pem", ROOT), write(tmp_path / "chain.pem", LEAF)

    def command(*words: object, host: str = "a.test"):
        return run("verify", "--anchors", anchors, "--at", NOW.isoformat(), "--host", host, *words, chain)

    return command


def test_init_makes_what_the_store_reads(tmp_path):
    result = run("init", tmp_path / "pki", "--key-type", "ecdsa", "--certificate-id", "my-ca", "--common-name", "My CA")
    assert result.exit_code == 0
    assert f"{tmp_path}/pki/local/my-ca.crt: new CA" in result.output
    store = PkiStore.load(tmp_path / "pki")
    assert store.authority("my-ca").certificate.subject.rfc4514_string() == "CN=My CA"
    assert store.authority("my-ca").key_type == "ecdsa"


def test_init_refuses_to_overwrite_and_odd_names(tmp_path):
    assert run("init", tmp_path).exit_code == 0
    again = run("init", tmp_path)
    assert again.exit_code == 2
    assert "ssl-proxy-ca.crt: exists" in again.stderr
    for words in (("--certificate-id", "../x"), ("--certificate-id", ".."), ("--common-name", "")):
        result = run("init", tmp_path / "new", *words)
        assert result.exit_code == 2
        assert result.stderr.count("\n") == 1
    assert not (tmp_path / "new").exists()


def test_verify_good(verify):
    result = verify()
    assert (result.exit_code, result.stdout) == (0, "OK\n")
    assert json.loads(verify("--json").stdout) == {"ok": True, "reason": None, "message": "", "detail": "", "depth": None,
                                                   "path": ["CN=server", "CN=Root"]}


def test_verify_bad(verify, tmp_path):
    result = verify(host="b.test")
    assert (result.exit_code, result.stdout) == (1, "certificate error: hostname mismatch\n")
    result = verify("--json", "--at", "2030-01-01")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["reason"] == "expired"
    (tmp_path / "list.pem").write_bytes(pem(crl(ROOT, LEAF), "X509 CRL"))
    result = verify("--crl", tmp_path / "list.pem")
    assert result.exit_code == 1
    assert "revocation-reason:0:Unspecified" in result.stdout


def test_verify_judges_garbage_in_the_chain(verify, tmp_path):
    (tmp_path / "chain.pem").write_bytes(pem(b"garbage"))
    result = verify()
    assert (result.exit_code, result.stdout) == (1, "certificate error: malformed certificate\n")


@pytest.mark.parametrize(("words", "expected"), [
    (("--at", "never"), "--at 'never': expected a time"), (("--anchors", "/nowhere"), "/nowhere: cannot be read"),
    (("--crl", "/dev/null"), "/dev/null: holds no `-----BEGIN X509 CRL-----` block")])
def test_verify_operator_errors_take_one_line(verify, words, expected):
    result = verify(*words)
    assert result.exit_code == 2
    assert expected in result.stderr
    assert result.stderr.count("\n") == 1
