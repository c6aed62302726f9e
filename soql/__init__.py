"""The SOQL language: grammar, tree, parser, printer, binding.

| module | what it is for |
|---|---|
| `ast` | the syntax tree |
| `parser`, `printer` | text to tree and back: `parse`, `to_text`, `to_pretty` |
| `rules` | SOQL's own rules that need no schema: `check` |
| `plain` | what the statement files may use of it: `exotic` names the rest |
| `binding` | values into a statement: `bind`, `names`, `contains`, `starts_with` |
| `statements` | the statement files in `queries/`: `load_statements` |
| `errors` | `SoqlError` and its kinds, `caret_block` |
| `walk`, `paths` | going over a tree |
| `functions`, `limits` | what SOQL knows and how much of it |

The rest serves these. `grammar.lark` is the grammar.
"""
