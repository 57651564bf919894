"""Woken: who is told what, when, and that it arrives."""
