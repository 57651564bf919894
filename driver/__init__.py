"""Driven: the loop that asks, judges, writes and sends."""
