"""Fine-tuning GPT models on ads, and training small ones from scratch."""
