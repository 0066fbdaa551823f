"""Writes and reads run records, says where they were made, and makes tables and cards of them."""
