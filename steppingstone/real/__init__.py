"""Real problems: rows of public problem sets with their tests, from a file to a graded answer.

`reading` gives the rows of files as `RealProblem`, `judging` says whether a program passes the tests, `adoption` makes a
draft's rows of them. The environment is `steppingstone.environments.real`.
"""
