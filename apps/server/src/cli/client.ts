import { addVerb, print, type OutputOptions } from "@sayso/cli";
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
import { withContext } from "./with-context.ts";
import { table, formatDate } from "./table.ts";

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
    "register an app, and print its settings and its secret (shown only once)",
    "sayso client create --preset n8n --n8n-url https://n8n.example.com",
  )
    .addOption(
      new Option("--preset <platform>", "set the redirect URIs for this platform").choices(
        connectionPresets,
      ),
    )
    .option("--name <name>", "the name that people see; default: the platform's name")
    .option("--n8n-url <url>", "the URL of your n8n (with --preset n8n)")
    .option("--zapier-app <id>", "the ID of your Zapier app (with --preset zapier)")
    .option("--redirect-uri <uri>", "a redirect URI; repeatable", listed)
    .option("--scope <scopes>", "the scopes that the app may ask for; default: all", listed)
    .option("--native", "register a native app, which has no secret (RFC 8252)")
    .option(
      "--client-credentials",
      "allow client credentials: the app can also act without a person",
    )
    .action((options: CreateOptions) => withContext((context) => createAndPrint(context, options)));

  addVerb(client, "list", "list the apps", "sayso client list").action((options: OutputOptions) =>
    withContext(async (context) => {
      const clients = await listClients(context);
      const rows = clients.map((c) => [
        c.name,
        c.preset ?? c.kind,
        String(c.grants),
        formatDate(c.createdAt),
        c.id,
      ]);
      print(
        options,
        clients,
        table(["NAME", "KIND", "AUTHORIZATIONS", "CREATED", "CLIENT ID"], rows),
      );
    }),
  );

  addVerb(
    client,
    "rotate-secret <client-id>",
    "print a new secret; the old secret works for another 24 hours",
    "sayso client rotate-secret 0199…",
  ).action((id: string, options: OutputOptions) =>
    withContext(async (context) => {
      const { secret, previousValidUntil } = await rotateClientSecret(context, id);
      print(options, { id, secret, previous_valid_until: previousValidUntil }, [
        `Client Secret  ${secret}`,
        `It is shown only once. The old secret works until ${formatDate(previousValidUntil)}.`,
      ]);
    }),
  );

  addVerb(
    client,
    "delete <client-id>",
    "delete an app; all its authorizations end within a second",
    "sayso client delete 0199…",
  ).action((id: string, options: OutputOptions) =>
    withContext(async (context) => {
      const { name, grants } = await getClient(context, id);
      await deleteClient(context, id);
      const authorizations = `${grants} ${grants === 1 ? "authorization" : "authorizations"}`;
      print(options, { id, deleted: true }, `Deleted ${name} and its ${authorizations}.`);
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
    describeSettings(client, context.services.publicUrl, secret),
  );
}

const describe = ({ name, redirectUris, scopes }: OAuthClient) => ({
  name,
  redirect_uris: redirectUris,
  scopes,
});

function describeSettings(client: OAuthClient, publicUrl: string, secret: string | null): string[] {
  const { settings } = settingsOf(client, publicUrl, secret);
  const width = Math.max(...settings.map(({ label }) => label.length));
  return [
    `Registered ${client.name}. Copy these into your app:`,
    ...settings.map(({ label, value }) => `  ${label.padEnd(width)}  ${value}`),
    ...(secret === null ? [] : ["The secret is shown only once."]),
  ];
}
