"""Pull requests: the base that is compared with, what changes in Splunk, and the report about it."""
