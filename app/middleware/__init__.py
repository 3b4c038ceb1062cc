"""ASGI middleware: response cache, access log, metrics, proxy headers, compression, HEAD and CORS."""
