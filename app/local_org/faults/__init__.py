"""What can go wrong in an org, on demand: armed over `/__admin__/faults`, a switch that is off by default."""
