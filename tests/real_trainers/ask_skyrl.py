"""`python ask_skyrl.py EXPORT ATTEMPTS`: skyrl-gym makes the environment of each row, and steps it with the attempt."""

import json
import sys
from pathlib import Path

import pyarrow.parquet as pq
import skyrl_gym


def main(folder: Path, attempts: Path) -> None:
    sys.path.insert(0, str(folder))
    from main import SteppingstoneEnv

    skyrl_gym.register(id="steppingstone", entry_point=SteppingstoneEnv)
    rows = [row for path in sorted(folder.glob("stage-*.parquet")) for row in pq.read_table(path).to_pylist()]
    of = {row["extra_info"]["problem_id"]: row for row in rows}
    found = [step(of[problem_id], completion) for problem_id, completion in json.loads(attempts.read_text())]
    print(json.dumps({"order": list(of), "found": found}))


def step(row: dict, completion: str) -> list[object]:
    """Reward, whether the episode is over, and verdict."""
    extras = {name: value for name, value in row.items() if name not in ("prompt", "env_class")}
    env = skyrl_gym.make(row["env_class"], env_config={}, extras=extras)
    prompt, _ = env.init(row["prompt"])
    assert prompt == row["prompt"]
    done = env.step(completion)
    env.close()
    return [done["reward"], done["done"], done["metadata"]["verdict"]]


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
