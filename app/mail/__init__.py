"""Mail: how it is written safely, and how it leaves."""
