"""A real Splunk as a place where tests run, through splunk-sdk.

    target.py      which server, and how to log in
    rest.py        one conversation with it: calls, answers, errors as people understand them
    collector.py   events through the HTTP Event Collector, with acknowledgement
    installing.py  the rendered app as a temporary app, or a container's own
    workspace.py   the index, role and settings that tests need, and putting all of it back
    backend.py     the `Backend` over these

Nothing here runs a search of its own choosing: what is dispatched is the saved search of the rendered app.
"""

from generator.backends.splunk.backend import SplunkBackend
from generator.backends.splunk.target import SplunkTarget

__all__ = ["SplunkBackend", "SplunkTarget"]
