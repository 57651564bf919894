"""Kept: the one file on disk."""
