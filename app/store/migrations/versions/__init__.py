"""The revisions, in order. A package, so that an installation ships them."""
