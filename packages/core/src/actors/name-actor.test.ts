import { expect, test } from "vitest";
import { nameActor, nameAsker, type ActorNames } from "./name-actor.ts";

const ada = "Ada Lovelace";
const via = (kind: NonNullable<ActorNames["via"]>["kind"], name: string | null = null) => ({
  kind,
  name,
});

test.each<[ActorNames, string | null]>([
  [{ person: ada, via: null }, ada],
  [{ person: ada, via: via("session") }, ada],
  [{ person: ada, via: via("app", "Robot") }, "Ada Lovelace, through the app Robot"],
  [{ person: ada, via: via("token", "CI") }, "Ada Lovelace, through the personal token CI"],
  [{ person: ada, via: via("command_line") }, "Ada Lovelace, on the server's command line"],
  [{ person: ada, via: via("connection", "Pipeline") }, "Pipeline, for Ada Lovelace"],
  [
    { person: ada, connection: "Renamed", via: via("connection", "Pipeline") },
    "Renamed, for Ada Lovelace",
  ],
  [{ person: null, connection: "Pipeline", via: null }, "Pipeline"],
  [{ person: null, via: via("connection", "Pipeline") }, "Pipeline"],
  [{ person: null, via: via("app", "Robot") }, "Robot"],
  [{ person: null, via: via("rule") }, null],
  [{ person: null, via: null }, null],
])("%j is named %s", (names, expected) => {
  expect(nameActor(names)).toBe(expected);
});

test("an asker is the connection, or the person with the app through which they asked", () => {
  const asker = { createdBy: "p", createdByName: ada, connectionName: null };
  expect(nameAsker(asker)).toBe(ada);
  expect(nameAsker({ ...asker, connectionName: "Robot" })).toBe(
    "Ada Lovelace, through the app Robot",
  );
  expect(nameAsker({ createdBy: null, createdByName: null, connectionName: "Pipeline" })).toBe(
    "Pipeline",
  );
});
