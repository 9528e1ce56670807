"""What every task page shares; knows no task."""
