"""Reports made visible: tables for a terminal, rows for other programs, plots and pages for people and papers.

In: what simulations found. Out: text, rows, SVG, HTML. Decides nothing, and never leaves out which figures were assumed.
"""
