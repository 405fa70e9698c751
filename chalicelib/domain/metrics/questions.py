"""Questions about metrics: of which days, divided how, and of whom."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from chalicelib.domain.errors import Invalid
from chalicelib.domain.ids import DriverId, HubId, ShipperId, TeamId
from chalicelib.domain.metrics.days import Grouping
from chalicelib.domain.metrics.periods import Period, Step

NOT_FOR_SHIPPERS: Final = (
    "Figures of hubs, teams and drivers are the carrier's. Ask for by=total or by=shipper."
)
NO_CROSSING: Final = (
    "Figures of drivers and teams are not kept for single shippers. Ask for one of both."
)


class By(StrEnum):
    """Whom the rows are about."""

    TOTAL = "total"
    HUB = "hub"
    TEAM = "team"
    DRIVER = "driver"
    SHIPPER = "shipper"


@dataclass(frozen=True, slots=True)
class Of:
    """Whom a question is limited to; nothing: all that the reader may see."""

    hub_id: HubId | None = None
    team_id: TeamId | None = None
    driver_id: DriverId | None = None
    shipper_id: ShipperId | None = None

    @property
    def is_of_drivers(self) -> bool:
        """Whether it names a driver or a team."""
        return self.team_id is not None or self.driver_id is not None


@dataclass(frozen=True, slots=True)
class Question:
    """Rows for each part of the period, and in it for each hub, team, driver or shipper."""

    period: Period
    step: Step = Step.TOTAL
    by: By = By.TOTAL
    of: Of = Of()

    @property
    def grouping(self) -> Grouping:
        """The part of each hub's day that answers it. Raises Invalid where none does."""
        wants_drivers = self.by in {By.TEAM, By.DRIVER} or self.of.is_of_drivers
        wants_shippers = self.by is By.SHIPPER or self.of.shipper_id is not None
        if wants_drivers and wants_shippers:
            raise Invalid(NO_CROSSING, pointer="?by", code="unserved_metrics")
        if wants_shippers:
            return Grouping.SHIPPER
        return Grouping.DRIVER if wants_drivers else Grouping.TOTAL

    def require_own(self) -> None:
        """Raise Invalid for what a shipper may not ask: anything about hubs, teams and drivers."""
        for name in ("hub_id", "team_id", "driver_id"):
            if getattr(self.of, name) is not None:
                raise Invalid(NOT_FOR_SHIPPERS, pointer=f"?{name}", code="only_for_staff")
        if self.by not in {By.TOTAL, By.SHIPPER}:
            raise Invalid(NOT_FOR_SHIPPERS, pointer="?by", code="only_for_staff")
