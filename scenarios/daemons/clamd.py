"""clamd with a small database of the lab's own: the EICAR test file and whatever signatures the scenario adds."""

import os
from collections.abc import Mapping
from pathlib import Path

PACKAGE = "clamav-daemon"
READY = "Self checking"
_EICAR = "Eicar-Test-Signature:0:0:" + rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!".hex() + "\n"
_CONFIGURATION = """Foreground yes
DatabaseDirectory {home}/database
LocalSocket {home}/clamd.sock
TemporaryDirectory {home}
User {user}
SelfCheck 3600
"""


def command(home: Path, options: Mapping[str, str]) -> list[str]:
    """`signatures` adds lines in the form of an .ndb file."""
    (home / "database").mkdir()
    (home / "database" / "lab.ndb").write_text(_EICAR + options.get("signatures", ""), encoding="ascii")
    user = os.environ.get("USER") or "root"
    (home / "clamd.conf").write_text(_CONFIGURATION.format(home=home, user=user), encoding="ascii")
    return ["clamd", "--config-file", str(home / "clamd.conf")]
