"""Run records: typed, written and read; where they were made; tables and cards of them."""
