"""The page of Span corruption."""
