"""The nightly flow under SIGKILL: every process that it stands on is killed at random, and the same command goes on."""
