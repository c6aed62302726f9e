"""What changes BookIt: each action as the writes of one transaction, and what follows after it."""
