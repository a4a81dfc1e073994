import { createHmac } from "node:crypto";
import { must } from "@sayso/must";
import { until, type Received, type Stage, type TestConnection } from "@sayso/testkit";
import { Webhook } from "standardwebhooks";
import { expect } from "vitest";

/** A callback as GET /api/v1/webhooks shows it. */
export type Delivery = Awaited<
  ReturnType<TestConnection["api"]["deliveries"]>
>["body"]["data"][number];

/** Asks with a callback to this address, and has the request approved. @returns the id */
export async function decide(
  { machine, alice }: Pick<Stage, "machine" | "alice">,
  url: string,
  more: Record<string, unknown> = {},
): Promise<string> {
  const made = await machine.api.create({ callback_url: url, ...more });
  expect(made.status).toBe(201);
  expect((await alice.api.approve(made.body.id)).body.status).toBe("approved");
  return made.body.id;
}

/** The callback of a request as its connection sees it. */
export async function deliveryOf(
  { machine }: Pick<Stage, "machine">,
  requestId: string,
): Promise<Delivery> {
  const { data } = (await machine.api.deliveries({ request_id: requestId })).body;
  expect(data).toHaveLength(1);
  return must(data[0]);
}

/** Resolves when this number of attempts of the request's callback are recorded. */
export async function attempted(
  stage: Pick<Stage, "machine">,
  requestId: string,
  count: number,
): Promise<Delivery> {
  await until(
    async () => (await deliveryOf(stage, requestId)).attempts.length >= count,
    `${count} attempts of the callback of ${requestId}`,
  );
  // Reads again, because an attempt can be visible a moment before its consequences.
  return deliveryOf(stage, requestId);
}

/** Makes the next attempt due now instead of in minutes or hours. */
export async function pullForward(
  { services }: Pick<Stage, "services">,
  requestId: string,
): Promise<void> {
  await services.sql(
    "update deliveries set next_attempt_at = now() where request_id = $1 and status = 'pending'",
    [requestId],
  );
}

/** Returns the seconds from the end of a callback's last attempt to the next one. */
export function secondsToNext(delivery: Delivery): number {
  const last = must(delivery.attempts.at(-1));
  return (
    (Date.parse(must(delivery.next_attempt_at)) - Date.parse(last.started_at) - last.duration_ms) /
    1000
  );
}

/** Reports whether the reference library verifies the Standard Webhooks signature with this secret. */
export function verifiesBy(secret: string, { body, headers }: Received): boolean {
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}

/** Computes X-OKRunit-Signature as a receiver does. */
export const plainHmac = (secret: string, body: string): string =>
  `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
