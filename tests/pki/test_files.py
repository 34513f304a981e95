"""Files are whole from their first moment, private where they hold keys, and never overwritten by accident."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from nf.pki.files import PRIVATE, PkiError, key_text, make_directory, read_key, replace, write_new
from tests.pki.factory import new_key


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file(tmp_path):
    path = tmp_path / "local" / "a.key"
    make_directory(path.parent)
    write_new(path, b"secret", PRIVATE)
    assert (path.read_bytes(), mode(path)) == (b"secret", 0o600)
    with pytest.raises(PkiError, match=r"a\.key: exists; nothing is overwritten"):
        write_new(path, b"other")
    assert path.read_bytes() == b"secret"
    write_new(tmp_path / "a.crt", b"public")
    assert mode(tmp_path / "a.crt") == 0o644
    assert [file.name for file in path.parent.iterdir()] == ["a.key"]  # no draft is left


def test_where_there_are_no_hard_links(tmp_path, monkeypatch):
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", refuse)
    path = tmp_path / "a.key"
    write_new(path, b"secret", PRIVATE)
    assert (path.read_bytes(), mode(path)) == (b"secret", 0o600)
    with pytest.raises(PkiError, match="exists; nothing is overwritten"):
        write_new(path, b"other")
    assert [file.name for file in tmp_path.iterdir()] == ["a.key"]


def test_one_of_many_writers_wins_and_the_file_is_whole(tmp_path):
    path = tmp_path / "a.crt"

    def write(number: int) -> bool:
        try:
            write_new(path, bytes([number]) * 100_000)
        except PkiError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(write, range(8))) == 1
    assert len(set(path.read_bytes())) == 1


def test_replaced_at_one_moment(tmp_path):
    path = tmp_path / "a.crl"
    replace(path, b"old")
    with path.open("rb") as held:
        replace(path, b"new")
        assert held.read() == b"old"
    assert path.read_bytes() == b"new"


def test_where_nothing_can_be_written(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(PkiError, match=r"file/b: cannot be made: Not a directory"):
        make_directory(tmp_path / "file" / "b")
    with pytest.raises(PkiError, match=r"nowhere/a\.crt: cannot be written: No such file or directory"):
        write_new(tmp_path / "nowhere" / "a.crt", b"")
    assert not (tmp_path / "nowhere").exists()


def test_keys_with_passphrases_and_from_elsewhere(tmp_path):
    key, path = new_key(), tmp_path / "a.key"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"word")))
    path.chmod(0o644)
    assert read_key(path, "word", private=False).private_numbers() == key.private_numbers()
    with pytest.raises(PkiError, match="with this passphrase"):
        read_key(path, "wrong", private=False)
    with pytest.raises(PkiError, match="mode 0644"):
        read_key(path, "word")
    path.write_bytes(key_text(key))
    assert read_key(path, private=False).private_numbers() == key.private_numbers()
    path.unlink()
    with pytest.raises(PkiError, match="cannot be read"):
        read_key(path)
