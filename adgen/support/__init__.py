"""What every room needs and no library has.

Files and folders that are whole or absent, extras, arrays.
"""
