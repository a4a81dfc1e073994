import { addVerb, print, type OutputOptions } from "@sayso/cli";
import {
  connectionPresets,
  createConnection,
  createGoalsKey,
  createKey,
  findPerson,
  getConnection,
  listKeys,
  priorities,
  revokeKey,
  type ConnectionKey,
  type ConnectionPreset,
  type Context,
  type Priority,
} from "@sayso/core";
import { InvalidArgumentError, Option, type Command } from "commander";
import { withContext } from "./with-context.ts";
import { table, formatDate } from "./table.ts";

interface CreateOptions extends OutputOptions {
  name: string;
  canDecide?: boolean;
  canDecideOwn?: boolean;
  owner?: string;
  connection?: string;
  goals?: string;
  preset?: ConnectionPreset;
  rate?: number;
  title?: string;
  description?: string;
  priority?: Priority;
}

/** Adds `sayso key …`. */
export function addKeyVerbs(program: Command): void {
  const key = program.command("key").description("manage the API keys of connections");

  addVerb(
    key,
    "create",
    "create an API key, with a new connection, and print it (shown only once)",
    'sayso key create --name "deploy bot"',
  )
    .option("--name <name>", "the name of the new connection", "Command line")
    .option("--can-decide", "let the connection vote in the name of the first owner")
    .option("--can-decide-own", "with --can-decide: also let it vote on its own requests")
    .option("--owner <email-or-id>", "the owner of the connection; default: the first owner")
    .addOption(
      new Option(
        "--preset <platform>",
        "set the platform's defaults for title, description and priority, and a rate limit of 1000 calls per hour",
      ).choices(connectionPresets),
    )
    .option("--title <text>", "the title of requests without one")
    .option("--description <text>", "the description of requests without one")
    .addOption(
      new Option("--priority <priority>", "the priority of requests without one").choices(
        priorities,
      ),
    )
    .option(
      "--rate <calls>",
      "the rate limit in calls per hour (1 to 10000); default 100",
      parseRate,
    )
    .option(
      "--connection <id>",
      "create another key of this connection, instead of a new connection",
    )
    .option(
      "--goals <scopes>",
      "create a goals key (okrt_…) with these scopes, for example okrs:read,kpis:write",
    )
    .action((options: CreateOptions) => withContext((context) => createAndPrint(context, options)));

  addVerb(key, "list", "list the API keys", "sayso key list").action((options: OutputOptions) =>
    withContext(async (context) => {
      const keys = await listKeys(context);
      const rows = keys.map((k) => [
        `${k.prefix}…${k.lastFour}`,
        k.connectionName,
        k.status,
        k.scopes?.join(", ") ?? (k.canDecide ? "ask, vote" : "ask"),
        formatDate(k.lastUsedAt),
        k.id,
      ]);
      print(options, keys, table(["KEY", "CONNECTION", "STATUS", "MAY", "LAST USED", "ID"], rows));
    }),
  );

  addVerb(
    key,
    "revoke <id-or-prefix>",
    "revoke an API key; it stops working within a second",
    "sayso key revoke gk_a1b2c3d4",
  ).action((which: string, options: OutputOptions) =>
    withContext(async (context) => {
      const found = findKey(await listKeys(context), which);
      await revokeKey(context, found.id);
      print(
        options,
        { id: found.id, revoked: true },
        `Revoked the key ${found.prefix}…${found.lastFour} of ${found.connectionName}.`,
      );
    }),
  );
}

async function createAndPrint(context: Context, options: CreateOptions): Promise<void> {
  const owner = options.owner === undefined ? null : await findPerson(context, options.owner);
  if (options.connection !== undefined && owner)
    throw new Error(
      "--owner sets the owner of a new connection: leave out --owner or --connection",
    );
  const self = context.actor.kind === "person" ? context.actor.personId : null;
  if (options.canDecide && owner && owner.id !== self)
    throw new Error(
      `Only ${owner.name} can let a connection vote in their name: leave out --can-decide, and ask them to allow it at ${context.services.publicUrl}/app/connections`,
    );
  const by: Context = owner
    ? {
        ...context,
        actor: { kind: "person", personId: owner.id, role: "owner", via: "command_line" },
      }
    : context;
  const ofNew = (["preset", "title", "description", "priority", "rate"] as const).find(
    (name) => options[name] !== undefined,
  );
  if (ofNew !== undefined && (options.connection ?? options.goals) !== undefined)
    throw new Error(`--${ofNew} is for a new connection: leave out --${ofNew}`);
  if (options.connection !== undefined) {
    if (options.goals !== undefined)
      throw new Error("A goals key has a connection of its own: leave out --connection or --goals");
    const made = await createKey(by, options.connection);
    const { name, id } = await getConnection(by, options.connection);
    print(options, { id: made.id, key: made.key, connection_id: id, name }, [
      "New key of " + name + ":",
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
      `It is shown only once. Its scopes: ${scopes.join(", ")}.`,
    ]);
    return;
  }
  const made = await createConnection(by, {
    name: options.name,
    canDecide: options.canDecide ?? false,
    canDecideOwn: options.canDecideOwn ?? false,
    preset: options.preset,
    defaultTitle: options.title,
    defaultDescription: options.description,
    defaultPriority: options.priority,
    rateLimitPerHour: options.rate,
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
      preset: connection.preset,
      rate_limit_per_hour: connection.rateLimitPerHour,
      default_title: connection.defaultTitle,
      default_description: connection.defaultDescription,
      default_priority: connection.defaultPriority,
    },
    [
      `API key         ${key}`,
      `Webhook secret  ${webhookSecret}`,
      `Both are shown only once. ${connection.name} can ask${connection.canDecide ? `, and vote in the name of ${connection.ownerName}` : ""}.`,
    ],
  );
}

function parseRate(value: string): number {
  if (/^[1-9]\d{0,4}$/.test(value) && Number(value) <= 10_000) return Number(value);
  throw new InvalidArgumentError("It must be a whole number from 1 to 10000.");
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
      ? `There is no key ${which.slice(0, 11)}. List the keys with: sayso key list`
      : `${found.length} keys begin with ${which.slice(0, 11)}. Use the ID from: sayso key list`,
  );
}
