"""Offline models: two programs, a teacher and a student, behind an HTTP server that speaks OpenAI chat completions."""
