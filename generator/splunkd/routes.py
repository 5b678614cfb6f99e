"""All routes, in one place: a group of them is registered here and nowhere else."""

from __future__ import annotations

from generator.splunkd import about, access, apps, data, hec, knowledge, kv, saved, searching
from generator.splunkd.routing import RouteTable

GROUPS = (
    ("Login, server and messages", about.ROUTES),
    ("Searches", searching.ROUTES),
    ("Saved searches and alerts", saved.ROUTES),
    ("Event collector", hec.ROUTES),
    ("Indexes and inputs", data.ROUTES),
    ("Apps", apps.ROUTES),
    ("Knowledge objects and configuration", knowledge.ROUTES),
    ("KV store", kv.ROUTES),
    ("Users, roles, tokens", access.ROUTES),
)


def route_table() -> RouteTable:
    """Return the table of all routes."""
    return RouteTable(route for _, routes in GROUPS for route in routes)
