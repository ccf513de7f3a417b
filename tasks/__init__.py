"""The verbs of a run, in walk order: check, extract, generate, validate, deduplicate, split, publish, summarize."""
