"""What an ad costs, for any model."""
