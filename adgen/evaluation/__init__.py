"""What written ads are worth: beside human ads and beside the training ads."""
