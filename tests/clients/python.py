"""Drives the MCP server with the official Python client, over both transports: python.py BINARY URL."""

import asyncio
import json
import os
import sys
import tempfile

import mcp
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

WORDS = {
    "session_id": "rounding",
    "task_objective": "Round the totals to cents",
    "task_status": "in_progress",
    "progress_summary": "The invoice rounds once",
    "files": [{"path": "src/invoice.rs", "relevance": "rounds twice"}],
    "next_steps": [{"action": "Report rounds too", "priority": "high"}],
}
TOOLS = [
    "delete_handoffs", "diff_handoffs", "list_handoffs", "load_handoff",
    "merge_handoffs", "recall_handoff", "save_handoff", "search_handoffs",
]


def text(result):
    return "".join(block.text for block in result.content)


async def drive(client):
    """One handoff from save to delete; the client holds structured results against their schemas by itself."""
    tools = (await client.list_tools()).tools
    assert [tool.name for tool in tools] == TOOLS, tools
    saved = await client.call_tool("save_handoff", WORDS)
    assert not saved.is_error and saved.structured_content["session_id"] == "rounding", saved
    loaded = await client.call_tool("load_handoff", {"session_id": "rounding"})
    assert "Round the totals to cents" in text(loaded) and loaded.structured_content is None, loaded
    found = await client.call_tool("search_handoffs", {"query": "cents"})
    assert found.structured_content["hits"][0]["session_id"] == "rounding", found
    missing = await client.call_tool("load_handoff", {"session_id": "none"})
    assert missing.is_error and "list_handoffs" in text(missing), missing
    prompt = await client.get_prompt("load", {"session_id": "rounding"})
    assert "Round the totals" in json.dumps(prompt.model_dump(mode="json")), prompt
    read = await client.read_resource("handoff://rounding")
    assert "Round the totals" in json.dumps(read.model_dump(mode="json")), read
    deleted = await client.call_tool("delete_handoffs", {"session_ids": ["rounding"]})
    assert deleted.structured_content == {"deleted": ["rounding"]}, deleted


async def over_stdio(binary):
    with tempfile.TemporaryDirectory() as home:
        server = StdioServerParameters(command=binary, args=["mcp"], env={**os.environ, "HOME": home}, cwd=home)
        async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
            version = (await session.initialize()).protocol_version
            await drive(session)
    return version


async def over_http(url):
    async with mcp.Client(url) as client:
        await drive(client)
        return client.protocol_version if hasattr(client, "protocol_version") else "newest"


async def main():
    binary, url = sys.argv[1:]
    print(f"python client over stdio: {await over_stdio(binary)}")
    print(f"python client over http: {await over_http(url)}")


asyncio.run(main())
