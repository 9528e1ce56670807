"""The page of `masked_representations`."""
