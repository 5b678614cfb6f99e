"""Content of other tools becomes files of a pack: saved searches of Splunk apps and servers, Sigma rules."""
