"""The page of `patch_order`."""
