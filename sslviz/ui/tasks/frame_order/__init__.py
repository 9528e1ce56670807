"""The page of `frame_order`."""
