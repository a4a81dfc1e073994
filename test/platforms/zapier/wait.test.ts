import { must } from "@sayso/must";
import { letExpire } from "@sayso/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Approval, Received } from "@sayso/testkit";
import { openZapierStage, type ZapierStage } from "./connect.ts";
import { later } from "./later.ts";
import { asBundle, thrownBy, shownError, messageOf, type Item, type ZapBundle } from "./zapier.ts";

let stage: ZapierStage;
let counter = 0;
let callbackUrl: string;

beforeAll(async () => {
  stage = await openZapierStage();
});
afterAll(() => stage.close());
beforeEach(() => {
  callbackUrl = `${stage.zapier.hooks.url}/hooks/callback/123/${++counter}/`;
});

const asked = { title: "Pay invoice 7", description: "To the printer", priority: "high" };

type Asked = Item & { id: string };

const perform = (inputData: Item = {}, more: ZapBundle = {}) =>
  stage.zapier.run<Asked>(
    "creates.requestApproval.operation.perform",
    { inputData: { ...asked, ...inputData }, ...more },
    { callback_url: callbackUrl },
  );

const resume = (outputData: object, bundle: ZapBundle) =>
  stage.zapier.run<Item>("creates.requestApproval.operation.performResume", {
    outputData,
    ...bundle,
  });

const callbackOf = (url = callbackUrl): Promise<Received> =>
  stage.zapier.hooks.waitFor(({ path }) => url.endsWith(path));

const requests = async (sourceId: unknown): Promise<Approval[]> =>
  (await stage.alice.api.list({ source_id: sourceId as string })).body.data;

/** Asks, acts on the request, and resumes the step with the callback that follows. */
async function askAndResume(act: (id: string) => Promise<unknown>, inputData: Item = {}) {
  const { results } = await perform(inputData);
  await act(results.id);
  return resume(results, asBundle(await callbackOf()));
}

describe("asking", () => {
  test("makes Zapier wait, for as long as the request can be decided", async () => {
    const { status, results } = await perform();
    expect(status).toBe("CALLBACK");
    const request = (await stage.owner.api.get(results.id)).body;
    expect(request).toMatchObject({
      ...asked,
      status: "pending",
      source: "zapier",
      source_url: "https://zapier.com/editor/42",
      created_by: stage.bob.id,
      callback_url: callbackUrl,
    });
    const waitMs = Date.parse(must(request.expires_at)) - Date.parse(request.created_at);
    expect(waitMs).toBeLessThan(30 * 86_400_000);
    expect(waitMs).toBeGreaterThan(28.9 * 86_400_000);
  });

  test("a step that is run again asks nobody twice", async () => {
    const { results: first } = await perform();
    const { results: again } = await perform();
    expect(again.id).toBe(first.id);
    // Imitates the same step a day later: only its expiry differs.
    const { results: later } = await perform({
      expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    });
    expect(later.id).toBe(first.id);
    expect(await requests(first.source_id)).toHaveLength(1);
  });

  test("the step of another run asks anew, in the same words", async () => {
    const { results: first } = await perform();
    callbackUrl += "another/";
    expect((await perform()).results.id).not.toBe(first.id);
  });

  test("a step that is run again after the decision goes by it and waits for nothing", async () => {
    const { results } = await perform();
    await stage.alice.api.approve(results.id);
    expect(await perform()).toMatchObject({
      status: "SUCCESS",
      results: { id: results.id, outcome: "approved", may_go_on: true },
    });
    callbackUrl += "another/";
    await stage.alice.api.reject((await perform()).results.id, "No");
    expect(messageOf(await thrownBy(perform()))).toMatch(
      /^“Pay invoice 7” was rejected by Alice Approver, through the personal token .+: No$/,
    );
    expect(await perform({ continue_on_rejection: true })).toMatchObject({
      status: "SUCCESS",
      results: { outcome: "rejected", may_go_on: false },
    });
  });

  test("loading a sample asks nobody and waits for nothing", async () => {
    const total = async () => (await stage.alice.api.list()).body.pagination.total;
    const before = await total();
    const { status, results } = await perform({}, { meta: { isLoadingSample: true } });
    expect(status).not.toBe("CALLBACK");
    expect(results).toMatchObject({ status: "approved", outcome: "approved" });
    expect(await total()).toBe(before);
  });

  test("without an address to call back nobody is asked", async () => {
    const step = stage.zapier.run("creates.requestApproval.operation.perform", {
      inputData: asked,
    });
    expect(shownError(await thrownBy(step)).message).toMatch(/^Zapier gave no callback URL/);
  });

  test("a request that would outlive the wait is refused", async () => {
    const expires_at = new Date(Date.now() + 31 * 86_400_000).toISOString();
    expect(shownError(await thrownBy(perform({ expires_at }))).message).toMatch(
      /^expires_at: must lie within the 30 days that Zapier waits/,
    );
  });
});

describe("resuming", () => {
  test("approved lets the Zap go on, with who and why", async () => {
    const { status, results } = await askAndResume((id) => stage.alice.api.approve(id, "Fine"));
    expect(status).toBe("SUCCESS");
    expect(results).toMatchObject({
      ...asked,
      status: "approved",
      decided_by_name: "Alice Approver",
      decision_comment: "Fine",
      outcome: "approved",
      may_go_on: true,
      outcome_message: expect.stringMatching(
        /^“Pay invoice 7” was approved by Alice Approver, through the personal token .+: Fine$/,
      ) as string,
    });
  });

  const endings: [string, (id: string) => Promise<unknown>, string, Item?][] = [
    [
      "rejected",
      (id) => stage.alice.api.reject(id, "Too dear"),
      expect.stringMatching(
        /^“Pay invoice 7” was rejected by Alice Approver, through the personal token .+: Too dear$/,
      ) as string,
    ],
    [
      "cancelled",
      (id) => stage.bob.api.cancel(id, "Not needed"),
      expect.stringMatching(
        /^“Pay invoice 7” was cancelled by Bob Approver, through the personal token .+: Not needed$/,
      ) as string,
    ],
    [
      "expired",
      (id) => letExpire(stage.services, id),
      "“Pay invoice 7” expired: nobody decided it in time",
    ],
  ];

  const soon = () => ({ expires_at: new Date(Date.now() + 3_600_000).toISOString() });

  test.each(endings)("%s halts the Zap and says who and why", async (kind, end, message) => {
    const thrown = await thrownBy(askAndResume(end, kind === "expired" ? soon() : {}));
    expect([thrown.name, messageOf(thrown)]).toEqual(["HaltedError", message]);
  });

  test.each(endings)("%s goes on where somebody chose to branch", async (kind, end, message) => {
    const { results } = await askAndResume(end, {
      ...(kind === "expired" && soon()),
      continue_on_rejection: true,
    });
    expect(results).toMatchObject({ outcome: kind, may_go_on: false, outcome_message: message });
  });

  test.each([false, true])(
    "an emergency stop halts the Zap, also one that branches: %s",
    async (continue_on_rejection) => {
      const stop = (active: boolean) =>
        stage.owner.api.call("POST", "/api/v1/emergency-stop", {
          body: { active, reason: "Fire drill" },
        });
      try {
        const thrown = await thrownBy(askAndResume(() => stop(true), { continue_on_rejection }));
        expect(thrown.name).toBe("HaltedError");
        expect(thrown.message).toMatch(
          /^“Pay invoice 7” was stopped: .* pulled the emergency stop/,
        );
        expect((await thrownBy(perform())).name).toBe("HaltedError");
      } finally {
        await stop(false);
      }
    },
  );

  test("the same callback twice says the same twice", async () => {
    const { results } = await perform();
    await stage.alice.api.approve(results.id);
    const callback = asBundle(await callbackOf());
    const first = await resume(results, callback);
    const { outcome, outcome_message, status } = first.results;
    expect((await resume(results, callback)).results).toMatchObject({
      outcome,
      outcome_message,
      status,
    });
    expect(outcome).toBe("approved");
  });

  test("a callback that Zapier held back for days still counts", async () => {
    const { results } = await perform();
    await stage.alice.api.approve(results.id);
    const callback = asBundle(await callbackOf());
    const resumed = await later(5 * 86_400_000, () => resume(results, callback));
    expect(resumed.results.outcome).toBe("approved");
  });
});

describe("a callback that isn't Sayso's", () => {
  const forged = (id: string, status = "approved"): ZapBundle => {
    const json = { event: "approval.decided", request_id: id, status };
    return asBundle({
      method: "POST",
      path: "/",
      headers: { "content-type": "application/json", "x-okrunit-signature": "sha256=00" },
      body: JSON.stringify(json),
      json,
      at: 0,
      time: 0,
    });
  };

  test("neither lets a pending request go on nor ends the wait", async () => {
    const { results } = await perform();
    const thrown = await thrownBy(resume(results, forged(results.id)));
    expect(thrown.name).toBe("ThrottledError");
    expect(shownError(thrown)).toMatchObject({ delay: 300 });
    await stage.alice.api.approve(results.id);
    const { results: resumed } = await resume(results, asBundle(await callbackOf()));
    expect(resumed.outcome).toBe("approved");
  });

  test("is not listened to even when the request is decided", async () => {
    const { results } = await perform();
    await stage.alice.api.approve(results.id);
    expect((await thrownBy(resume(results, forged(results.id)))).name).toBe("ThrottledError");
  });

  test("that was altered, or is about another request, is not listened to", async () => {
    const { results: other } = await perform();
    await stage.alice.api.approve(other.id);
    const callback = asBundle(await callbackOf());
    callbackUrl += "another/";
    const { results } = await perform();
    await stage.alice.api.approve(results.id);
    expect((await thrownBy(resume(results, callback))).name).toBe("ThrottledError");
    const { rawRequest } = callback;
    const altered = { rawRequest: { ...rawRequest, content: `${rawRequest?.content} ` } };
    expect((await thrownBy(resume(other, altered))).name).toBe("ThrottledError");
  });

  test("where Zapier hands over no raw message, the server alone is asked", async () => {
    const { results } = await perform();
    const { cleanedRequest } = forged(results.id);
    expect((await thrownBy(resume(results, { cleanedRequest }))).name).toBe("ThrottledError");
    await stage.alice.api.reject(results.id, "No");
    const thrown = await thrownBy(resume(results, { cleanedRequest }));
    expect([thrown.name, messageOf(thrown)]).toEqual([
      "HaltedError",
      expect.stringMatching(
        /^“Pay invoice 7” was rejected by Alice Approver, through the personal token .+: No$/,
      ) as string,
    ]);
  });
});

test("a server that can't be reached when Sayso has called doesn't end the wait", async () => {
  const { results } = await perform();
  await stage.alice.api.approve(results.id);
  const bundle = { outputData: results, ...asBundle(await callbackOf()) };
  const gone = { environment: { SAYSO_URL: "http://127.0.0.1:9" } };
  const method = "creates.requestApproval.operation.performResume";
  expect((await thrownBy(stage.zapier.run(method, bundle, gone))).name).toBe("ThrottledError");
  expect((await stage.zapier.run<Item>(method, bundle)).results.outcome).toBe("approved");
});

test("a step that lost what it asked for halts", async () => {
  const thrown = await thrownBy(resume({}, {}));
  expect(thrown.name).toBe("HaltedError");
});
