"""`srxnf model`: the hardware model on its own, in virtual time; one file beside this for each command."""

import typer

from nf.cli import (
    model_calibrate,
    model_compare,
    model_fit,
    model_list,
    model_run,
    model_sweep,
    model_upgrade,
    model_validate,
)

app = typer.Typer(help="Simulate an SRX's hardware: SPUs, session distribution, capacities, load.", no_args_is_help=True)

app.command("list", epilog="Example: srxnf model list")(model_list.list_)
app.command("describe", epilog="Example: srxnf model describe srx1600")(model_list.describe)
app.command("run", epilog=model_run.EXAMPLES)(model_run.run)
app.command("compare", epilog=model_compare.EXAMPLES)(model_compare.compare)
app.command("sweep", epilog=model_sweep.EXAMPLES)(model_sweep.sweep)
app.command("fit", epilog=model_fit.EXAMPLES)(model_fit.fit)
app.command("upgrade", epilog=model_upgrade.EXAMPLES)(model_upgrade.upgrade)
app.command("validate", epilog="Example: srxnf model validate")(model_validate.validate)
app.command("calibrate")(model_calibrate.calibrate)
