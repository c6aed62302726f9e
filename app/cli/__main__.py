"""`python -m app.cli` is `bookit-mcp`."""

from app.cli import main

if __name__ == "__main__":
    main()
