"""Training LSTMs with Keras, on TensorFlow or JAX."""
