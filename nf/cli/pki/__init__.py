"""`srxnf pki`: the proxy's CA from its making to its successor, and the judgement on a server's chain.

In: a PKI directory, PEM files. Out: files in it, the lines that install a CA in clients, a verdict as text or JSON.
Judges and forges nothing itself: that is `nf.pki`.
"""

import typer

from nf.cli.pki.authorities import export, init, rollover
from nf.cli.pki.judge import verify

app = typer.Typer(
    help="Certificates: the proxy's CA, and the judgement on a server's chain.", no_args_is_help=True,
    epilog="Begin with: srxnf pki init pki; srxnf pki export pki --output proxy-ca.crt; "
           "srxnf pki verify --anchors roots.pem --host www.example.test chain.pem")
app.command()(init)
app.command()(export)
app.command()(rollover)
app.command()(verify)

__all__ = ["app"]
