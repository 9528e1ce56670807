"""sslviz: see self-supervised learning, from the pseudo-label to the trained model."""
