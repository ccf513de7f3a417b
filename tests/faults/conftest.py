"""One Prefect server, Dask cluster and models' server for all faults that none of them survives."""

from collections.abc import Iterator

import pytest

from tests.chaos.harness import cluster
from tests.faults.holding import Holding
from tests.faults.site import Site


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    with cluster(folder, Holding) as (services, models):
        made = Site(services, models, folder)
        try:
            yield made
        finally:
            made.close()
