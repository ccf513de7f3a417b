"""Problems written down, so that what an export makes of them depends on nothing else."""

from steppingstone.published import PublishedProblem
from steppingstone.records import Tier
from steppingstone.sandbox import Limits

DEDUCTION = PublishedProblem(
    problem_id="5d1f0c2b9a7e4f60",
    environment="deduction",
    code="def f(x):\n    return 'é' + x",
    inputs=("'a'",),
    outputs=("'éa'",),
    hint="",
    statement="What does f give for 'a'?\n",
    content_hash="c0ffee",
    chain_id="chain-1",
    parent_id=None,
    seed_id="seed-1",
    round=1,
    tier=Tier.EASY,
    pass_count=6,
    graded_count=8,
    attempt_count=8,
    pass_rate=0.75,
    pass_rate_low=0.409,
    pass_rate_high=0.929,
    student_model="student",
    student_temperature=0.8,
    student_top_p=0.95,
    student_max_tokens=4096,
    student_reasoning_effort="low",
    prompts_hash="p0",
    curriculum_rank=0,
    stage=0,
    sampling_weight=1.5,
    limits=Limits(seconds=1.5, memory_mb=200),
)
INDUCTION = PublishedProblem(
    problem_id="0a1b2c3d4e5f6071",
    environment="induction",
    code="def f(x):\n    return x + 1",
    inputs=("1", "2", "3", "4"),
    outputs=("2", "3", "4", "5"),
    hint="the next one",
    statement="Write f: 1 gives 2, 2 gives 3.\n",
    content_hash="decade",
    chain_id="chain-2",
    parent_id="5d1f0c2b9a7e4f60",
    seed_id="seed-2",
    round=2,
    tier=Tier.UNGRADED,
    student_model="student",
    curriculum_rank=1,
    stage=1,
    sampling_weight=0.5,
)
TWO = (DEDUCTION, INDUCTION)
