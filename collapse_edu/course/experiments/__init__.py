"""Experiments that show a common mistake and what it costs."""
