// Connects the Zapier app to Sayso as a person does it in Zapier.
import { presetRedirectUris } from "@sayso/core";
import { openStage, type Stage, type StartOptions, type TestPerson } from "@sayso/testkit";
import { answerConsent, createPkce, registerApp } from "../../oauth/app.ts";
import { createVisitor } from "../../pages/visitor.ts";
import { openZapier, type Zapier } from "./zapier.ts";

const [redirectUri = ""] = presetRedirectUris("zapier", { zapierAppId: "123456" });

/** The data that Zapier stores about a connected account. */
export type AuthData = Record<string, string> & { access_token: string; refresh_token: string };

export interface ZapierStage extends Stage {
  zapier: Zapier;
  environment: Record<string, string>;
  /** Bob's account. All steps run with it unless they name another. */
  account: AuthData;
  connect: (person: TestPerson) => Promise<AuthData>;
}

/** Opens a server and the app with its environment, and connects Bob. */
export async function openZapierStage(options: StartOptions = {}): Promise<ZapierStage> {
  const stage = await openStage(options);
  const { id, secret } = await registerApp(stage.organization, {
    name: "Zapier",
    preset: "zapier",
    redirectUris: [redirectUri],
  });
  const environment = {
    SAYSO_URL: stage.server.url,
    CLIENT_ID: id,
    CLIENT_SECRET: secret ?? "",
  };
  const own: { account?: AuthData } = {};
  const zapier = await openZapier(environment, () => own.account ?? {});
  const connect = (person: TestPerson) => connectAccount(stage.server.url, zapier, person);
  own.account = await connect(stage.bob);
  return {
    ...stage,
    zapier,
    environment,
    account: own.account,
    connect,
    async close() {
      await zapier.stop();
      await stage.close();
    },
  };
}

/** Goes through OAuth. Zapier's part is the state, the challenge and the stored tokens. */
async function connectAccount(url: string, zapier: Zapier, person: TestPerson): Promise<AuthData> {
  const pkce = createPkce();
  const { results: asked } = await zapier.run<string>("authentication.oauth2Config.authorizeUrl", {
    inputData: { state: "a-state", redirect_uri: redirectUri },
  });
  const address = new URL(asked);
  address.searchParams.set("code_challenge", pkce.challenge);
  address.searchParams.set("code_challenge_method", "S256");
  const visitor = createVisitor(url);
  visitor.cookies.set("sayso_session", await person.signIn());
  const back = await answerConsent(visitor, address.pathname + address.search);
  const { results } = await zapier.run<AuthData>("authentication.oauth2Config.getAccessToken", {
    inputData: {
      code: back.searchParams.get("code"),
      redirect_uri: redirectUri,
      code_verifier: pkce.verifier,
    },
  });
  return results;
}
