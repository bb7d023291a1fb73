"""Funnelcast: an open sales-pipeline warehouse with a forecast."""

import zoneinfo

# Days are those of the pinned package tzdata, not of what a machine happens to have installed.
zoneinfo.reset_tzpath(to=())
