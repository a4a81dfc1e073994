import { createClient, createGrant, createToken, createView } from "@sayso/core";
import { must } from "@sayso/must";
import type { Approval, TestConnection, TestOrganization, TestPerson } from "@sayso/testkit";

import { furnishGoals } from "../surfaces/goals/furnish-goals.ts";

export interface Foreign {
  theirs: TestOrganization;
  them: TestPerson;
  theirConnection: TestConnection;
  theirRequest: Approval;
  receiverUrl: string;
  /** The URL of the server. */
  url: string;
  alice: TestPerson;
}

/** Things of an organization beyond the approvals surface, which the tests try to reach from another organization. */
export interface Furniture {
  /** The values of the parameters in a path: ids of these things. */
  idsInPath: [RegExp, Record<string, string>][];
  /** A valid body for each operation, so that only the id can be wrong. */
  bodies: Record<string, unknown>;
}

/** Creates one thing of each kind in the other organization. */
export async function furnishOtherSurfaces(foreign: Foreign): Promise<Furniture> {
  const all = [
    await furnishRequests(foreign),
    await furnishPeople(foreign),
    await furnishAccess(foreign),
    await furnishViews(foreign),
    await furnishRuns(foreign),
    await furnishChanges(foreign),
    await furnishGoals(foreign),
  ];
  return {
    idsInPath: all.flatMap(({ idsInPath }) => idsInPath),
    bodies: Object.assign({}, ...all.map(({ bodies }) => bodies)) as Furniture["bodies"],
  };
}

const furnishRequests = ({ theirRequest }: Foreign): Promise<Furniture> =>
  Promise.resolve({
    idsInPath: [[/^\/api\/v1\/requests\/\{id\}/, { id: theirRequest.id }]],
    bodies: { castVote: { decision: "approve", sequence: 1 } },
  });

const furnishPeople = ({ them, alice }: Foreign): Promise<Furniture> =>
  Promise.resolve({
    idsInPath: [[/^\/api\/v1\/people\/\{id\}/, { id: them.id }]],
    bodies: {
      updatePerson: { name: "Mine" },
      transferConnections: { to_person_id: alice.id },
      renameTeam: { name: "Mine" },
    },
  });

async function furnishViews({ them }: Foreign): Promise<Furniture> {
  const view = await createView(them.context, { name: "Theirs", query: { list: "all" } });
  return {
    idsInPath: [[/^\/api\/v1\/views\/\{id\}/, { id: view.id }]],
    bodies: { updateView: { name: "Mine" } },
  };
}

async function furnishAccess({ theirs, them, theirConnection }: Foreign): Promise<Furniture> {
  const { client } = await createClient(theirs.context, {
    name: "Theirs",
    redirectUris: ["https://app.example.com/callback"],
  });
  const scopes = ["approvals:read"];
  const grantId = await createGrant(them.context, { clientId: client.id, scopes, resource: null });
  const token = await createToken(them.context, { name: "Theirs", scopes });
  const { body } = await theirConnection.api.deliveries();
  return {
    idsInPath: [
      [/^\/api\/v1\/apps\/\{id\}/, { id: client.id }],
      [/^\/api\/v1\/grants\/\{id\}/, { id: grantId }],
      [/^\/api\/v1\/tokens\/\{id\}/, { id: token.id }],
      [/^\/api\/v1\/deliveries\/\{id\}/, { id: must(body.data[0]).id }],
      [
        /^\/api\/v1\/connections\/\{id\}\/keys\/\{keyId\}/,
        { id: theirConnection.id, keyId: theirConnection.keyId },
      ],
    ],
    bodies: {},
  };
}

async function furnishRuns({ theirs, them, theirConnection, alice }: Foreign): Promise<Furniture> {
  const { call } = theirConnection.api;
  const flowOf = (name: string, reviewer: TestPerson) => ({
    name,
    description: name,
    objectType: "object",
    objectAction: "update",
    steps: [{ type: "any", reviewers: [{ type: "user", id: reviewer.id }] }],
  });
  const flows = `/organizations/${theirs.id}/approvals`;
  const flow = await call<{ id: string }>("POST", flows, { body: flowOf("Theirs", them) });
  const run = await call<{ id: string }>("POST", `${flows}/${flow.body.id}/runs`, { body: {} });
  return {
    idsInPath: [
      [
        /^\/organizations\/\{organizationId\}\/approvals/,
        { organizationId: theirs.id, approvalId: flow.body.id, approvalRunId: run.body.id },
      ],
    ],
    bodies: {
      createFlow: flowOf("Mine", alice),
      updateFlow: { name: "Mine" },
      startRun: { object: {} },
      reviewRun: { result: "approved" },
    },
  };
}

async function furnishChanges(foreign: Foreign): Promise<Furniture> {
  const { theirs, theirConnection, receiverUrl } = foreign;
  const { body: change } = await theirConnection.api.call<{ id: string }>(
    "POST",
    "/changes/api/v1/approvals",
    { body: { entityType: "offer", entityId: "theirs", entityName: "Theirs", action: "create" } },
  );
  await theirs.owner.api.call("POST", "/changes/api/v1/entity-types", {
    body: { name: "theirType", applierUrl: receiverUrl },
  });
  await theirs.owner.api.call("PUT", "/changes/api/v1/entities/theirType/theirs", {
    body: { entityName: "Theirs", body: {} },
  });
  return {
    idsInPath: [
      [/^\/changes\/api\/v1\/approvals\/\{id\}/, { id: change.id }],
      [/^\/changes\/api\/v1\/entity-types\/\{name\}/, { name: "theirType" }],
      [/^\/changes\/api\/v1\/entities\//, { entityType: "theirType", entityId: "theirs" }],
    ],
    bodies: {
      resolveChange: { action: "approve" },
      updateEntityType: { applierUrl: null },
      putEntity: { entityName: "Mine", body: {} },
    },
  };
}
