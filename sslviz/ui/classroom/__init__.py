"""A class in a room, on the teacher's side: opening one, the votes on the projector, and the way in on home.

The phones' side knows no Streamlit and stands in `sslviz.classroom`.
"""
