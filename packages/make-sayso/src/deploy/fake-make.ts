// Simulates Make's API for custom apps, as far as the types of its client describe it. It stores everything that is
// sent to it.
import type { SDKApp, SDKConnection, SDKModule, SDKRPC, SDKWebhook } from "@makehq/sdk";
import nock from "nock";

export const APP = "sayso-x1y2z3";
const ORIGIN = "https://eu1.make.com";

export interface FakeMake {
  app: Pick<SDKApp, "name" | "label" | "version" | "public">;
  connections: Map<string, SDKConnection>;
  webhooks: Map<string, SDKWebhook>;
  modules: Map<string, SDKModule>;
  rpcs: Map<string, SDKRPC>;
  /** The code by `connections/<name>/<section>`, and by `base`, `groups`, `readme` for the app. */
  code: Map<string, string>;
  /** Makes the next request that changes something fail with this status. */
  failNextChange: (status: number) => void;
  /** All requests so far, as `POST /path`. */
  requests: string[];
  /** The requests among them that change something. */
  readonly writes: string[];
}

type Body = Record<string, unknown>;
type Reply = [status: number, body: unknown, headers?: Record<string, string>];
type Route = (match: string[], body: Body, text: string) => Reply;

const template = '{\n\t// A template of Make\'s\n\t"url": "/example"\n}';

/** Replaces eu1.make.com until `nock.cleanAll()`. */
export function startFakeMake(): FakeMake {
  let failing: number | null = null;
  let made = 0;
  const state: FakeMake = {
    app: { name: APP, label: "Sayso", version: 1, public: false },
    connections: new Map(),
    webhooks: new Map(),
    modules: new Map(),
    rpcs: new Map(),
    code: new Map(),
    requests: [],
    get writes() {
      return state.requests.filter((request) => !request.startsWith("GET"));
    },
    failNextChange: (status) => (failing = status),
  };
  const routes = routesOf(state, () => `${APP}-${++made}`);
  const answer = (method: string, uri: string, text: string): Reply => {
    const path = uri.replace("/api/v2/sdk/apps", "");
    state.requests.push(`${method} ${path}`);
    if (method !== "GET" && failing !== null) {
      const status = failing;
      failing = null;
      return [status, { message: "Make has a bad day" }];
    }
    for (const [verb, pattern, route] of routes) {
      const match = verb === method && pattern.exec(path);
      if (match) return route(match.slice(1), parse(text), text);
    }
    return [404, { message: `${method} ${path} is not there` }];
  };
  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"])
    nock(ORIGIN)
      .persist()
      .intercept(/^\/api\/v2\/sdk\/apps\//, method)
      .reply(async (request: Request) => {
        const [status, body, headers] = answer(
          method,
          new URL(request.url).pathname,
          await request.text(),
        );
        return typeof body === "string"
          ? [status, body, headers]
          : [status, JSON.stringify(body), { "content-type": "application/json" }];
      });
  return state;
}

function parse(text: string): Body {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" ? { ...body } : {};
  } catch {
    return {};
  }
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

interface Component {
  name: string;
  public?: boolean;
}

const notFound: Reply = [404, { message: "Not found" }];
const jsonc = { "content-type": "application/jsonc" };

interface Kind<One extends Component> {
  name: string;
  /** The path of the list. */
  root: string;
  all: Map<string, One>;
  /** Make's names for several and for one of them in its answers. */
  keys: [many: string, one: string];
  create: (body: Body) => Reply;
}

type Routes = [method: string, path: RegExp, route: Route][];

function routesOfKind<One extends Component>(
  state: FakeMake,
  { name: kind, root, all, keys, create }: Kind<One>,
): Routes {
  const isOfApp = kind === "modules" || kind === "rpcs";
  const one = isOfApp ? `${root}/([^/]+)` : `^/${kind}/([^/]+)`;
  const remove: Route = ([name = ""]) => {
    const component = all.get(name);
    if (!component) return notFound;
    const isPublished = state.app.public || component.public === true;
    if (isPublished) return [403, { message: "A published component can't be deleted" }];
    all.delete(name);
    return [200, { ok: true }];
  };
  const patch: Route = ([name = ""], body) => {
    const component = all.get(name);
    if (!component) return notFound;
    return [200, { [keys[1]]: Object.assign(component, body) }];
  };
  const read: Route = ([name = "", part = ""]) =>
    all.has(name) ? [200, state.code.get(`${kind}/${name}/${part}`) ?? template, jsonc] : notFound;
  const write: Route = ([name = "", part = ""], _, text) => {
    if (!all.has(name)) return notFound;
    state.code.set(`${kind}/${name}/${part}`, text);
    return [200, { changed: true }];
  };
  return [
    ["GET", new RegExp(`${root}$`), () => [200, { [keys[0]]: [...all.values()] }]],
    ["POST", new RegExp(`${root}$`), (_, body) => create(body)],
    ["PATCH", new RegExp(`${one}$`), patch],
    ["DELETE", new RegExp(`${one}$`), remove],
    ["GET", new RegExp(`${one}/([^/]+)$`), read],
    ["PUT", new RegExp(`${one}/([^/]+)$`), write],
  ];
}

const unset = { connection: null, altConnection: null };

function routesOf(state: FakeMake, newName: () => string): Routes {
  const ofApp = `^/${APP}/1`;
  return [
    ["GET", new RegExp(`${ofApp}$`), () => [200, { app: state.app }]],
    ...routesOfKind(state, {
      name: "connections",
      root: `^/${APP}/connections`,
      all: state.connections,
      keys: ["appConnections", "appConnection"],
      create(body) {
        const made: SDKConnection = {
          name: newName(),
          label: textOf(body.label),
          type: textOf(body.type),
        };
        state.connections.set(made.name, made);
        return [200, { appConnection: made }];
      },
    }),
    ...routesOfKind(state, {
      name: "webhooks",
      root: `^/${APP}/webhooks`,
      all: state.webhooks,
      keys: ["appWebhooks", "appWebhook"],
      create(body) {
        const [label, type] = [textOf(body.label), textOf(body.type)];
        const made: SDKWebhook = { ...unset, ...body, label, type, name: newName() };
        state.webhooks.set(made.name, made);
        return [200, { appWebhook: { label: made.label, type: made.type } }];
      },
    }),
    ...routesOfKind(state, {
      name: "modules",
      root: `${ofApp}/modules`,
      all: state.modules,
      keys: ["appModules", "appModule"],
      create(body) {
        if (body.typeId === 10 && !body.webhook) return [400, { message: "Without a webhook" }];
        const defaults = { ...unset, crud: null, webhook: null };
        const made: SDKModule = {
          ...defaults,
          ...body,
          name: textOf(body.name),
          label: textOf(body.label),
          description: textOf(body.description),
          typeId: Number(body.typeId),
          public: false,
          approved: false,
        };
        state.modules.set(made.name, made);
        return [200, { appModule: made }];
      },
    }),
    ...routesOfKind(state, {
      name: "rpcs",
      root: `${ofApp}/rpcs`,
      all: state.rpcs,
      keys: ["appRpcs", "appRpc"],
      create(body) {
        const [name, label] = [textOf(body.name), textOf(body.label)];
        state.rpcs.set(name, { ...unset, ...body, name, label });
        return [200, { appRpc: { name, label } }];
      },
    }),
    ...generalRoutes(state, ofApp),
  ];
}

function generalRoutes({ code }: FakeMake, ofApp: string): Routes {
  const path = new RegExp(`${ofApp}/(base|groups|readme)$`);
  return [
    [
      "GET",
      path,
      ([part = ""]) => [
        200,
        code.get(part) ?? "",
        part === "readme" ? { "content-type": "text/markdown" } : jsonc,
      ],
    ],
    [
      "PUT",
      path,
      ([part = ""], _, text) => {
        code.set(part, text);
        return [200, { changed: true }];
      },
    ],
  ];
}
