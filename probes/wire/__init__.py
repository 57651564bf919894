"""Wire: what protocols say, byte by byte: read and written here, sent and received elsewhere."""
