import { ALL_SCOPES, DECIDE, createToken, findPerson } from "@sayso/core";
import { InvalidArgumentError, Option, type Command } from "commander";
import { addVerb, print, tellDate, type OutputOptions } from "./verb.ts";
import { withContext } from "./with-context.ts";

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
    "create a personal token and print it once",
    "sayso token create ada@example.com --expires-in 90",
  )
    .option("--name <name>", "what it is for", "Command line")
    .addOption(
      new Option("--scope <scope...>", "default: all but approvals:decide").choices([
        ...ALL_SCOPES,
      ]),
    )
    .option("--expires-in <days>", "default: never", parseDays)
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
          `It is shown only once. It acts as ${person.name}${expiresAt ? ` until ${tellDate(expiresAt)}` : ""}.`,
        ]);
      }),
    );
}

function parseDays(value: string): number {
  if (/^[1-9]\d{0,3}$/.test(value)) return Number(value);
  throw new InvalidArgumentError("It must be a whole number of days.");
}
