import { settingsOf } from "@sayso/app-settings";
import {
  connectionPresets,
  createClient,
  deleteClient,
  getClient,
  listClients,
  presetRedirectUris,
  rotateClientSecret,
  type ConnectionPreset,
  type Context,
  type OAuthClient,
} from "@sayso/core";
import { Option, type Command } from "commander";
import { addVerb, print, table, tellDate, type OutputOptions } from "./verb.ts";
import { withContext } from "./with-context.ts";

interface CreateOptions extends OutputOptions {
  preset?: ConnectionPreset;
  name?: string;
  n8nUrl?: string;
  zapierApp?: string;
  redirectUri?: string[];
  scope?: string[];
  native?: boolean;
  clientCredentials?: boolean;
}

const listed = (value: string, before: string[] = []): string[] => [
  ...before,
  ...value.split(/[\s,]+/).filter(Boolean),
];

const platformNames: Readonly<Record<ConnectionPreset, string>> = {
  n8n: "n8n",
  zapier: "Zapier",
  make: "Make",
};

/** Adds `sayso client …`. */
export function addClientVerbs(program: Command): void {
  const client = program
    .command("client")
    .description("manage the apps that people can connect (OAuth clients)");

  addVerb(
    client,
    "create",
    "register an app and print its settings, its secret once",
    "sayso client create --preset n8n --n8n-url https://n8n.example.com",
  )
    .addOption(
      new Option("--preset <platform>", "fills in the redirect addresses").choices(
        connectionPresets,
      ),
    )
    .option("--name <name>", "what people read when it asks them; default: the platform's name")
    .option("--n8n-url <url>", "where you open your n8n (with --preset n8n)")
    .option("--zapier-app <number>", "your Zapier app's number (with --preset zapier)")
    .option("--redirect-uri <uri>", "where people are sent back to; repeatable", listed)
    .option("--scope <scopes>", "the scopes it may ask for; default: all", listed)
    .option("--native", "mark it as a native app, which has no secret (RFC 8252)")
    .option("--client-credentials", "let it also act without a person")
    .action((options: CreateOptions) => withContext((context) => createAndPrint(context, options)));

  addVerb(client, "list", "list the apps", "sayso client list").action((options: OutputOptions) =>
    withContext(async (context) => {
      const clients = await listClients(context);
      const rows = clients.map((c) => [
        c.name,
        c.preset ?? c.kind,
        String(c.grants),
        tellDate(c.createdAt),
        c.id,
      ]);
      print(options, clients, table(["NAME", "KIND", "CONNECTED", "SINCE", "CLIENT ID"], rows));
    }),
  );

  addVerb(
    client,
    "rotate-secret <client-id>",
    "print a new secret; the one before works for another 24 hours",
    "sayso client rotate-secret 0199…",
  ).action((id: string, options: OutputOptions) =>
    withContext(async (context) => {
      const { secret, previousValidUntil } = await rotateClientSecret(context, id);
      print(options, { id, secret, previous_valid_until: previousValidUntil }, [
        `Client Secret  ${secret}`,
        `It is shown only once. The one before works until ${tellDate(previousValidUntil)}.`,
      ]);
    }),
  );

  addVerb(
    client,
    "delete <client-id>",
    "end an app: everybody's connection to it ends within a second",
    "sayso client delete 0199…",
  ).action((id: string, options: OutputOptions) =>
    withContext(async (context) => {
      const { name, grants } = await getClient(context, id);
      await deleteClient(context, id);
      const connections = `${grants} ${grants === 1 ? "connection" : "connections"}`;
      print(options, { id, deleted: true }, `${name} is deleted, and with it ${connections}.`);
    }),
  );
}

async function createAndPrint(context: Context, options: CreateOptions): Promise<void> {
  const { preset, n8nUrl, zapierApp: zapierAppId } = options;
  const presetUris = preset ? presetRedirectUris(preset, { n8nUrl, zapierAppId }) : [];
  const { client, secret } = await createClient(context, {
    name: options.name ?? (preset ? platformNames[preset] : ""),
    preset,
    kind: options.native ? "native" : "web",
    redirectUris: [...presetUris, ...(options.redirectUri ?? [])],
    scopes: options.scope,
    allowsClientCredentials: options.clientCredentials,
  });
  print(
    options,
    { client_id: client.id, client_secret: secret, ...describe(client) },
    tellSettings(client, context.services.publicUrl, secret),
  );
}

const describe = ({ name, redirectUris, scopes }: OAuthClient) => ({
  name,
  redirect_uris: redirectUris,
  scopes,
});

function tellSettings(client: OAuthClient, publicUrl: string, secret: string | null): string[] {
  const { settings } = settingsOf(client, publicUrl, secret);
  const width = Math.max(...settings.map(({ label }) => label.length));
  return [
    `${client.name} is registered. What to fill in there:`,
    ...settings.map(({ label, value }) => `  ${label.padEnd(width)}  ${value}`),
    ...(secret === null ? [] : ["The secret is shown this once."]),
  ];
}
