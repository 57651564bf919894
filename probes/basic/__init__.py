"""Ground kinds: what every prober has."""
