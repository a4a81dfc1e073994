// A Make with our app, beside a real server. The test kit's engine runs the app as it is deployed.
import { make, openStage, type Stage, type StartOptions, type TestPerson } from "@sayso/testkit";
import { answerConsent, registerApp } from "../../oauth/app.ts";
import { createVisitor } from "../../pages/visitor.ts";

export interface MakeStage extends Stage {
  app: make.MakeApp;
  engine: make.MakeEngine;
  /** A connection to Sayso with the key of a Sayso connection that may decide. */
  connection: make.Connected;
  /** Connects with OAuth as this person. */
  connectAs: (person: TestPerson, parameters?: Record<string, unknown>) => Promise<make.Connected>;
  /**
   * Creates an app as an admin registers it for Make. @returns the fields that a user fills in to connect with OAuth
   */
  oauthParameters: () => Promise<Record<string, unknown>>;
}

export const createEngine = async (): Promise<{ app: make.MakeApp; engine: make.MakeEngine }> => {
  const app = await make.readMakeApp(make.makeAppFolder);
  return { app, engine: make.createInterpreter(app) };
};

export async function openMakeStage(options: StartOptions = {}): Promise<MakeStage> {
  const stage = await openStage(options);
  const { app, engine } = await createEngine();
  const decider = await stage.organization.addConnection({
    preset: "make",
    canDecide: true,
    canDecideOwn: true,
  });
  const connection = await engine.connect("apiKey", { url: stage.server.url, apiKey: decider.key });
  const oauthParameters = async () => {
    const registered = await registerApp(stage.organization, {
      name: "Make",
      preset: "make",
      redirectUris: ["https://www.make.com/oauth/cb/app"],
    });
    return {
      url: stage.server.url,
      clientId: registered.id,
      clientSecret: registered.secret,
    };
  };
  return {
    ...stage,
    app,
    engine,
    connection,
    oauthParameters,
    connectAs: async (person, parameters) =>
      engine.connect(
        "oauth",
        parameters ?? (await oauthParameters()),
        await allowAs(stage.server.url, person),
      ),
  };
}

/** Opens a browser in which this person is signed in and allows every consent. */
export async function allowAs(url: string, person: TestPerson): Promise<make.Browser> {
  const visitor = createVisitor(url);
  visitor.cookies.set("sayso_session", await person.signIn());
  return (address) => answerConsent(visitor, address.href.slice(url.length));
}
