"""Served and received over HTTP."""
