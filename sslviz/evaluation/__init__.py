"""What the trunk has learned, judged from outside: probes, and the map. No training here."""
