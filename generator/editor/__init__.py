"""What an editor asks about a pack while somebody types: findings, completion, hover, definitions, formatting, fixes.

Knows no protocol: `generator.editor.server` binds it to the Language Server Protocol (extra `lsp`).
"""
