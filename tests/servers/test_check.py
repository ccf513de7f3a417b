"""A model's servers are checked before anything is asked of the model."""

import asyncio
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from steppingstone.errors import BadInput
from steppingstone.servers import check_model
from steppingstone.settings import StudentSettings
from tests.model_server import Body, choices, serving


def answer(_: Body) -> Body:
    return choices("so")


def test_a_key_that_no_header_can_carry_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "schlüssel")
    with pytest.raises(BadInput, match=r"the key in \$MY_KEY") as refused:
        asyncio.run(check_model(StudentSettings(base_urls=("http://127.0.0.1:9/v1",), model="m", api_key_env="MY_KEY")))
    assert "schl" not in str(refused.value)


def test_a_listed_model_passes_the_check() -> None:
    with serving(answer) as server:
        asyncio.run(check_model(StudentSettings(base_urls=(server.base_url,), model="m")))


def test_an_unknown_model_is_refused_with_those_that_are_there() -> None:
    with (
        serving(answer, models=("gpt-oss-120b",)) as server,
        pytest.raises(BadInput, match="no model 'm'; it has gpt-oss-120b"),
    ):
        asyncio.run(check_model(StudentSettings(base_urls=(server.base_url,), model="m")))


def test_a_wrong_key_is_refused_with_the_variables_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "wrong")
    with serving(answer) as server, pytest.raises(BadInput, match=r"refused the key in \$MY_KEY"):
        asyncio.run(check_model(StudentSettings(base_urls=(server.base_url,), model="m", api_key_env="MY_KEY")))


def test_an_address_that_nothing_listens_on_is_refused() -> None:
    with pytest.raises(BadInput, match=r"http://127.0.0.1:9/v1 can't be reached"):
        asyncio.run(check_model(StudentSettings(base_urls=("http://127.0.0.1:9/v1",), model="m")))


def test_an_address_without_v1_is_refused() -> None:
    with serving(answer) as server, pytest.raises(BadInput, match="does the address end in /v1"):
        asyncio.run(check_model(StudentSettings(base_urls=(server.base_url.removesuffix("/v1"),), model="m")))


def test_every_address_is_checked() -> None:
    with serving(answer) as one, serving(answer, models=("other",)) as other, pytest.raises(BadInput) as refused:
        asyncio.run(check_model(StudentSettings(base_urls=(one.base_url, other.base_url), model="m")))
    assert str(refused.value) == f"model server {other.base_url} has no model 'm'; it has other"


@pytest.mark.parametrize("page", [b"<html>welcome</html>", b"[]", b'{"data": 3}', b""])
def test_a_server_of_something_else_is_refused(page: bytes) -> None:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/v1"
        with pytest.raises(BadInput, match=f"{url} (does not list its models|has no model)"):
            asyncio.run(check_model(StudentSettings(base_urls=(url,), model="m")))
        server.shutdown()
