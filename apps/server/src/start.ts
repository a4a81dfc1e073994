import { createServer, type RequestListener, type Server } from "node:http";
import { Server as NetServer, type Socket } from "node:net";
import {
  createAuthenticator,
  createCallRecorder,
  createRateLimiter,
  createServices,
  type Authenticator,
  type CallRecorder,
  type RateLimiter,
  type Services,
} from "@sayso/core";
import express from "express";
import type { Logger } from "pino";
import type { Config } from "./config.ts";
import { createFailpoints } from "./failpoints.ts";
import { createHealth, type HealthHandlers, type Readiness } from "./health.ts";
import { createApp } from "./app.ts";
import { createAuthorizationServer } from "./oauth/authorization-server.ts";
import { openDatabase, type OpenDatabase } from "./open-database.ts";
import { createSite } from "./pages/pages.ts";
import { welcome } from "./welcome.ts";
import { createAddressGuard } from "./webhooks/address-guard.ts";
import { createMailSender } from "./worker/mail-sender.ts";
import { createWebhookSender } from "./webhooks/send-webhook.ts";
import { createComplaints } from "./worker/complaints.ts";
import { createEventNotifier, createWorkNotifier, listenForHints } from "./worker/work-hints.ts";
import { startWorker, type Worker } from "./worker/worker.ts";

/** A server that answers. */
export interface RunningServer {
  /** The address at which people and machines reach it. */
  url: string;
  /** The text for the person who started it. It holds secrets, so it must not be logged. */
  welcome: string;
  /** Drains and ends, within 30 s. Further calls return the same promise. */
  stop(): Promise<void>;
}

/** The time in which load balancers can see that /readyz says 503, before new connections are refused. */
const NOTICE_MS = 500;
/** The time in which a caller that has just connected can send its request. */
const LINGER_MS = 100;
const REQUESTS_PATIENCE_MS = 20_000;
/** The longest time in which a caller reads nothing of an answer. */
const NOT_TAKEN_MS_MAX = 15_000;

/**
 * Starts everything that the configuration's role needs. Resolves when the server is ready.
 *
 * @throws the errors of `openDatabase`, and node's error if the port is taken
 */
export async function startServer(config: Config, log: Logger): Promise<RunningServer> {
  const database = await openDatabase(config, { purpose: "server", log });
  const http = createHttpServer();
  try {
    const port = await listen(http.server, config);
    return await compose(config, log, database, http, config.url ?? `http://localhost:${port}`);
  } catch (error) {
    http.server.close();
    await database.close().catch(() => undefined);
    throw error;
  }
}

async function compose(
  config: Config,
  log: Logger,
  database: OpenDatabase,
  http: HttpServer,
  url: string,
): Promise<RunningServer> {
  const readiness: Readiness = { isDraining: false };
  const draining = new AbortController();
  let worker: Worker | undefined;
  const runsWorker = config.role !== "api";
  const base = createServices({
    ...database,
    publicUrl: url,
    mail: { isEnabled: config.mail !== null },
    defaultPlan: config.requestsPlan,
    reach: createFailpoints(),
    reserveDelivery: (target) => worker?.reserveDelivery(target) ?? null,
    wakeWorker: runsWorker ? () => worker?.wake() : createWorkNotifier(database),
    eventsWritten: runsWorker ? () => worker?.wakeSequencer() : createEventNotifier(database),
  });
  // When the server begins to stop, every wait for a decision ends with the current state.
  const services: Services = {
    ...base,
    waitForDecision: (organizationId, requestId, timeoutMs, signal) =>
      base.waitForDecision(
        organizationId,
        requestId,
        timeoutMs,
        AbortSignal.any([draining.signal, ...(signal ? [signal] : [])]),
      ),
  };
  const health = createHealth(services, database.url, readiness);
  const onError = (error: unknown): void =>
    log.warn({ err: error }, "could not write when keys were last used; trying again");
  const authenticator = createAuthenticator(services, { onError });
  const limiter = createRateLimiter(services);
  const calls = createCallRecorder(services, reportLostCalls(log));
  const sender = createWebhookSender({
    guard: createAddressGuard({ allowedCidrs: config.allowedCallbackCidrs }),
  });
  if (runsWorker) {
    const mailSender = config.mail && createMailSender(config.mail);
    worker = startWorker({ services, sender, mailSender, log });
  }
  // A worker listens for hints itself.
  const stopListening = runsWorker
    ? undefined
    : listenForHints(services, { onFeed: services.feed.changed }, createComplaints(log));
  // Before the first answer, because it ends the votes that connections had only at a localhost address.
  const greeting =
    config.role === "worker"
      ? `\nSayso's worker is running for ${url}\n\n`
      : await welcome({
          services,
          log,
          isLocal: config.isLocal,
          allowedCallbackCidrs: config.allowedCallbackCidrs,
        });
  http.serve(
    config.role === "worker"
      ? healthOnly(health)
      : await createFullApp(config, log, { services, health, authenticator, limiter, calls }),
  );
  log.info({ url, host: config.host, role: config.role, node: process.version }, "ready");

  const stop = async (): Promise<void> => {
    log.info("stopping");
    readiness.isDraining = true;
    draining.abort();
    services.feed.close();
    stopListening?.();
    await Promise.all([http.drain(), worker?.stop()]);
    sender.close();
    await Promise.all([authenticator.close(), limiter.close(), calls.close()]);
    await database.close();
    log.info("stopped");
  };
  let stopped: Promise<void> | undefined;
  return { url, welcome: greeting, stop: () => (stopped ??= stop()) };
}

async function createFullApp(
  config: Config,
  log: Logger,
  parts: {
    services: Services;
    health: HealthHandlers;
    authenticator: Authenticator;
    limiter: RateLimiter;
    calls: CallRecorder;
  },
): Promise<RequestListener> {
  const { services, health, authenticator, limiter, calls } = parts;
  const site = createSite({ services, log });
  return createApp({
    services,
    site,
    authorizationServer: await createAuthorizationServer({
      services,
      log,
      site,
      allowsRegistration: config.allowsClientRegistration,
    }),
    authenticator,
    limiter,
    calls,
    log,
    trustProxy: config.trustProxy,
    health,
    checkResponses: process.env.NODE_ENV === "test" || process.env.NODE_ENV === "development",
  });
}

/** Logs calls that the request log lost, at most once a minute. */
function reportLostCalls(log: Logger): (calls: number, error: unknown) => void {
  let [unreported, reportedAt] = [0, -Infinity];
  return (calls, error) => {
    unreported += calls;
    if (performance.now() - reportedAt < 60_000) return;
    log.warn(
      { calls: unreported, ...(error !== null && { err: error }) },
      "the request log lacks calls",
    );
    [unreported, reportedAt] = [0, performance.now()];
  };
}

/** Serves only the orchestrator's health checks, for a process that is only a worker. */
function healthOnly(health: HealthHandlers): RequestListener {
  const app = express();
  app.disable("x-powered-by");
  app.get("/healthz", health.alive);
  app.get("/readyz", health.ready);
  return app;
}

/** Stops listening and nothing else. http's own close also cuts off callers who have connected and not asked yet. */
const closeListener: (this: NetServer, callback: (value: unknown) => void) => unknown =
  NetServer.prototype.close;

interface HttpServer {
  server: Server;
  /** Answers with this listener from now on. */
  serve(listener: RequestListener): void;
  /** Announces the stop, then accepts no more connections. Resolves when running requests have ended. */
  drain(): Promise<void>;
}

function createHttpServer(): HttpServer {
  let isDraining = false;
  /** The number of running requests of each connection. */
  const answering = new WeakMap<Socket, number>();
  let listener: RequestListener = (_request, response) => {
    response.writeHead(503, { "Retry-After": "1", "Content-Type": "application/json" });
    response.end('{"status":"not ready","checks":{"database":"starting"}}');
  };
  const server = createServer(
    // A slow caller is cut off: 10 s for the headers, 30 s for the whole request (slowloris).
    {
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      connectionsCheckingInterval: 2_000,
      keepAliveTimeout: 65_000,
    },
    (request, response) => {
      const { socket } = request;
      answering.set(socket, (answering.get(socket) ?? 0) + 1);
      response.once("close", () => answering.set(socket, (answering.get(socket) ?? 1) - 1));
      // The caller's next request goes to another process.
      if (isDraining) response.setHeader("Connection", "close");
      // Here, because every answer passes here, and no browser shall take one for a type that it isn't.
      response.setHeader("X-Content-Type-Options", "nosniff");
      void listener(request, response);
    },
  );
  // The time counts from the last byte in either direction. A caller that waits for an answer keeps its connection; one
  // that doesn't read its answer loses it, which frees the memory. With a listener, node leaves idle connections to it,
  // too.
  server.setTimeout(NOT_TAKEN_MS_MAX, (socket: Socket) => {
    if (socket.writableLength > 0 || !answering.get(socket)) socket.destroy();
  });
  return {
    server,
    serve: (next) => (listener = next),
    async drain() {
      isDraining = true;
      await new Promise((resolve) => setTimeout(resolve, NOTICE_MS));
      const closed = new Promise((resolve) => closeListener.call(server, resolve));
      // A connection becomes idle only when its last answer has ended, so this repeats.
      const closing = setInterval(() => server.closeIdleConnections(), LINGER_MS);
      const impatient = setTimeout(() => server.closeAllConnections(), REQUESTS_PATIENCE_MS);
      await closed;
      clearInterval(closing);
      clearTimeout(impatient);
    },
  };
}

function listen(server: Server, { port, host }: Config): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : port);
    });
  });
}
