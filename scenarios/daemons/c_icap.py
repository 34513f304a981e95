"""c-icap, an ICAP server, at port 1344 of the loopback: echo, ex206, url_check, and virus_scan where the lab has a clamd."""

from collections.abc import Mapping
from pathlib import Path

PACKAGE = "c-icap, libc-icap-mod-urlcheck, libc-icap-mod-virus-scan"
READY = "Create shared mem"
_MODULES = "/usr/lib/x86_64-linux-gnu/c_icap"
_CONFIGURATION = """PidFile {home}/pid
CommandsSocket {home}/commands
Port 127.0.0.1:1344
StartServers 1
MaxServers 1
ThreadsPerChild 20
MinSpareThreads 1
MaxSpareThreads 20
TmpDir {home}
ModulesDir {modules}
ServicesDir {modules}
TemplateDir /usr/share/c_icap/templates/
TemplateDefaultLanguage en
LoadMagicFile /etc/c-icap/c-icap.magic
ServerLog {home}/server.log
AccessLog {home}/access.log
Service echo srv_echo.so
Service ex206 srv_ex206.so
Service url_check srv_url_check.so
url_check.LookupTableDB forbidden url hash:{home}/forbidden "what nobody may see"
url_check.Profile default block forbidden
url_check.Profile default pass ALL
"""
_VIRUSES = """Service virus_scan virus_scan.so
Module common clamd_mod.so
clamd_mod.ClamdSocket {home}/../clamd/clamd.sock
virus_scan.DefaultEngine clamd
virus_scan.ScanFileTypes TEXT DATA EXECUTABLE ARCHIVE GIF JPEG MSOFFICE
virus_scan.SendPercentData 5
virus_scan.StartSendPercentDataAfter 2M
virus_scan.MaxObjectSize 5M
"""
# One that was killed has left its pid, which within a namespace of its own is always somebody's.
_START = 'rm -f "$0/pid"; exec stdbuf -oL c-icap -N -D -d 2 -f "$0/c-icap.conf"'


def command(home: Path, options: Mapping[str, str]) -> list[str]:
    """`forbidden` are URLs without scheme that url_check refuses, a line each; with `viruses` there is virus_scan."""
    (home / "forbidden").write_text(options.get("forbidden", "") + "\n", encoding="utf-8")
    text = _CONFIGURATION + (_VIRUSES if "viruses" in options else "")
    (home / "c-icap.conf").write_text(text.format(home=home, modules=_MODULES), encoding="utf-8")
    within = ("unshare", "--fork", "--pid", "--kill-child")  # its children live no longer than it does
    return [*within, "sh", "-c", _START, str(home)]
