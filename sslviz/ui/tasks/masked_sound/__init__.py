"""The page of `masked_sound`."""
