"""The one Transformer trunk, and the ways in to it."""
