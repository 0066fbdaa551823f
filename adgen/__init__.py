"""adgen trains, compares and serves models that write shopping-ad text.

The doors: `adgen.generation.generator.AdGenerator` writes ads with any model; `adgen.corpus` reads, cleans and divides them;
`adgen.runs.train.run_training` and `adgen.runs.finetune.run_finetuning` train; `adgen.scoring.protocol.score_ads` and `adgen.lstm.evaluation`
judge; `adgen.runs.compare.compare` puts models of all kinds side by side. Each command of `adgen` is one of them.
"""

__version__ = "0.1.0"
