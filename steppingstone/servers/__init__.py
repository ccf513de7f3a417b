"""The servers of a model: how many requests are in flight, where each goes, and what is done when a server fails."""

from steppingstone.extras import brought_by

with brought_by("generation"):
    from steppingstone.servers.check import examine_model
    from steppingstone.servers.fleet import Fleet, Fleets
    from steppingstone.servers.server import ServerState
    from steppingstone.servers.slots import Slots

__all__ = ["Fleet", "Fleets", "ServerState", "Slots", "examine_model"]
