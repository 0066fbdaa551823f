"""The LSTM: its sizes, its folder, reading and scoring with it in NumPy."""
