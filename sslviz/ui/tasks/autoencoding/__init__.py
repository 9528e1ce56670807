"""The page of `autoencoding`."""
