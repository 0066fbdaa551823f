"""The Kneser-Ney n-gram model, the baseline."""
