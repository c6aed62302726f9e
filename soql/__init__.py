"""The SOQL language: grammar, AST, parser, printer, binding."""
