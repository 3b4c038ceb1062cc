"""The JSON documents that the API returns, as Pydantic models."""
