"""The Model Context Protocol over standard input and output, for agents that start the server."""

from mcp.server.stdio import stdio_server
from starlette.types import ASGIApp

from app.mcp.tools import fetcher, server
from app.settings import Settings


async def serve(app: ASGIApp, settings: Settings) -> None:
    """Serve until the input ends."""
    host = f"{settings.host}:{settings.port}"
    mcp_server = server(fetcher(app, {"scheme": "http", "headers": [(b"host", host.encode())]}))
    async with stdio_server() as (read, write):
        await mcp_server.run(read, write, mcp_server.create_initialization_options())
