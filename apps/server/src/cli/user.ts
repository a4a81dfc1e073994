import { addVerb, print, type OutputOptions } from "@sayso/cli";
import {
  createPerson,
  disablePerson,
  enablePerson,
  findPerson,
  invitePerson,
  listMembers,
  resetPassword,
  type Context,
  type Role,
} from "@sayso/core";
import { Option, type Command } from "commander";
import { text } from "node:stream/consumers";
import { withContext } from "./with-context.ts";
import { table, formatDate } from "./table.ts";

interface CreateOptions extends OutputOptions {
  name?: string;
  role: Role;
  approve: boolean;
  passwordStdin?: boolean;
}

/** Adds `sayso user …`. */
export function addUserVerbs(program: Command): void {
  const user = program.command("user").description("manage people");

  addVerb(
    user,
    "create <email>",
    "add a person who is new on this server",
    "sayso user create ada@example.com --name Ada --role admin",
  )
    .option("--name <name>", "the person's name; default: the part before the @")
    .addOption(new Option("--role <role>").choices(["owner", "admin", "member"]).default("member"))
    .option("--no-approve", "don't let the person approve")
    .option(
      "--password-stdin",
      "read the password from standard input; default: print a link to set it",
    )
    .action(createUser);

  addVerb(
    user,
    "invite <email>",
    "invite a person, also one who has an account on this server, and print the link",
    "sayso user invite ada@example.com --name Ada",
  )
    .option("--name <name>", "the person's name; default: the part before the @")
    .addOption(new Option("--role <role>").choices(["owner", "admin", "member"]).default("member"))
    .option("--no-approve", "don't let the person approve")
    .action(inviteUser);

  addVerb(user, "list", "list the people of the organization", "sayso user list").action(
    (options: OutputOptions) =>
      withContext(async (context) => {
        const people = await listMembers(context, { includeDisabled: true });
        const rows = people.map((p) => [
          p.name,
          p.email ?? "–",
          p.role,
          p.isDisabled ? "disabled" : p.canApprove ? "may approve" : "may not approve",
          formatDate(p.createdAt),
          p.id,
        ]);
        print(options, people, table(["NAME", "EMAIL", "ROLE", "STATUS", "JOINED", "ID"], rows));
      }),
  );

  addVerb(
    user,
    "disable <email-or-id>",
    "disable a person; their sessions and tokens end at once",
    "sayso user disable ada@example.com",
  )
    .option("--undo", "enable the person again")
    .action((who: string, options: OutputOptions & { undo?: boolean }) =>
      withContext(async (context) => {
        const person = await findPerson(context, who);
        await (options.undo ? enablePerson : disablePerson)(context, person.id);
        const isDisabled = !options.undo;
        print(
          options,
          { id: person.id, is_disabled: isDisabled },
          `${person.name} is ${isDisabled ? "disabled" : "enabled"}.`,
        );
      }),
    );

  addVerb(
    user,
    "reset-password <email-or-id>",
    "print a link to set a new password",
    "sayso user reset-password ada@example.com",
  ).action((who: string, options: OutputOptions) =>
    withContext(async (context) => {
      const person = await findPerson(context, who);
      const { url, expiresAt } = await resetPassword(context, person.id);
      print(options, { id: person.id, url, expires_at: expiresAt }, [
        `Give this link to ${person.name} (once, until ${formatDate(expiresAt)}${mailNote(context)}):`,
        url,
      ]);
    }),
  );
}

async function inviteUser(
  email: string,
  options: Omit<CreateOptions, "passwordStdin">,
): Promise<void> {
  await withContext(async (context) => {
    const name = options.name ?? email.split("@")[0] ?? email;
    const { role, approve: canApprove } = options;
    const { id, link } = await invitePerson(context, { email, name, role, canApprove });
    const { url, expiresAt } = link;
    print(options, { id, email, name, role, url, expires_at: expiresAt }, [
      `Give this link to ${name} <${email}>. They join when they accept (until ${formatDate(expiresAt)}${mailNote(context)}):`,
      url,
    ]);
  });
}

const mailNote = ({ services }: Context): string =>
  services.mail.isEnabled ? "; Sayso also emailed it to them" : "";

async function createUser(email: string, options: CreateOptions): Promise<void> {
  const password = options.passwordStdin
    ? (await text(process.stdin)).replace(/\r?\n$/, "")
    : undefined;
  await withContext(async (context) => {
    const name = options.name ?? email.split("@")[0] ?? email;
    const { personId, invitation } = await createPerson(context, {
      email,
      name,
      role: options.role,
      canApprove: options.approve,
      password,
    });
    print(
      options,
      {
        id: personId,
        email,
        name,
        role: options.role,
        invitation_url: invitation?.url ?? null,
        invitation_expires_at: invitation?.expiresAt ?? null,
      },
      [
        `${name} <${email}> is now ${options.role === "member" ? "a" : "an"} ${options.role}.`,
        ...(invitation
          ? [
              `Give them this link to set a password (once, until ${formatDate(invitation.expiresAt)}${mailNote(context)}):`,
              invitation.url,
            ]
          : []),
      ],
    );
  });
}
