import { tokenName } from "@sayso/fields";
import { createPersonalToken, hashSecret, keyLastFour, keyPrefix } from "../credentials/api-key.ts";
import type { Context } from "../context.ts";
import type { InOrganization, Mailing } from "../capabilities.ts";
import { DomainError, notFound } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { recordEvent } from "../events/record-event.ts";
import { mailDecidingToken } from "./mail-deciding-token.ts";
import { DECIDE } from "../credentials/scopes.ts";
import { readField } from "../read-field.ts";
import { requireRecentProof } from "../actors/recent-proof.ts";
import { tokenColumns, type PersonalToken } from "./list-tokens.ts";

export interface NewToken {
  /** Its purpose, in the person's words. */
  name: string;
  scopes: readonly string[];
  /** Absent: it does not expire. */
  expiresAt?: Date;
}

/**
 * Makes a token for the calling person to use the API as themselves: `sp_` and 64 hex digits. It is returned only here,
 * because only its SHA-256 is stored. A token that decides needs a recent proof, and its person is notified by mail.
 *
 * @throws DomainError `forbidden` (a machine, or a person who calls with a token; with `details.reason`
 *   `confirm_identity` where it decides and the proof is too old), `validation_failed`, `not_found` (no longer a
 *   member)
 */
export async function createToken(
  context: Context<InOrganization & Mailing>,
  input: NewToken,
): Promise<PersonalToken & { token: string }> {
  const { actor, services, organizationId } = context;
  if (actor.kind !== "person" || actor.via === "token" || actor.via === "oauth") {
    throw new DomainError("forbidden", "Only a signed-in person can make a personal token");
  }
  const name = readField("name", tokenName, input.name);
  const id = services.newId();
  const token = createPersonalToken();
  const decides = input.scopes.includes(DECIDE);
  const made = await inOrganization(context, async (db) => {
    const via =
      decides &&
      (await requireRecentProof(db, context, "create a token that can vote in your name"));
    // A separate statement locks the person's row. A disabling, a new password or a removal then comes either before
    // and is seen, or after and revokes this token.
    await db.query("select from people where id = $1 for share", [actor.personId]);
    const { rows } = await db.query<PersonalToken>(
      `insert into personal_tokens (id, organization_id, person_id, name, token_hash, prefix, last_four, scopes, expires_at)
       select $1, $2, p.id, $4, $5, $6, $7, $8, $9 from people p
       join memberships m on m.person_id = p.id and m.organization_id = $2
       where p.id = $3 and p.disabled_at is null
       returning ${tokenColumns}`,
      [
        id,
        organizationId,
        actor.personId,
        name,
        hashSecret(token),
        keyPrefix(token),
        keyLastFour(token),
        input.scopes,
        input.expiresAt,
      ],
    );
    const [row] = rows;
    if (!row) throw notFound("Person");
    await recordEvent(db, context, "token.created", { token_id: id, name, scopes: input.scopes });
    if (via) await mailDecidingToken(db, context, { personId: actor.personId, name, via });
    return row;
  });
  return { ...made, token };
}
