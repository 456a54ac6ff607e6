"""The benchmark harness: what a program is, which engines there are, how a run is measured, how results are shown."""
