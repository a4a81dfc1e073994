import type { Approval, CreateApprovalInput, Sayso } from "@sayso/client";
import type { Bundle, ZObject } from "zapier-platform-core";
import type { Values } from "../input.ts";
import { digestOf, originOf, zapId } from "../zap.ts";

/** Of the newest requests with one source id, how many are looked through. */
const LOOK_BACK = 20;

/**
 * Creates a request unless this Zap has made it before: Zapier gives a step no id of its run, so what is asked for
 * has to tell. With an idempotency key that somebody filled in, that alone decides. Without one, what this Zap asked for
 * in exactly the same words counts as long as `isSame` says so; two runs at once make one.
 */
export async function askOnce(
  z: ZObject,
  bundle: Bundle,
  sayso: Sayso,
  { input, isSame }: { input: Values; isSame: (made: Approval) => boolean },
): Promise<Approval> {
  const zap = zapId(bundle);
  const key = `zapier:${zap}:${digestOf(z, [bundle.authData.user_email, input])}`;
  const sourceId = (input.source_id as string | undefined) ?? key;
  const asked = { ...input, ...originOf(bundle), source_id: sourceId } as CreateApprovalInput;
  if (asked.idempotency_key !== undefined) return sayso.createApproval(asked);
  const { data } = await sayso.listApprovals({
    source: "zapier",
    source_id: sourceId,
    page_size: LOOK_BACK,
  });
  const made = data.find(({ idempotency_key: theirs }) => theirs?.startsWith(`${key}:`));
  if (made && isSame(made)) return made;
  return sayso.createApproval({ ...asked, idempotency_key: `${key}:${made?.id ?? "first"}` });
}
