"""The HTTP API: routers, their handlers, and how requests and responses are read and written."""
