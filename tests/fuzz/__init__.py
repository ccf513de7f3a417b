"""Properties of everything that reads hostile bytes or text, driven by hypothesis (`test_*`) and atheris (`fuzz_*`)."""
