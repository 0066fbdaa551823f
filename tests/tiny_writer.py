"""A small Llama model that never learned anything, in a folder that `AdWriter` opens."""

from tiny_gpt import own_tokenizer, save_tiny, tiny_model


def save_tiny_writer(folder, *, rows="ads"):
    """Writes a folder with two layers of random weights and a small vocabulary.

    With rows "products" it says that it learned to write from facts.
    """
    tokenizer = own_tokenizer()
    model = tiny_model("llama", vocab_size=len(tokenizer), context_length=2048, spread=0.05)
    model.config.adgen = {"info": {"config": {"rows": rows}}}
    return save_tiny(folder, model, tokenizer)
