"""Sixhop: who should reach whom."""

__version__ = "0.1.0"
