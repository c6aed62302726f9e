"""Where a prospect is routed: the org's live graph, whom of the org he matches, and the way through the graph."""
