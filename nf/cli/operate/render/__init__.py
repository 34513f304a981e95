"""Answers of the device as text, in the layout of the devices: lines without line feeds, no terminal codes."""
