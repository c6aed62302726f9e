"""When somebody can be booked: whose time it is, what of the org decides it, and the preview that comes of it."""
