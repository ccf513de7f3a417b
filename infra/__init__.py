"""What a run stands on: servers that are started where none is given, and the command line."""
