"""What this machine's CPU takes for the work that the hardware model knows, measured with the running engine.

In: nothing. Out: a cost table that platform files may start from. A proxy, its clients and its server meet on the loopback;
only the CPU time of the proxy's processes counts. Knows how to ask the engine; nothing of platforms.
"""
