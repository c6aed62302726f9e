"""BookIt's look-ups and actions."""
