import type { InOrganization } from "../capabilities.ts";
import type { Context } from "../context.ts";
import type { Queryable } from "../queryable.ts";
import { inOrganization } from "../transactions/in-organization.ts";

/**
 * Letters and digits that look like a small Latin letter, each before that letter: Cyrillic, Greek, and the Latin ones
 * that Unicode's composed forms (NFKC) leave apart. `i`, `l` and `1` are one letter, and so are `o` and `0`.
 */
const LOOK_ALIKES =
  "АaаaВbвbЕeеeЅsѕsІlіlЇlїlЈjјjКkкkМmмmНhһhОoоoРpрpСcсcТtтtУyуyХxхxԁdԛqԝwӏlгrΑaαaΒbΕeΖzΗhΙlιlΚkκkΜmΝnνvΟoοoΡpρpΤtτtΥyυuΧxχxıløođdłlilIl1l|l0oOo";
const letters = [...LOOK_ALIKES];
const looksLike = (index: 0 | 1) => letters.filter((_, i) => i % 2 === index).join("");

/** SQL: a name without the things by which names can differ and look the same. `$2` and `$3` are the two alphabets. */
const skeletonOf = (name: string) =>
  `translate(lower(translate(regexp_replace(normalize(${name}, NFKD), '[\\u0300-\\u036f[:space:]]', '', 'g'), $2, $3)), $2, $3)`;

/** A person whose name another member has, or one that looks like it. */
export interface Namesake {
  name: string;
  email: string;
}

/**
 * Returns those of these people whose name is another member's as well, or looks like it (UTS #39, confusables), with
 * the e-mail address that tells them apart, by id. Someone without an address is left out. Runs within the organization's
 * transaction, and reads the names of all its members once.
 */
export async function listNamesakes(
  db: Queryable,
  personIds: readonly string[],
): Promise<Map<string, Namesake>> {
  if (personIds.length === 0) return new Map();
  const { rows } = await db.query<Namesake & { id: string }>(
    `with named as materialized (
       select p.id, ${skeletonOf("p.name")} as skeleton from memberships m join people p on p.id = m.person_id)
     select p.id, p.name, p.email from people p
     where p.id = any ($1) and p.email is not null and exists (
       select from named o where o.id <> p.id and o.skeleton = ${skeletonOf("p.name")})`,
    [[...new Set(personIds)], looksLike(0), looksLike(1)],
  );
  return new Map(rows.map(({ id, ...namesake }) => [id, namesake]));
}

/** Returns the same as `listNamesakes`, in a transaction of its own. */
export const readNamesakes = (
  context: Context<InOrganization>,
  personIds: readonly string[],
): Promise<Map<string, Namesake>> => inOrganization(context, (db) => listNamesakes(db, personIds));
