"""What can be known of a model's servers before anything is asked of the model."""

import openai

from steppingstone.errors import BadInput
from steppingstone.servers.connection import client
from steppingstone.servers.exchange import content_of, quoted, root_cause
from steppingstone.settings import ModelSettings

LIST_S = 20


async def check_model(settings: ModelSettings) -> None:
    """Raises `BadInput` if one of the model's servers can't be reached, refuses the key, or does not list the model."""
    for base_url in settings.base_urls:
        listed = await _listed(base_url, settings.api_key_env)
        if settings.model not in listed:
            raise BadInput(
                f"model server {base_url} has no model {settings.model!r}; it has {', '.join(sorted(listed)) or 'none'}"
            )


async def _listed(base_url: str, api_key_env: str) -> list[str]:
    where = f"model server {base_url}"
    probe = client(base_url, api_key_env, retries=1)
    try:
        return [str(model.id) async for model in await probe.models.list(timeout=LIST_S)]
    except openai.AuthenticationError:
        # The client's errors quote the server, which may say the key: none is handed on.
        raise BadInput(f"{where} refused the key in ${api_key_env}; set that variable to a valid key") from None
    except openai.APIStatusError as error:
        said = quoted(content_of(error.response, probe.api_key)) or error.response.status_code
        raise BadInput(f"{where} does not list its models: {said}; does the address end in /v1?") from None
    except openai.APIConnectionError as error:
        raise BadInput(
            f"{where} can't be reached ({root_cause(error, probe.api_key)}); is it running, and does the address end in /v1?"
        ) from None
    except (openai.OpenAIError, AttributeError, TypeError, ValueError):
        # A page of another server, say: the client takes whatever came for a list of models.
        raise BadInput(f"{where} does not list its models; does the address end in /v1?") from None
    finally:
        await probe.close()
