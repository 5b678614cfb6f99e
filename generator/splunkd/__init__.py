"""A splunkd-compatible REST and HTTP event collector server over the embedded engine, for development and testing.

A request goes: `server` (sockets, TLS) -> `dispatch` (limits, authentication, namespace) -> the handler that `routes` lists for its path
-> `Reply`. What handlers work on hangs below `instance.Instance`: configuration (`confs`), users and sessions (`accounts`), events on
disk and in memory (`journal`, `events`), searches in a thread of their own (`searcher`), jobs (`jobs`).

Left out on purpose: what needs a cluster, a licence, Splunk Web, forwarders or scripts; each such path answers 404 in Splunk's form.
"""
