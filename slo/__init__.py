"""Meant: states, time and budgets. All pure."""
