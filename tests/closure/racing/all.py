"""Every race, for the suite and for the campaign."""

from tests.closure.racing import deciding, finalizing, holding, submitting, verifying

RACES = (*submitting.RACES, *deciding.RACES, *finalizing.RACES, *holding.RACES, *verifying.RACES)
