import { checkInValues } from "@sayso/fields";
import { onlyRow } from "@sayso/database";
import type { Context } from "../../context.ts";
import type { InOrganization, NewIds } from "../../capabilities.ts";
import { referTo } from "../../actors/actor.ts";
import { meansBeside } from "../../actors/name-actor.ts";
import { recordEvent } from "../../events/record-event.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { statusOfScore, type GoalStatus } from "../goal-status.ts";
import { lockKeyResult } from "../objectives/key-result.ts";
import { scoreByNewValue } from "../objectives/read-objectives.ts";
import type { CheckIn } from "./check-in.ts";
import { blankAsNull, field, readValues, requireFields } from "../fields.ts";

export interface NewCheckIn {
  value: number;
  comment?: string | null;
  /** The status. Default: computed from the key result's health. */
  status?: GoalStatus;
}

const checkInFields = {
  value: field("value", checkInValues.value),
  comment: field("comment", blankAsNull(checkInValues.comment.nullable())),
  status: field("status", checkInValues.status),
};

/**
 * Records a new value of a key result. Check-ins of one key result wait for one another, so each holds the value of the
 * one before, and none is lost.
 *
 * @throws DomainError `not_found`, `validation_failed`
 */
export async function recordCheckIn(
  context: Context<InOrganization & NewIds>,
  keyResultId: string,
  input: NewCheckIn,
): Promise<Omit<CheckIn, "by">> {
  const given = readValues(checkInFields, input);
  const { value, comment = null, status } = requireFields(checkInFields, given, ["value"]);
  const { services, organizationId } = context;
  return inOrganization(context, async (db) => {
    const present = await lockKeyResult(db, keyResultId);
    // Takes the clock after the lock, so that of two check-ins at once the second has the later time.
    const { rows } = await db.query<{ createdAt: Date }>(
      `update key_results set current_value = $2, checkins = checkins + 1,
         last_checkin_at = greatest(clock_timestamp(), last_checkin_at)
       where id = $1 returning last_checkin_at as "createdAt"`,
      [present.id, value],
    );
    const { createdAt } = onlyRow(rows);
    const reported =
      status ?? statusOfScore(await scoreByNewValue(db, present.id, present.current));
    await db.query("update key_results set reported_status = $2 where id = $1", [
      present.id,
      reported,
    ]);
    const by = referTo(context.actor);
    const checkIn = {
      id: services.newId(),
      keyResultId: present.id,
      sequence: present.checkins + 1,
      previousValue: present.current,
      value,
      status: reported,
      comment,
      createdAt,
    };
    await db.query(
      `insert into checkins (id, organization_id, key_result_id, sequence, previous_value, value, status, comment,
         actor_kind, actor_id, created_at, via)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        checkIn.id,
        organizationId,
        checkIn.keyResultId,
        checkIn.sequence,
        checkIn.previousValue,
        value,
        reported,
        comment,
        by.kind,
        by.id,
        createdAt,
        meansBeside(context.actor),
      ],
    );
    await recordEvent(db, context, "checkin.recorded", {
      checkin_id: checkIn.id,
      key_result_id: present.id,
      objective_id: present.objectiveId,
      title: present.title,
      previous_value: present.current,
      value,
      target: present.target,
      unit: present.unit,
      status: reported,
      comment,
    });
    return checkIn;
  });
}
