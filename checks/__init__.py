"""Said: what `checks.yaml` says, as values."""

__version__ = "0.1.0"
