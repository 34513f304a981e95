"""The SSL proxy's state machine for one session: events in, commands out, no clock and no socket inside.

In: what happened (bytes seen, a handshake done, a chain judged, a timer run out). Out: what to do about it (connect,
start a TLS end, judge a chain, deliver data, relay, log, drop). State is one enum and one table (states.py).
"""
