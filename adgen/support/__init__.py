"""What every room needs and no library has: files and folders that are whole or absent, extras, arrays."""
