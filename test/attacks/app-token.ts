import { createGrant, createOAuthSecret, createTokenStore } from "@sayso/core";
import type { TestPerson, TestServices } from "@sayso/testkit";

/** Creates an access token of an app with all of the app's scopes, as a person's consent creates it. */
export async function createAppToken(
  services: TestServices,
  { id: clientId, scopes }: { id: string; scopes: readonly string[] },
  person: TestPerson,
): Promise<string> {
  const token = createOAuthSecret("accessToken");
  const grantId = await person.inPerson((there) =>
    createGrant(there, { clientId, scopes, resource: null }),
  );
  await createTokenStore(services).save("AccessToken", token, {
    clientId,
    grantId,
    payload: { kind: "AccessToken", scope: scopes.join(" ") },
    expiresInSeconds: 3600,
  });
  return token;
}
