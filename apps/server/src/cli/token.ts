import { addVerb, print, type OutputOptions } from "@sayso/cli";
import { ALL_SCOPES, DECIDE, createToken, findPerson } from "@sayso/core";
import { InvalidArgumentError, Option, type Command } from "commander";
import { withContext } from "./with-context.ts";
import { formatDate } from "./table.ts";

interface CreateOptions extends OutputOptions {
  name: string;
  scope?: string[];
  expiresIn?: number;
}

/** Adds `sayso token …`. */
export function addTokenVerbs(program: Command): void {
  const token = program.command("token").description("manage the personal access tokens of people");

  addVerb(
    token,
    "create <email-or-id>",
    "create a personal token, and print it (shown only once)",
    "sayso token create ada@example.com --expires-in 90",
  )
    .option("--name <name>", "the name of the token", "Command line")
    .addOption(
      new Option("--scope <scope...>", "the scopes; default: all except approvals:decide").choices([
        ...ALL_SCOPES,
      ]),
    )
    .option("--expires-in <days>", "the days until it expires; default: no expiration", parseDays)
    .action((who: string, options: CreateOptions) =>
      withContext(async (context) => {
        const person = await findPerson(context, who);
        const scopes = options.scope ?? [...ALL_SCOPES].filter((scope) => scope !== DECIDE);
        const expiresAt =
          options.expiresIn === undefined
            ? undefined
            : new Date(Date.now() + options.expiresIn * 86_400_000);
        const actor = {
          kind: "person",
          personId: person.id,
          role: person.role,
          via: "command_line",
        } as const;
        const made = await createToken(
          { ...context, actor },
          { name: options.name, scopes, expiresAt },
        );
        print(options, { ...made, person_id: person.id, scopes, expires_at: expiresAt ?? null }, [
          made.token,
          `It is shown only once. It acts as ${person.name}${expiresAt ? ` until ${formatDate(expiresAt)}` : ""}.`,
        ]);
      }),
    );
}

function parseDays(value: string): number {
  if (/^[1-9]\d{0,3}$/.test(value)) return Number(value);
  throw new InvalidArgumentError("The value must be a whole number of days.");
}
