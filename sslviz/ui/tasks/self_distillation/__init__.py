"""Self-distillation: the page of DINO."""
