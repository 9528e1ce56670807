"""The page of `hidden_units`."""
