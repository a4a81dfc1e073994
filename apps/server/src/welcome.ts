import {
  createConnection,
  createFirstOrganization,
  firstAdminLink,
  leaveLocalhost,
  listConnections,
  type Context,
  type CreatedConnection,
  type LeftLocalhost,
  type Services,
} from "@sayso/core";
import { plainLine } from "@sayso/untrusted-text";
import type { Logger } from "pino";

export interface WelcomeOptions {
  services: Services;
  log: Logger;
  /**
   * True: the first key may also decide, even its own requests, so that the examples run as they stand. A start at
   * another address ends that.
   */
  isLocal: boolean;
  allowedCallbackCidrs: readonly string[];
}

/**
 * Makes and returns the text for the person who starts Sayso. It holds the address; the connections that may no longer
 * vote, because the address is not a localhost address any more; and, until the first admin has a password, their
 * one-time link. At the very first start it also holds an API key and two commands to try it with. Does what the text
 * says: it ends votes, and creates link and key.
 */
export async function welcome(options: WelcomeOptions): Promise<string> {
  const { services, log } = options;
  const { organizationId, personId } = await createFirstOrganization(services);
  const link = await firstAdminLink(services);
  const left = options.isLocal ? [] : await leaveLocalhost(services);
  for (const { id, name } of left)
    log.warn({ connection: { id, name } }, "can no longer vote: Sayso left its localhost address");
  const lines = [
    "",
    `Sayso is ready at ${services.publicUrl}`,
    ...left.flatMap((connection) => describeLeft(connection, services)),
  ];
  if (link) {
    lines.push(
      "",
      `  Create the first admin account (once, until ${formatTime(link.expiresAt)}):`,
      `  ${link.url}`,
    );
    const actor = { kind: "person", personId, role: "owner", via: "command_line" } as const;
    const first = await createFirstKey({ services, organizationId, actor }, options.isLocal);
    if (first) lines.push(...describeFirstKey(first, options));
  }
  return [...lines, "", ""].join("\n");
}

/**
 * Creates the first key at the very first start. Null: connections exist, for example one of a start that was killed
 * before it could print its key.
 */
async function createFirstKey(
  context: Context,
  isLocal: boolean,
): Promise<CreatedConnection | null> {
  const existing = await listConnections(context);
  return existing.length > 0
    ? null
    : createConnection(context, {
        name: "First key",
        canDecide: isLocal,
        canDecideOwn: isLocal,
        decidesWhileLocal: isLocal,
      });
}

const describeLeft = ({ id, name }: LeftLocalhost, { publicUrl }: Services): string[] => [
  "",
  `  "${plainLine(name)}" can no longer vote: it could only while Sayso was at a localhost address.`,
  `  It can still ask. To let it vote, open ${publicUrl}/app/connections/${id}`,
];

function describeFirstKey(
  { key, webhookSecret }: CreatedConnection,
  options: WelcomeOptions,
): string[] {
  const { isLocal, allowedCallbackCidrs, services } = options;
  const url = `${services.publicUrl}/api/v1/approvals`;
  const callbacks = allowedCallbackCidrs.includes("loopback")
    ? "Callbacks can go to this machine too. For a callback add "
    : "For a callback add ";
  return [
    "",
    `  API key         ${key}`,
    `  Webhook secret  ${webhookSecret}`,
    "  Both are shown only once. " +
      (isLocal
        ? "While Sayso is at a localhost address, the key can also vote, even on its own requests."
        : "The key can ask, but not vote."),
    "",
    "Create a request:",
    ...curlLines(`curl ${url}`, key, {
      title: "Deploy v2.4.0",
      description: "To production, with a migration",
      priority: "high",
    }),
    "",
    isLocal
      ? "Vote (replace ID with the response's id), or open the response's url:"
      : "Vote at the response's url, or with a token from: sayso token create",
    ...curlLines(`curl -X PATCH ${url}/ID`, isLocal ? key : "sp_…", {
      decision: "approve",
      comment: "Go ahead",
    }),
    "",
    `${callbacks}"callback_url": "${isLocal ? "http://localhost:9000/" : "https://example.com/hook"}" to the request.`,
  ];
}

function curlLines(start: string, key: string, body: object): string[] {
  return [
    `  ${start} \\`,
    `    -H "Authorization: Bearer ${key}" -H "Content-Type: application/json" \\`,
    `    -d '${JSON.stringify(body)}'`,
  ];
}

const formatTime = (time: Date): string =>
  `${time.toISOString().slice(0, 16).replace("T", " ")} UTC`;
