"""Client ID metadata documents: a client's id is the URL of a document that describes the client.

Source: MCP 2026-07-28, authorization; draft-ietf-oauth-client-id-metadata-document-01.
"""
