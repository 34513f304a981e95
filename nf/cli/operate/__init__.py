"""The operator's command line: words to a question, the device's answer to text in the layout of the devices.

In: lines that an operator types. Out: text or JSON. The grammar is one tree of data (`tree`); parser, completion and
`?` all read it. All is pure but `device`, which asks over the control socket, `pki_directory`, which works on certificates'
files, `prompt` and `more`, which own the terminal, and `entry`.
"""

from nf.cli.operate.entry import cli

__all__ = ["cli"]
