"""`python ask_verifiers.py EXPORT ATTEMPTS`: verifiers finds the installed taskset by its name, and scores each attempt.

It also loads the sources of prime-rl.toml.
"""

import asyncio
import json
import sys
import tomllib
from pathlib import Path

import verifiers.v1 as vf
from verifiers.v1.graph import MessageNode
from verifiers.v1.trace import AgentInfo, TraceTask


def main(folder: Path, attempts: Path) -> None:
    sys.path.insert(0, str(folder / "installed"))
    taskset = vf.load_taskset(vf.TasksetConfig(id="steppingstone-out"))
    tasks = list(taskset)
    of = {task.data.id: task for task in tasks}
    asked = [(of[problem_id], completion) for problem_id, completion in json.loads(attempts.read_text())]
    told = {
        "keys": [task.key for task in tasks],
        "found": asyncio.run(gathered(score(*each) for each in asked)),
        "pools": pools(folder),
        "valid": asyncio.run(gathered(task.validate(None) for task in tasks)),
    }
    print(json.dumps(told))


def pools(folder: Path) -> dict[str, list[str]]:
    """The tasks of each source of prime-rl.toml, its `env` read by what prime-rl reads it with; and those of another pool."""
    sources = tomllib.loads((folder / "prime-rl.toml").read_text())["orchestrator"]["train"]["source"]
    environments = [vf.resolve_env_field({"env": source["env"]})["env"] for source in sources]
    hard = environments[0].taskset.model_copy(update={"pool": "hard"})
    named = [*(vf.load_environment(each).taskset for each in environments), vf.load_taskset(hard)]
    return {taskset.config.pool: [task.data.id for task in taskset] for taskset in named}


async def gathered(waited: object) -> list:
    return await asyncio.gather(*waited)


async def score(task: vf.Task, completion: str) -> list[object]:
    """Reward and verdict of a trace that ends with the completion."""
    replied = MessageNode(message=vf.AssistantMessage(content=completion), sampled=True)
    trace = vf.Trace(
        task=TraceTask(type="SteppingstoneTask", data=task.data), agent=AgentInfo.model_construct(), nodes=[replied]
    )
    await task.score(trace)
    return [trace.reward, trace.info["steppingstone"]["verdict"]]


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
