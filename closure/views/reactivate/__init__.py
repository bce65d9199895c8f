"""Pages of coming back to a disabled account: a link, a proof, photos checked at once, then staff decide (J07-J18)."""
