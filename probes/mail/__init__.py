"""Kinds about mail."""
