"""Kinds about signing on."""
