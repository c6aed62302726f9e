"""How a record of the domain looks in an answer."""
