import type { Approval, CreateApprovalInput, Sayso } from "@sayso/client";
import type { Bundle, ZObject } from "zapier-platform-core";
import { digestOf, originOf, zapId } from "../zap.ts";

/** The number of newest requests with one source id that are looked through. */
const LOOK_BACK = 20;

/**
 * Creates a request unless this Zap has made it before. Zapier gives a step no id of its run, so the content of the
 * request has to identify it. If somebody filled in an idempotency key, only the key decides. Otherwise a request of
 * this Zap in exactly the same words is the same one as long as `isSame` returns true. Two runs at once make one
 * request.
 */
export async function askOnce(
  z: ZObject,
  bundle: Bundle,
  sayso: Sayso,
  { input, isSame }: { input: CreateApprovalInput; isSame: (made: Approval) => boolean },
): Promise<Approval> {
  const zap = zapId(bundle);
  const key = `zapier:${zap}:${digestOf(z, [bundle.authData.user_email, input])}`;
  const sourceId = input.source_id ?? key;
  const asked: CreateApprovalInput = { ...input, ...originOf(bundle), source_id: sourceId };
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
