"""Rules about SOAR playbooks."""
