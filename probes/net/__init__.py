"""The connection engine: resolve, connect, TLS, HTTP, each step timed and named when it fails."""
