"""Batches over a Dask cluster: what happens where there is nobody to run them."""

import distributed
import pytest

from steppingstone.errors import InfrastructureError
from tasks.drive import Crew


def test_a_cluster_without_workers_is_not_waited_for_without_end() -> None:
    with (
        distributed.LocalCluster(n_workers=0, processes=False, dashboard_address=None) as cluster,
        cluster.get_client() as client,
    ):
        assert Crew(client).threads() == 0
        with pytest.raises(InfrastructureError, match=r"no worker was connected to Dask's scheduler .* for 0 s"):
            Crew(client, patience_s=0).threads()
