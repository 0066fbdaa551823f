"""Tables and pictures made from run records."""
