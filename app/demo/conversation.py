"""An admin and a rep sign in, ask, and see whether each answer is what the data says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from mcp.client import Client
from rich.console import Console
from rich.table import Table

from app.demo.environment import PASSWORD
from app.demo.mcp_client import signed_in
from app.demo.questions import Question, questions
from app.demo.reading import Reading


async def converse(server_url: str, reading: Reading, console: Console) -> bool:
    """Ask every question over the network and print question, answer and verdict. True if all were right."""
    right = True
    asked = questions(reading)
    for asker in dict.fromkeys(question.asker for question in asked):
        async with signed_in(server_url, asker, PASSWORD) as client:
            await _introduce(client, asker, console)
            for question in asked:
                if question.asker == asker:
                    right &= await _ask(client, question, console)
    return right


async def _introduce(client: Client, asker: str, console: Console) -> None:
    tools = [tool.name for tool in (await client.list_tools()).tools]
    me = await _call(client, "whoami", {})
    console.print()
    console.rule(f"{asker}: scope [bold]{me['scope']}[/], protocol {client.protocol_version}")
    console.print(f"Tools: {', '.join(tools)}")


async def _ask(client: Client, question: Question, console: Console) -> bool:
    answer = await _call(client, question.tool, question.arguments)
    console.print()
    console.print(f"[bold]“{question.text}”[/]")
    console.print(f"  {question.tool} {dict(question.arguments)}", style="dim", highlight=False)
    rows = question.table(answer)
    _print_table(rows, console)
    held = question.holds(answer)
    right = bool(rows) and bool(question.expected) and held == question.expected
    if right:
        console.print("  ✓ as a plain reading of the data says", style="green")
    else:
        console.print(f"  ✗ wrong or empty: the data says {question.expected!r}, the answer {held!r}", style="bold red")
    return right


async def _call(client: Client, tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    result = await client.call_tool(tool, dict(arguments))
    if result.is_error:
        raise RuntimeError(f"{tool} failed: {result.structured_content or result.content}")
    return cast(dict[str, Any], result.structured_content)


def _print_table(rows: Sequence[Mapping[str, str]], console: Console) -> None:
    if not rows:
        console.print("  (nothing)")
        return
    table = Table(show_edge=False, pad_edge=False)
    for column in rows[0]:
        table.add_column(column, overflow="fold", no_wrap=True)
    for row in rows:
        table.add_row(*row.values())
    console.print(table)
