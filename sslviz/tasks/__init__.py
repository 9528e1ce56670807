"""One module a pretext task; `base` holds the contract they all meet."""
