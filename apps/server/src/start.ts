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
  /** Where people and machines reach it. */
  url: string;
  /** What to show the person who started it; holds secrets, so it is not for the log. */
  welcome: string;
  /** Drains and ends, within 30 s. May be called again. */
  stop(): Promise<void>;
}

/** How long load balancers get to see that /readyz says 503 before new connections are refused. */
const NOTICE_MS = 500;
/** How long who has just connected gets to ask. */
const LINGER_MS = 100;
const REQUESTS_PATIENCE_MS = 20_000;
/** How long a caller may take nothing of an answer. */
const NOT_TAKEN_MS_MAX = 15_000;

/**
 * Starts everything that the configuration's role asks for, and resolves when the server is ready.
 *
 * @throws what `openDatabase` throws, and node's error when the port is taken
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
  // Whoever waits for a decision is answered with what is known when the server begins to stop.
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
  const calls = createCallRecorder(services, tellOfLostCalls(log));
  const sender = createWebhookSender({
    guard: createAddressGuard({ allowedCidrs: config.allowedCallbackCidrs }),
  });
  if (runsWorker) {
    const mailSender = config.mail && createMailSender(config.mail);
    worker = startWorker({ services, sender, mailSender, log });
  }
  // A worker listens by itself.
  const stopListening = runsWorker
    ? undefined
    : listenForHints(services, { onFeed: services.feed.changed }, createComplaints(log));
  // Before anybody is answered: it ends votes that this address ends.
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

/** What the request log lacks is worth a line a minute, not one a second. */
function tellOfLostCalls(log: Logger): (calls: number, error: unknown) => void {
  let [untold, toldAt] = [0, -Infinity];
  return (calls, error) => {
    untold += calls;
    if (performance.now() - toldAt < 60_000) return;
    log.warn(
      { calls: untold, ...(error !== null && { err: error }) },
      "the request log lacks calls",
    );
    [untold, toldAt] = [0, performance.now()];
  };
}

/** A process that is only a worker answers nothing but an orchestrator's questions. */
function healthOnly(health: HealthHandlers): RequestListener {
  const app = express();
  app.disable("x-powered-by");
  app.get("/healthz", health.alive);
  app.get("/readyz", health.ready);
  return app;
}

/** Stops listening and nothing else, unlike http's own, which also cuts off callers who have connected and not asked yet. */
const closeListener: (this: NetServer, callback: (value: unknown) => void) => unknown =
  NetServer.prototype.close;

interface HttpServer {
  server: Server;
  /** Answers with this from now on. */
  serve(listener: RequestListener): void;
  /** Tells that it is leaving, then accepts nothing more; resolves when the requests under way have ended. */
  drain(): Promise<void>;
}

function createHttpServer(): HttpServer {
  let isDraining = false;
  /** How many requests of a connection are under way. */
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
      void listener(request, response);
    },
  );
  // Counts from the last byte in either direction. Whoever waits for an answer may wait; whoever doesn't take it is cut off,
  // and what was held for them is free. Of idle connections node would see to by itself if nobody listened.
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
      // Those whose last answer ends later become idle later.
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
