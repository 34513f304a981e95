"""The commands `srxnf pki init` and `srxnf pki verify` as an operator types them."""

import json
import stat
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from typer.testing import CliRunner

from nf.cli.pki import app
from nf.pki import PkiStore, new_signer
from nf.pki.standing import TRUSTED
from tests.pki.factory import DAY, NOW, Minted, authority, server
from tests.pki.test_ocsp import REVOKED, response
from tests.pki.test_revocation import crl
from tests.pki.test_store import pem

ROOT = authority("Root")
LEAF = server(ROOT)


def run(*words: object):
    return CliRunner().invoke(app, [str(word) for word in words])


def write(path: Path, *minted: Minted) -> Path:
    return write_all(path, *(one.certificate for one in minted))


def write_all(path: Path, *certificates: x509.Certificate) -> Path:
    path.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in certificates))
    return path


@pytest.fixture
def verify(tmp_path):
    anchors, chain = write(tmp_path / "anchors.pem", ROOT), write(tmp_path / "chain.pem", LEAF)

    def command(*words: object, host: str = "a.test"):
        return run("verify", "--anchors", anchors, "--at", NOW.isoformat(), "--host", host, *words, chain)

    return command


def test_verify_goes_by_what_a_profile_may_say(verify, tmp_path):
    assert verify().exit_code == 0
    assert verify("--if-not-present", "drop").stdout == "certificate error: unable to get certificate CRL\n"
    assert "strict: authorityKeyIdentifier is missing" in verify("--strict").stdout
    staple = tmp_path / "staple.der"
    staple.write_bytes(response(LEAF, REVOKED, issuer=ROOT, signer=ROOT))
    assert "revocation-reason:0:Unspecified" in verify("--staple", staple).stdout
    assert verify("--staple", tmp_path / "none.der").exit_code == 2
    until = json.loads(verify("--json").stdout)["valid-until"]
    assert datetime.fromisoformat(until) == LEAF.certificate.not_valid_after_utc


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


def test_every_init_makes_another_ca(tmp_path):
    assert run("init", tmp_path / "one").exit_code == run("init", tmp_path / "two").exit_code == 0
    one, two = (PkiStore.load(tmp_path / name).authority("ssl-proxy-ca") for name in ("one", "two"))
    assert one.key.public_key() != two.key.public_key()
    assert stat.S_IMODE((tmp_path / "one/local/ssl-proxy-ca.key").stat().st_mode) == 0o600


def test_the_lines_that_install_it_do(tmp_path):
    """The key is in no output; Debian's line is carried out on directories of our own."""
    result = run("init", tmp_path / "pki", "--key-type", "ecdsa")
    assert "PRIVATE KEY" not in result.output
    path = tmp_path / "pki/local/ssl-proxy-ca.crt"
    for line in (f"--cacert {path}", f"certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n ssl-proxy-ca -i {path}",
                 f"certutil -addstore -f Root {path}", "security add-trusted-cert"):
        assert line in result.output
    debian = next(line for line in result.output.splitlines() if "update-ca-certificates" in line)
    local, bundle = tmp_path / "local-certificates", tmp_path / "etc"
    local.mkdir(), bundle.mkdir()
    install, update = debian.partition(":")[2].replace("sudo ", "").split(";")
    subprocess.run(["sh", "-c", install.replace("/usr/local/share/ca-certificates", str(local))], check=True)
    subprocess.run([update.strip(), "--localcertsdir", local, "--etccertsdir", bundle, "--hooksdir", tmp_path / "none",
                    "--certsconf", "/dev/null"], check=True, capture_output=True)
    assert path.read_text() in (bundle / "ca-certificates.crt").read_text()


def test_export(tmp_path):
    run("init", tmp_path, "--key-type", "ecdsa")
    path = tmp_path / "local/ssl-proxy-ca.crt"
    assert run("export", tmp_path).stdout_bytes == path.read_bytes()
    result = run("export", tmp_path, "--output", tmp_path / "my ca.crt", "--format", "der")
    assert result.exit_code == 0
    assert f"--cacert '{tmp_path}/my ca.crt'" in result.output
    assert x509.load_der_x509_certificate((tmp_path / "my ca.crt").read_bytes())
    for words, expected in ((("--output", tmp_path / "my ca.crt"), "exists"), (("--certificate-id", "x"), "no such local")):
        result = run("export", tmp_path, *words)
        assert result.exit_code == 2
        assert expected in result.stderr
        assert result.stderr.count("\n") == 1


def chain_is_good(trusted: Path, leaf: Path, sent: Path) -> bool:
    command = ["openssl", "verify", "-x509_strict", "-no-CApath", "-no-CAstore", "-CAfile", trusted, "-untrusted", sent,
               "-purpose", "sslserver", "-verify_hostname", "a.test", leaf]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_clients_with_the_old_or_the_next_ca_work_while_they_change_over(tmp_path, kind):
    pki, now = tmp_path / "pki", datetime.now(UTC)
    run("init", pki, "--key-type", kind)
    result = run("rollover", pki)
    assert result.exit_code == 0
    assert "root-ca ssl-proxy-ca-2" in result.output
    assert f"srxnf pki export {pki} --certificate-id ssl-proxy-ca-2 --output ssl-proxy-ca-2.crt" in result.output
    assert run("rollover", pki, "--certificate-id", "ssl-proxy-ca-2").exit_code == 0
    ids = ("ssl-proxy-ca", "ssl-proxy-ca-2", "ssl-proxy-ca-3")
    store = PkiStore.load(pki)
    subjects = [store.authority(name).certificate.subject.rfc4514_string() for name in ids]
    assert subjects == ["CN=SRX SSL proxy CA", "CN=SRX SSL proxy CA 2", "CN=SRX SSL proxy CA 3"]
    for name in ids:
        run("export", pki, "--certificate-id", name, "--output", tmp_path / f"{name}.crt")
    origin = server(ROOT, begins=now - DAY, ends=now + DAY).certificate
    for number, signs in enumerate(ids):
        forged = new_signer(store.authority(signs)).forge(origin, TRUSTED, now)
        write_all(tmp_path / "leaf.pem", forged.leaf), write_all(tmp_path / "sent.pem", forged.leaf, *forged.chain)
        for trusts in ids[:number + 1]:
            assert chain_is_good(tmp_path / f"{trusts}.crt", tmp_path / "leaf.pem", tmp_path / "sent.pem")
        for trusts in ids[number + 1:]:
            assert not chain_is_good(tmp_path / f"{trusts}.crt", tmp_path / "leaf.pem", tmp_path / "sent.pem")


def test_rollover_refuses_in_one_line(tmp_path):
    run("init", tmp_path, "--key-type", "ecdsa")
    for words, expected in ((("--certificate-id", "x"), "no such local"), (("--next-id", "ssl-proxy-ca"), "exists"),
                            (("--next-id", "../x"), "--next-id '../x': expected"),
                            (("--common-name", "SRX SSL proxy CA"), "a name of its own")):
        result = run("rollover", tmp_path, *words)
        assert result.exit_code == 2
        assert expected in result.stderr
        assert result.stderr.count("\n") == 1
    assert sorted(path.name for path in (tmp_path / "local").iterdir()) == ["ssl-proxy-ca.crt", "ssl-proxy-ca.key"]


def test_help_has_examples():
    for command in ("init", "export", "rollover", "verify"):
        assert f"srxnf pki {command} " in run(command, "--help").output


def test_verify_good(verify):
    result = verify()
    assert (result.exit_code, result.stdout) == (0, "OK\n")
    assert json.loads(verify("--json").stdout) == {"ok": True, "reason": None, "message": "", "detail": "", "depth": None,
                                                   "valid-until": "2026-07-01T12:00:00+00:00",
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
