"""Prompt templates: what teachers and students are told, one text a file."""
