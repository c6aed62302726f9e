# pyright: basic, reportMissingImports=false
"""aiosalesforce's everyday work against ORG_URL with ACCESS_TOKEN. Runs in an environment that has it, prints JSON."""

import asyncio
import json
import os

import httpx
from aiosalesforce import Salesforce  # type: ignore[import-not-found]
from aiosalesforce.auth import Auth  # type: ignore[import-not-found]
from aiosalesforce.exceptions import NotFoundError  # type: ignore[import-not-found]

OBJECT = "LeanData__BookIt_Meeting_Type__c"
KEY = "LeanData__Internal_Name__c"
VALUES = {"LeanData__Display_Name__c": "Demo", "LeanData__Duration_Minutes__c": 30, "LeanData__Product__c": "Forms"}


class GivenToken(Auth):
    """A token that somebody else signed in for."""

    async def _acquire_new_access_token(self, client):  # noqa: ARG002
        return os.environ["ACCESS_TOKEN"]


class ToLocalOrg(httpx.AsyncHTTPTransport):
    """The client takes My Domain addresses only; the local org is elsewhere."""

    async def handle_async_request(self, request):
        org = httpx.URL(os.environ["ORG_URL"])
        request.url = request.url.copy_with(scheme=org.scheme, host=org.host, port=org.port)
        return await super().handle_async_request(request)


async def day():
    done = {}
    async with httpx.AsyncClient(transport=ToLocalOrg()) as http:
        client = Salesforce(http, "https://local.my.salesforce.com", GivenToken())
        done["version"] = client.version
        account_id = await client.sobject.create("Account", {"Name": "Acme"})
        await client.sobject.update("Account", account_id, {"Name": "Acme Corp"})
        done["read"] = (await client.sobject.get("Account", account_id))["Name"]
        done["upserted"] = (await client.sobject.upsert(OBJECT, "demo", KEY, {**VALUES, KEY: "demo"})).created
        done["again"] = (await client.sobject.upsert(OBJECT, "demo", KEY, {**VALUES, KEY: "demo"})).created
        done["queried"] = [row["Name"] async for row in client.query("SELECT Name FROM Account")]
        done["paged"] = len([row async for row in client.query("SELECT Id FROM Contact")])
        async with client.composite(all_or_none=True) as composite:
            made = composite.sobject.create("Account", {"Name": "Other"})
            composite.sobject.create("Contact", {"LastName": "Lee", "AccountId": str(made.reference.id)})
            found = composite.query("SELECT COUNT() FROM Account")
        done["composite"] = [made.is_success, found.response_body["totalSize"]]
        async with client.composite.batch() as batch:
            first = batch.sobject.create("Account", {"Name": "Batched"})
            second = batch.query("SELECT Name FROM Account ORDER BY Name")
        done["batch"] = [first.is_success, [row["Name"] for row in second.records]]
        done["limits"] = "DailyApiRequests" in await client.get_limits()
        await client.sobject.delete(OBJECT, "demo", KEY)
        await client.sobject.delete("Account", account_id)
        try:
            await client.sobject.get("Account", account_id)
        except NotFoundError as error:
            done["deleted"] = [error.error_code, error.error_message]
    return done


print(json.dumps(asyncio.run(day())))
