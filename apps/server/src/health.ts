import { pendingMigrations } from "@sayso/database";
import type { Services } from "@sayso/core";
import type { RequestHandler } from "express";

const DATABASE_TIMEOUT_MS = 1000;

/** What keeps the process from being given requests. */
export interface Readiness {
  /** Set when the process begins to stop. */
  isDraining: boolean;
}

export interface HealthHandlers {
  /** `/healthz`: 200 while the process lives. */
  alive: RequestHandler;
  /** `/readyz`: 200 when requests can be served, else 503; the body says what each check found. */
  ready: RequestHandler;
}

/**
 * The two questions of an orchestrator. Readiness asks the database each time, at most one query at once; migrations
 * are asked for until none is pending, since none appears while a process runs.
 */
export function createHealth(
  services: Pick<Services, "system">,
  databaseUrl: string,
  readiness: Readiness,
): HealthHandlers {
  const isMigrated = onceTrue(async () => (await pendingMigrations(databaseUrl)).length === 0);
  const isDatabaseReachable = shared(() => services.system.query("select").then(() => true));

  return {
    alive: (_request, response) => {
      response.set("Cache-Control", "no-store").json({ status: "alive" });
    },
    ready: async (_request, response) => {
      const [database, migrations] = await Promise.all(
        [isDatabaseReachable, isMigrated].map((check) => within(DATABASE_TIMEOUT_MS, check)),
      );
      const checks = {
        database: database ? "ok" : "unreachable",
        migrations: migrations ? "ok" : database ? "pending" : "unknown",
        draining: readiness.isDraining,
      };
      const isReady = database === true && migrations === true && !readiness.isDraining;
      response
        .status(isReady ? 200 : 503)
        .set("Cache-Control", "no-store")
        .json({ status: isReady ? "ready" : "not ready", checks });
    },
  };
}

/** False for a check that fails or takes longer. */
async function within(ms: number, check: () => Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(resolve, ms, false)));
  return Promise.race([check().catch(() => false), late]).finally(() => clearTimeout(timer));
}

/** Calls at the same time are one call. */
function shared<T>(run: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  return () => (running ??= run().finally(() => (running = null)));
}

function onceTrue(run: () => Promise<boolean>): () => Promise<boolean> {
  let isTrue = false;
  const ask = shared(run);
  return async () => (isTrue ||= await ask());
}
