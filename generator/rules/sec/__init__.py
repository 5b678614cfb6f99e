"""Rules about texts that are dangerous, hidden, or refused by Splunk Cloud."""
