// The official TypeScript SDK signs in, calls a tool, has its access token replaced, and calls again.
//
// node sign_in.mjs VERSION SERVER_URL REDIRECT_URI [METADATA_URL]
//   VERSION: 1 for @modelcontextprotocol/sdk, 2 for @modelcontextprotocol/client.
//   METADATA_URL: of a client ID metadata document; without it the client registers.
// Writes one JSON object a line: {"visit": URL} when a person must go there, then reads from stdin the URL that the
// browser was sent to at last; {"result": …} at the end.
import { createInterface } from "node:readline/promises";

const [version, serverUrl, redirectUri, metadataUrl] = process.argv.slice(2);
const { Client, StreamableHTTPClientTransport, UnauthorizedError } =
  version === "2"
    ? await import("@modelcontextprotocol/client")
    : {
        ...(await import("@modelcontextprotocol/sdk/client/index.js")),
        ...(await import("@modelcontextprotocol/sdk/client/streamableHttp.js")),
        ...(await import("@modelcontextprotocol/sdk/client/auth.js")),
      };

const say = (message) => process.stdout.write(JSON.stringify(message) + "\n");
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

class Provider {
  pairs = [];
  registrations = 0;
  redirectUrl = redirectUri;
  clientMetadataUrl = metadataUrl;
  clientMetadata = {
    client_name: `TypeScript SDK ${version}`,
    redirect_uris: [redirectUri],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    token_endpoint_auth_method: "none",
  };
  state = () => "state-of-the-client";
  clientInformation = () => this.client;
  saveClientInformation = (client) => {
    this.registrations += 1;
    this.client = client;
  };
  tokens = () => this.current;
  saveTokens = (tokens) => {
    this.current = tokens;
    this.pairs.push(tokens);
  };
  codeVerifier = () => this.verifier;
  saveCodeVerifier = (verifier) => {
    this.verifier = verifier;
  };
  redirectToAuthorization = (url) => say({ visit: url.href });
}

const provider = new Provider();
const connection = () => new StreamableHTTPClientTransport(new URL(serverUrl), { authProvider: provider });
const newClient = () => new Client({ name: "typescript-sdk", version: "1.0.0" });

const first = connection();
try {
  await newClient().connect(first);
  throw new Error("connected without a sign-in");
} catch (error) {
  if (!(error instanceof UnauthorizedError)) throw error;
}
const params = new URL((await lines.next()).value).searchParams;
if (params.get("state") !== provider.state()) throw new Error("the state did not come back");
await (version === "2" ? first.finishAuth(params) : first.finishAuth(params.get("code")));

const client = newClient();
await client.connect(connection());
const { tools } = await client.listTools();
const before = await client.callTool({ name: "whoami", arguments: {} });
provider.current = { ...provider.current, access_token: "bookit_at_past_its_time" };
const after = await client.callTool({ name: "whoami", arguments: {} });
await client.close();
say({
  result: {
    client_id: provider.client.client_id,
    tools: tools.map((tool) => tool.name),
    before: before.structuredContent,
    after: after.structuredContent,
    refreshed: provider.pairs.length === 2 && provider.pairs[0].refresh_token !== provider.pairs[1].refresh_token,
    issuer: params.get("iss"),
  },
});
process.exit(0);
