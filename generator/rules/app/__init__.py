"""Rules about the rendered app: what Splunk and AppInspect would refuse."""
