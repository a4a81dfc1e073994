import {
  createConnection,
  createGoalsKey,
  createKey,
  findPerson,
  getConnection,
  listKeys,
  revokeKey,
  type ConnectionKey,
  type Context,
} from "@sayso/core";
import type { Command } from "commander";
import { addVerb, print, table, tellDate, type OutputOptions } from "./verb.ts";
import { withContext } from "./with-context.ts";

interface CreateOptions extends OutputOptions {
  name: string;
  canDecide?: boolean;
  canDecideOwn?: boolean;
  owner?: string;
  connection?: string;
  goals?: string;
}

/** Adds `sayso key …`. */
export function addKeyVerbs(program: Command): void {
  const key = program.command("key").description("manage the API keys of connections");

  addVerb(
    key,
    "create",
    "connect a machine and print its API key once",
    'sayso key create --name "deploy bot"',
  )
    .option("--name <name>", "of the new connection", "Command line")
    .option("--can-decide", "count its decisions as yours, the first owner's")
    .option("--can-decide-own", "with --can-decide: also let it decide its own requests")
    .option("--owner <email-or-id>", "the owner of the connection; default: the first owner")
    .option("--connection <id>", "another key for this connection, instead of a new one")
    .option("--goals <scopes>", "a key for goals (okrt_…) with these scopes: okrs:read,kpis:write")
    .action((options: CreateOptions) => withContext((context) => createAndPrint(context, options)));

  addVerb(key, "list", "list the API keys", "sayso key list").action((options: OutputOptions) =>
    withContext(async (context) => {
      const keys = await listKeys(context);
      const rows = keys.map((k) => [
        `${k.prefix}…${k.lastFour}`,
        k.connectionName,
        k.status,
        k.scopes?.join(", ") ?? (k.canDecide ? "ask, decide" : "ask"),
        tellDate(k.lastUsedAt),
        k.id,
      ]);
      print(options, keys, table(["KEY", "CONNECTION", "STATUS", "MAY", "LAST USED", "ID"], rows));
    }),
  );

  addVerb(
    key,
    "revoke <id-or-prefix>",
    "end an API key: every server refuses it within a second",
    "sayso key revoke gk_a1b2c3d4",
  ).action((which: string, options: OutputOptions) =>
    withContext(async (context) => {
      const found = findKey(await listKeys(context), which);
      await revokeKey(context, found.id);
      print(
        options,
        { id: found.id, revoked: true },
        `The key ${found.prefix}…${found.lastFour} of ${found.connectionName} is revoked.`,
      );
    }),
  );
}

async function createAndPrint(context: Context, options: CreateOptions): Promise<void> {
  const owner = options.owner === undefined ? null : await findPerson(context, options.owner);
  if (options.connection !== undefined && owner)
    throw new Error("--owner is for a new connection: leave out --owner or --connection");
  const self = context.actor.kind === "person" ? context.actor.personId : null;
  if (options.canDecide && owner && owner.id !== self)
    throw new Error(
      `Only ${owner.name} can let a connection decide in their name: leave out --can-decide, and ask them to switch it on at ${context.services.publicUrl}/app/connections`,
    );
  const by: Context = owner
    ? {
        ...context,
        actor: { kind: "person", personId: owner.id, role: "owner", via: "command_line" },
      }
    : context;
  if (options.connection !== undefined) {
    if (options.goals !== undefined)
      throw new Error("A goals key has a connection of its own: leave out --connection or --goals");
    const made = await createKey(by, options.connection);
    const { name, id } = await getConnection(by, options.connection);
    print(options, { id: made.id, key: made.key, connection_id: id, name }, [
      "Another key of " + name + ":",
      made.key,
      "It is shown only once.",
    ]);
    return;
  }
  if (options.goals !== undefined) {
    const scopes = options.goals.split(",").map((scope) => scope.trim());
    const { id, key, connectionId } = await createGoalsKey(by, { name: options.name, scopes });
    print(options, { id, key, connection_id: connectionId, name: options.name, scopes }, [
      `Goals key  ${key}`,
      `It is shown this once, and may do: ${scopes.join(", ")}.`,
    ]);
    return;
  }
  const made = await createConnection(by, {
    name: options.name,
    canDecide: options.canDecide ?? false,
    canDecideOwn: options.canDecideOwn ?? false,
  });
  const { connection, key, keyId, webhookSecret } = made;
  print(
    options,
    {
      id: keyId,
      key,
      webhook_secret: webhookSecret,
      connection_id: connection.id,
      name: connection.name,
      can_decide: connection.canDecide,
      can_decide_own: connection.canDecideOwn,
    },
    [
      `API key         ${key}`,
      `Webhook secret  ${webhookSecret}`,
      `Both are shown this once. ${connection.name} may ask${connection.canDecide ? `, and decide in the name of ${connection.ownerName}` : ""}.`,
    ],
  );
}

function findKey(keys: readonly ConnectionKey[], which: string): ConnectionKey {
  // A whole pasted key is accepted, too.
  const found = keys.filter(
    ({ id, prefix, lastFour }) =>
      id === which ||
      prefix === which ||
      (/^\w+_[0-9a-f]{64}$/.test(which) && which.startsWith(prefix) && which.endsWith(lastFour)),
  );
  const [key, ...others] = found;
  if (key && others.length === 0) return key;
  throw new Error(
    found.length === 0
      ? `There is no key ${which.slice(0, 11)}; see: sayso key list`
      : `${which.slice(0, 11)} is the beginning of ${found.length} keys; use the id: sayso key list`,
  );
}
