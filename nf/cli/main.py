"""`srxnf`: the one command, and its parts."""

import typer

from nf.cli import check, controller, model, network_function, operate, pki, proxy, scenarios, secrets, topology

app = typer.Typer(
    name="srxnf", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
    help="A TLS-inspection network function for software-defined networks, with an SRX inside.",
    epilog="Begin with: srxnf list; srxnf run forward_proxy --demo; srxnf check FILE")

app.command("list")(scenarios.list_)
app.command("run")(scenarios.run)
app.command("proxy")(proxy.proxy)
app.command("nf")(network_function.nf)
app.command("controller")(controller.controller)
app.command("topology")(topology.topology)
app.command("check")(check.check)
app.command("secrets")(secrets.secrets)
app.command("cli")(operate.cli)
app.add_typer(pki.app, name="pki")
app.add_typer(model.app, name="model")


def main() -> None:
    """Entry point of the `srxnf` command."""
    app()
