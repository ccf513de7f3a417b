"""Problems as each trainer reads them, and the reward as each trainer calls it: one module a trainer, one page beside it.

    python -m steppingstone.exports verl data curriculum_stepping_stones --out exports/verl

`rows` is what all exports carry, `rewards` what all hooks do. curriculum.md tells of order, weights (`sampling`), pools and
filters (`band`) for all trainers. No module here needs its trainer to be installed.
"""
