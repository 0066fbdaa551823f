"""Products and their facts, and what a text claims of them; knows no model and no tokens."""
