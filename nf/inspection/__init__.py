"""Inspection: the services of one session together, their joint verdict, and what is held back until it is known.

In: directed plaintext. Out: what may pass on now, what to log, whether the session must end.
Knows services and log records; knows no TLS state, sockets or clocks.
"""
