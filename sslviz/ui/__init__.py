"""What the pages draw with; the only part of sslviz that imports streamlit."""
