"""What labels buy: Transfer, Arena, Three ways to learn."""
