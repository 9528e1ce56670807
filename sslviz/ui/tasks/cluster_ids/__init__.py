"""The page of `cluster_ids`."""
