import { must } from "@sayso/must";
import { collect, requireValid, type Communication } from "./communicate.ts";
import { connect, invalidate, refresh, type Connected } from "./connect.ts";
import type { RequestDirectives } from "./directives.ts";
import type { Hook, MakeEngine, Run } from "./engine.ts";
import { fillIn, type Scope } from "./evaluate.ts";
import { readParameters, type ParameterSpec } from "./parameters.ts";
import { poll, readEpoch, startState } from "./poll.ts";
import type { MakeApp, MakeModuleCode } from "./read-app.ts";
import { send, type LogEntry } from "./send.ts";
import { take } from "./webhook.ts";

export interface InterpreterOptions {
  /** The value of `now`; default: the present time. */
  now?: () => Date;
}

/**
 * Runs an app's code as Make's documentation describes. It implements the constructs that our app uses, each rule with
 * its page in the documentation. It refuses constructs that it doesn't know.
 */
export function createInterpreter(app: MakeApp, options: InterpreterOptions = {}): MakeEngine {
  const now = options.now ?? (() => new Date());
  const log: LogEntry[] = [];

  const moduleOf = (name: string): MakeModuleCode => {
    const found = app.modules[name];
    if (!found) throw new TypeError(`There is no module ${name}`);
    return found;
  };

  /** Renews a token that is about to end before it is used (…/connections/oauth2, `refresh`). */
  const renew = async (connection: Connected) => {
    Object.assign(connection, await refresh(app, connection, log));
  };

  const scopeOf = (specs: readonly ParameterSpec[], run: Run, more: Scope = {}): Scope => ({
    now: now(),
    common: app.common,
    connection: run.connection.data,
    parameters: readParameters(specs, run.parameters ?? {}),
    ...more,
  });

  const prepare = async (name: string, run: Run, more: Scope = {}): Promise<Communication> => {
    const code = moduleOf(name);
    await renew(run.connection);
    const specs = [...(code.staticParams ?? []), ...(code.mappableParams ?? [])];
    return { requests: code.communication, base: app.base, scope: scopeOf(specs, run, more), log };
  };

  return {
    log,
    connect: (component, parameters, browse) => connect(app, component, parameters, log, browse),
    refresh: renew,
    invalidate: (connection) => invalidate(app, connection, log),
    run: async (name, run) => collect(await prepare(name, run)),
    async options(name, run) {
      const rpc = app.rpcs[name];
      if (!rpc) throw new TypeError(`There is no RPC ${name}`);
      await renew(run.connection);
      return (await collect({
        requests: rpc.communication,
        base: app.base,
        scope: scopeOf(rpc.params ?? [], run),
        log,
      })) as { label: string; value: string }[];
    },
    async epoch(name, run) {
      const communication = await prepare(name, run, { data: {}, trigger: {} });
      return readEpoch({ ...communication, requests: withEpoch(moduleOf(name)) });
    },
    start: (name, start) => {
      const { response } = moduleOf(name).communication as RequestDirectives;
      return startState(start, must(must(response).trigger).type, now());
    },
    poll: async (name, { state, ...run }) => poll(await prepare(name, run), state),
    async attach(component, { url, ...run }) {
      const code = app.webhooks[component];
      if (!code) throw new TypeError(`There is no webhook ${component}`);
      await renew(run.connection);
      const scope = scopeOf(code.params ?? [], run, { webhook: { id: 1, url } });
      const { answer, response } = await send(code.attach, app.base, scope, log);
      requireValid(response, answer, { ...scope, ...answer });
      const data = fillIn(response.data ?? {}, { ...scope, ...answer }) as Hook["data"];
      return { component, url, parameters: run.parameters ?? {}, data };
    },
    async detach({ component, url, parameters, data }, { connection }) {
      await renew(connection);
      const code = must(app.webhooks[component]);
      const scope = scopeOf(
        code.params ?? [],
        { connection, parameters },
        { webhook: { url, ...data } },
      );
      await send(code.detach, app.base, scope, log);
    },
    take: ({ component, parameters }, incoming) =>
      take(must(app.webhooks[component]).communication, incoming, {
        parameters,
        common: app.common,
      }),
    runInstant: async (name, { payload, ...run }) => collect(await prepare(name, run, { payload })),
  };
}

/** Returns the trigger's request, with its epoch's directives replacing its own (…/component-blocks/epoch). */
function withEpoch({ communication, epoch }: MakeModuleCode): RequestDirectives {
  const own = communication as RequestDirectives;
  return {
    ...own,
    ...epoch,
    qs: { ...own.qs, ...epoch.qs },
    response: { ...own.response, ...epoch.response },
  };
}
