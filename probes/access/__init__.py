"""Kinds about remote access."""
