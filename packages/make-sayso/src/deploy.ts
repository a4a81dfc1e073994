// npm run deploy:make -- --app <name> [--dry-run]: deploys the app in this repository to Make.
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { Make, MakeError } from "@makehq/sdk";
import { readApp } from "./app-files.ts";
import { deployApp } from "./deploy/deploy-app.ts";

const usage = `Usage: MAKE_API_TOKEN=… npm run deploy:make -- [--zone eu1.make.com] …
  --create           creates an app and prints its name
  --app <name>       the app, such as sayso-x1y2z3
  --version <n>      its major version; default 1
  --dry-run          prints the changes without making them
  --delete-orphans   deletes components that are no longer part of the app
  --icon             sends the icon as well`;

const { values } = parseArgs({
  options: {
    zone: { type: "string", default: "eu1.make.com" },
    create: { type: "boolean", default: false },
    app: { type: "string" },
    version: { type: "string", default: "1" },
    "dry-run": { type: "boolean", default: false },
    "delete-orphans": { type: "boolean", default: false },
    icon: { type: "boolean", default: false },
  },
});
const token = process.env.MAKE_API_TOKEN;
if (!token || (values.app === undefined) !== values.create) {
  console.error(usage);
  process.exit(2);
}

try {
  const make = new Make(token, values.zone, { retry: { onRateLimit: true, maxRetries: 5 } });
  const name = values.app ?? (await createApp(make));
  const version = Number(values.version);
  const { changes, orphans } = await deployApp(await readApp(), {
    make,
    name,
    version,
    isDryRun: values["dry-run"],
    deletesOrphans: values["delete-orphans"],
    report: (line) => console.log(line),
  });
  if ((values.icon || values.create) && !values["dry-run"]) {
    await make.sdk.apps.setIcon(
      name,
      version,
      await readFile(new URL("../icon.png", import.meta.url)),
    );
    console.log("icon");
  }
  if (!values["delete-orphans"] && orphans.length > 0)
    console.log(`On Make, but not here: ${orphans.join(", ")}`);
  console.log(`${changes.length} changes${values["dry-run"] ? " to make" : ""}`);
} catch (error) {
  console.error(error instanceof MakeError ? `Make: ${error.message}` : messageOf(error));
  process.exitCode = 1;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function createApp(make: Make): Promise<string> {
  const { name } = await make.sdk.apps.create({
    name: "sayso",
    label: "Sayso",
    description: "Ask people for approval, and continue when they approve.",
    theme: "#1d6b50",
    language: "en",
    private: true,
    audience: "global",
  });
  console.log(`Created the app ${name}`);
  return name;
}
