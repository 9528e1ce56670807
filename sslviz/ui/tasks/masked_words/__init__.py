"""The page of `masked_words`."""
