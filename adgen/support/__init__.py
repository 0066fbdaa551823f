"""Holds what every room needs and no library has: whole files and folders, extras, arrays."""
