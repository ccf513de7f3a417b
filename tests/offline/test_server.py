import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import openai
import pytest

from tests.offline.conftest import start_server

PROMPT = """# Task: deduction

```python
def f(x):
    x = [n * 3 + 7 for n in x]
    total = 0
    for n in x:
        total = total * 5 + n
    return total
```

```input
[4, 8, 15, 16, 23, 42]
```
"""


def ask(client: openai.OpenAI, prompt: str = PROMPT, **options):
    messages = [{"role": "user", "content": prompt}]
    return client.chat.completions.create(**{"model": "offline-student", "messages": messages} | options)


def texts(reply) -> list[str]:
    return [choice.message.content for choice in reply.choices]


def test_models_are_a_teacher_and_a_student(client):
    assert [model.id for model in client.models.list()] == ["offline-teacher", "offline-student"]


def test_n_choices_come_in_one_reply(client):
    assert [choice.index for choice in ask(client, n=5).choices] == [0, 1, 2, 3, 4]


def test_the_same_seed_gives_the_same_replies(client):
    assert texts(ask(client, n=8, seed=11)) == texts(ask(client, n=8, seed=11))


def test_choice_i_of_seed_s_is_what_seed_s_plus_i_gives(client):
    singles = [texts(ask(client, seed=40 + index))[0] for index in range(4)]
    assert texts(ask(client, n=4, seed=40)) == singles


def test_replies_are_the_same_in_a_server_with_another_hash_seed(client):
    process, url = start_server("--workers", "1")
    other = openai.OpenAI(base_url=url, api_key="none")
    try:
        assert texts(ask(other, n=8, seed=3)) == texts(ask(client, n=8, seed=3))
    finally:
        process.terminate()
        process.wait(10)


def test_without_a_seed_replies_differ(client):
    assert texts(ask(client, n=24)) != texts(ask(client, n=24))


def test_the_prompt_is_counted_once_however_many_choices(client):
    few, many = ask(client, n=1, seed=1).usage, ask(client, n=6, seed=1).usage
    assert few.prompt_tokens == many.prompt_tokens == -(-len(PROMPT) // 4)


def test_completion_tokens_are_those_of_all_choices(client):
    reply = ask(client, n=3, seed=1)
    assert reply.usage.completion_tokens == sum(-(-len(text) // 4) for text in texts(reply))


def test_a_reply_past_max_tokens_is_cut(client):
    choice = ask(client, seed=1, max_tokens=2).choices[0]
    assert (choice.finish_reason, len(choice.message.content)) == ("length", 8)


def test_a_whole_reply_stops_of_itself(client):
    assert ask(client, seed=1, max_tokens=4000, temperature=0.7).choices[0].finish_reason == "stop"


def test_more_reasoning_effort_solves_more(client):
    right = str(sum((n * 3 + 7) * 5 ** (5 - i) for i, n in enumerate([4, 8, 15, 16, 23, 42])))
    low, high = (texts(ask(client, n=64, seed=5, reasoning_effort=effort)) for effort in ("low", "high"))
    assert sum(right in text for text in low) < sum(right in text for text in high)


def test_an_unknown_model_is_not_found(client):
    with pytest.raises(openai.NotFoundError, match="does not exist") as caught:
        ask(client, model="gpt-oss-120b")
    assert caught.value.body["code"] == "model_not_found"


@pytest.mark.parametrize(
    "wrong", [{"n": 0}, {"n": "two"}, {"messages": []}, {"messages": None}, {"temperature": 9}, {"seed": 1.5}, {"stream": True}]
)
def test_a_bad_field_is_named(server, wrong):
    body = {"model": "offline-student", "messages": [{"role": "user", "content": "hello"}]} | wrong
    reply = httpx.post(f"{server}/chat/completions", json=body)
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, next(iter(wrong)))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff"])
def test_a_body_that_is_no_object_is_refused(server, body):
    reply = httpx.post(f"{server}/chat/completions", content=body)
    assert reply.status_code == 400
    assert set(reply.json()["error"]) == {"message", "type", "param", "code"}


def test_an_unknown_route_answers_in_the_shape_of_the_protocol(server):
    assert httpx.get(f"{server}/nothing").json()["error"]["message"] == "Not Found"


def test_the_key_is_asked_for():
    process, url = start_server("--workers", "1", "--api-key", "right")
    try:
        with pytest.raises(openai.AuthenticationError):
            ask(openai.OpenAI(base_url=url, api_key="wrong"))
        assert ask(openai.OpenAI(base_url=url, api_key="right"), seed=1).choices
    finally:
        process.terminate()
        process.wait(10)


def test_health_is_told(server):
    assert httpx.get(server.removesuffix("/v1") + "/health").json() == {"status": "ok"}


def test_a_prompt_that_is_no_task_gets_a_reply(client):
    assert texts(ask(client, "hello", seed=1))


def test_code_in_a_prompt_is_never_executed(client, tmp_path):
    trap = f"__import__('pathlib').Path({str(tmp_path / 'trap')!r}).touch()"
    for task, rest in (("deduction", "```input\n1\n```"), ("abduction", "```output\n1\n```"), ("fuzzing", "")):
        body = f"{trap}\ndef f(x):\n    {trap}\n    return x\ndef test(x):\n    assert f(x)"
        code = f"{body}\ndef is_valid(x):\n    return {trap} or True"
        ask(client, f"# Task: {task}\n```python\n{code}\n```\n{rest}", n=4, seed=1)
    assert not (tmp_path / "trap").exists()


def children_of(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [int(child) for child in listed]


def gone(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def all_gone(processes: list[int], seconds: float = 10) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if all(map(gone, processes)):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_signal_ends_the_server_and_its_workers(number):
    process, _ = start_server("--workers", "2")
    workers = children_of(process.pid)
    assert workers
    process.send_signal(number)
    process.wait(10)
    assert all_gone(workers)


def test_the_server_ends_when_its_parent_is_killed():
    starter = (
        "import os, subprocess, sys, time\n"
        "command = [sys.executable, '-m', 'steppingstone.offline', '--parent-pid', str(os.getpid())]\n"
        "server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)\n"
        "server.stdout.readline()\n"
        "print(server.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    env = os.environ | {"PYTHONPATH": os.getcwd()}
    parent = subprocess.Popen([sys.executable, "-c", starter], stdout=subprocess.PIPE, text=True, env=env)
    server = int(parent.stdout.readline())
    left = [server, *children_of(server)]
    parent.kill()
    parent.wait(10)
    assert all_gone(left)


def test_a_killed_worker_is_replaced():
    process, url = start_server("--workers", "1")
    client = openai.OpenAI(base_url=url, api_key="none", max_retries=0)
    try:
        before = texts(ask(client, seed=2))
        for worker in children_of(process.pid):
            os.kill(worker, signal.SIGKILL)
        time.sleep(0.3)
        with pytest.raises(openai.InternalServerError):
            ask(client, seed=2)
        assert texts(ask(client, seed=2)) == before
    finally:
        process.terminate()
        process.wait(10)
