"""What platforms allow in an ad: their formats as dated data, findings in a text, shortening."""
