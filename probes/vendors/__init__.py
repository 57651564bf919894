"""Kinds about what vendors say of themselves."""
