"""Junos text in, one frozen Configuration out; what is wrong with the text is a ConfigError with file, line and word."""
