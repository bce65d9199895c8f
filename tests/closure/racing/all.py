"""Every race, for the suite and for the campaign."""

from tests.closure.racing import deciding, desks, finalizing, holding, submitting, verifying

RACES = (*submitting.RACES, *deciding.RACES, *desks.RACES, *finalizing.RACES, *holding.RACES, *verifying.RACES)
