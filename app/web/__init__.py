"""Pages a person sees: routes, templates, static files."""
