"""An admin and a rep sign in, ask, and see whether each answer is what the data says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from mcp.client import Client
from rich.console import Console
from rich.table import Table

from app.demo.deeds import Deed
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


async def act(server_url: str, wishes: Sequence[Deed], console: Console) -> bool:
    """Carry out every deed: find the meeting, print the preview, agree to it, print what was done, and look again.
    True if each came out as the data says. They change the org: each can be done once."""
    right = True
    for asker in dict.fromkeys(deed.asker for deed in wishes):
        async with signed_in(server_url, asker, PASSWORD) as client:
            for deed in wishes:
                if deed.asker == asker:
                    right &= await _do(client, deed, console)
    return right


async def _do(client: Client, deed: Deed, console: Console) -> bool:
    console.print()
    console.print(f"[bold]“{deed.text}”[/]")
    console.print(f"  query_meetings {dict(deed.find)}", style="dim", highlight=False)
    found = [meeting["meeting_id"] for meeting in (await _call(client, "query_meetings", deed.find))["items"]]
    if found != [deed.expected]:
        console.print(f"  ✗ the data says {deed.expected!r}, the answer {found!r}", style="bold red")
        return False
    asked = {"meeting_id": found[0], **deed.arguments}
    console.print(f"  {deed.tool} {asked}", style="dim", highlight=False)
    preview = await _call(client, deed.tool, asked)
    console.print(f"  Preview: {_in_words(preview['preview'])}")
    console.print("  The person agrees: the same again, with the confirm_token.", style="dim")
    done = await _call(client, deed.tool, {**asked, "confirm_token": preview["confirm_token"]})
    follow_up = "; ".join(each["detail"] for each in done.get("follow_up", []))
    console.print(f"  Done. {follow_up}".rstrip())
    after = (await _call(client, "query_meetings", {"meeting_id": found[0]}))["items"][0]
    right = done["status"] == "done" and all(after[name] == value for name, value in deed.afterwards.items())
    said = ", ".join(f"{name} {after[name]}" for name in deed.afterwards)
    if right:
        console.print(f"  ✓ the meeting now says: {said}", style="green")
    else:
        console.print(f"  ✗ the meeting now says: {said}, not {dict(deed.afterwards)}", style="bold red")
    return right


def _in_words(preview: Mapping[str, Any]) -> str:
    meeting = preview["meeting"]
    start = meeting["start"]
    when = f"{start['weekday']} {start['local'][:16].replace('T', ' ')}"
    changes = ", ".join(
        f"{each['what']}: {each['before'] or 'none'} → {each['after'] or 'none'}" for each in preview["changes"]
    )
    return f"{meeting['meeting_type']['name']} with {meeting['prospect']['name']}, {when}; {changes}"


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
