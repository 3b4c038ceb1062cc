"""`onrecord mcp`."""

from app.cli.options import DatabaseOption
from app.errors import OperatorError
from app.settings import load_settings


def mcp(database: DatabaseOption = None) -> None:
    """Serve one agent over standard input and output (Model Context Protocol).

    Needs the extra “mcp”. Citations link to ONRECORD_PUBLIC_URL; without it, to the address at
    which “onrecord serve” would serve on this machine.
    """
    # The application takes long to load, and most commands do not need it.
    import anyio

    from app.main import create_app

    settings = load_settings(database_url=database)
    try:
        from app.mcp.stdio import serve
    except ModuleNotFoundError as error:
        raise OperatorError(
            f"“onrecord mcp” needs the package “{error.name}”: install the extra “mcp”"
        ) from None
    app = create_app(settings)
    app.state.snapshots.open()
    try:
        anyio.run(serve, app, settings)
    finally:
        app.state.snapshots.close()
