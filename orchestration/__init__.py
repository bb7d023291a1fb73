"""Funnelcast: an open sales-pipeline warehouse with a forecast."""
