"""Settles what the settings leave to the day: the random seed of a run that is to draw other seeds each night."""

from zoneinfo import ZoneInfo

from prefect.client.orchestration import get_client
from prefect.runtime import deployment, flow_run

from steppingstone.settings import Settings
from tasks.progress import tell


def settle(settings: Settings) -> Settings:
    """The settings, with the day of the run's scheduled start as YYYYMMDD where `random_seed` is null.

    The day is that of the schedule's time zone, or of UTC for a run that has no schedule. A run that is begun again keeps it.
    """
    if settings.random_seed is not None:
        return settings
    random_seed = int(f"{flow_run.scheduled_start_time.astimezone(_zone()):%Y%m%d}")
    tell(f"random_seed is {random_seed}, the day of the scheduled start")
    return settings.model_copy(update={"random_seed": random_seed})


def _zone() -> ZoneInfo:
    """The time zone of the deployment's first schedule that has one."""
    schedules = []
    if deployment.id:
        with get_client(sync_client=True) as client:
            schedules = client.read_deployment(deployment.id).schedules
    zones = [each.schedule.timezone for each in schedules if getattr(each.schedule, "timezone", None)]
    return ZoneInfo(zones[0] if zones else "UTC")
