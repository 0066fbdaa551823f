"""An LSTM and an n-gram model that score and write ads together."""
