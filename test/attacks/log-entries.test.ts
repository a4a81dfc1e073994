// A log entry has the status approved although nobody decided it. So Sayso refuses a log entry that has fields of a
// decision, and leaves log entries out where no field marks them as log entries.
import { shareStage } from "@sayso/testkit";
import { afterAll, expect, test } from "vitest";

const stage = await shareStage();
afterAll(() => stage.close());
const { machine, owner } = stage;
const log = (more: Record<string, unknown> = {}) => machine.api.create({ is_log: true, ...more });

test.each<[string, unknown]>([
  ["required_approvals", 2],
  ["assigned_approvers", [owner.id]],
  ["require_rejection_reason", true],
  ["is_sequential", true],
  ["expires_at", new Date(Date.now() + 3_600_000).toISOString()],
  ["callback_url", "https://example.com/hook"],
])("%s is refused for a log entry, not dropped", async (field, value) => {
  const { status, body } = await log({ [field]: value });
  expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining(field)]);
});

test("a log entry isn't read as approved where nothing says that it is one", async () => {
  const { status, body } = await log({ title: "Nobody decided this" });
  expect([status, body.is_log]).toEqual([201, true]);
  const { status: found } = await machine.api.call(
    "GET",
    `/api/v1/requests/req_${body.id.replaceAll("-", "")}`,
  );
  const list = await machine.api.call("GET", "/api/v1/requests?limit=100");
  expect(found).toBe(404);
  expect(JSON.stringify(list.body)).not.toContain(body.id.replaceAll("-", ""));
});
