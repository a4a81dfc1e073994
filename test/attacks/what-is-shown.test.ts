// An approver sees what they approve: an asker's text can't make a request look like something else.
import { shareStage } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { changesApi, theRule } from "../surfaces/changes/changes-api.ts";

const stage = await shareStage();
afterAll(() => stage.close());
const { organization, owner, alice, machine } = stage;

describe("a change of something registered", () => {
  const [asOwner, asMachine] = [changesApi(owner.api), changesApi(machine.api)];
  const { entityType, entityName } = theRule;
  const registered = async (entityId: string) => {
    await asOwner.put(entityType, entityId, { entityName, body: { config: { threshold: 700 } } });
    return { entityId, entityName: "Colour of the footer" };
  };

  test("is asked under its registered name, and says what it would be called instead", async () => {
    const asked = await registered("named");
    const { body } = await asMachine.propose(asked);
    const request = (await owner.api.get(body.id)).body;
    expect(request.title).toBe(`Update ${entityType} ${entityName}`);
    expect(request.description).toContain("It would be called “Colour of the footer”.");
    const ada = changesApi((await organization.addPerson({ role: "admin" })).api);
    expect(await ada.approve(body.id)).toMatchObject({ status: 200 });
    const stands = await asOwner.entity(entityType, asked.entityId);
    expect(stands.body).toMatchObject({ entityName: "Colour of the footer" });
  });

  test("is deleted under its registered name alone", async () => {
    const { body } = await asMachine.propose({
      ...(await registered("deleted")),
      action: "delete",
      payload: undefined,
    });
    const request = (await owner.api.get(body.id)).body;
    expect(request.title).toBe(`Delete ${entityType} ${entityName}`);
    expect(JSON.stringify(request)).not.toContain("Colour of the footer");
  });
});

describe("rich context", () => {
  const ask = async () =>
    (await machine.api.create({ context_html: "<p>Pays 10</p>", metadata: { pays: 10 } })).body.id;
  const revise = (id: string, body: Record<string, unknown>) =>
    machine.api.call("PUT", `/api/v1/approvals/${id}`, { body });

  test("is revised with what it explains: votes for the old one are void", async () => {
    const id = await ask();
    const context_html = '<p onclick="x()">Pays 99</p>';
    expect(await revise(id, { metadata: { pays: 99 }, context_html })).toMatchObject({
      status: 200,
      body: { metadata: { pays: 99 }, context_html: "<p>Pays 99</p>" },
    });
    expect((await alice.api.get(id)).body.context_html).toBe("<p>Pays 99</p>");
  });

  test("is taken away by null, stays where it isn't named, and voids votes by itself", async () => {
    const { id } = (
      await machine.api.create({ context_html: "<p>Pays 10</p>", required_approvals: 2 })
    ).body;
    await alice.api.approve(id);
    expect((await revise(id, { title: "Pay" })).body).toMatchObject({
      context_html: "<p>Pays 10</p>",
      current_approvals: 0,
    });
    await alice.api.approve(id);
    expect((await revise(id, { context_html: null })).body).toMatchObject({
      context_html: null,
      current_approvals: 0,
    });
  });
});
