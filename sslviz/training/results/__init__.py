"""What was trained and measured before, kept in files: recordings, tables of results, exports."""
