"""The page of `masked_patches`."""
