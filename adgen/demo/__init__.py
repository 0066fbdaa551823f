"""A page in the browser that writes ads, judges them and shows how they came about."""
