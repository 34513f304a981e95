"""The two TLS ends of a session and the ClientHello that starts it.

In: bytes that have arrived, and TLS ends (pyOpenSSL connections) that someone else made. Out: what the client asked
for, how far a handshake has come, or why it failed. Knows certificates as bytes; never opens, polls or closes a socket.
"""
