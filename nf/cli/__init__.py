"""The commands, and what joins the rooms below into one program.

In: words on the command line. Out: text for people, JSON for machines, and an exit status that is 0 only when it worked.
Heavy imports stand inside the functions, so that `--help` and a mistyped word answer at once.
"""
