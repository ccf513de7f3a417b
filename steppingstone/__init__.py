"""Generates verifiable reinforcement-learning problems for code, steered by a student's pass rate.

What a trainer needs, loaded at its first use and without any service:

    from steppingstone import grade, load_problems

    problems = load_problems("data", "medium")
    print(grade(problems[0], completion).reward)
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from steppingstone.grading import Grader, agrade, grade, grade_many
    from steppingstone.published import PublishedProblem, load_problems
    from steppingstone.records import Grade, Problem
else:
    _HOMES = {
        "grading": ("Grader", "agrade", "grade", "grade_many"),
        "published": ("PublishedProblem", "load_problems"),
        "records": ("Grade", "Problem"),
    }

    def __getattr__(name: str) -> object:
        from importlib import import_module

        for home, names in _HOMES.items():
            if name in names:
                return getattr(import_module(f"steppingstone.{home}"), name)
        raise AttributeError(f"module 'steppingstone' has no attribute {name!r}")


__all__ = ["Grade", "Grader", "Problem", "PublishedProblem", "agrade", "grade", "grade_many", "load_problems"]
