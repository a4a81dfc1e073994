import { pendingMigrations } from "@sayso/database";
import type { Services } from "@sayso/core";
import type { RequestHandler } from "express";

const DATABASE_TIMEOUT_MS = 1000;

/** The state that keeps the process from getting requests. */
export interface Readiness {
  /** Set when the process begins to stop. */
  isDraining: boolean;
}

export interface HealthHandlers {
  /** Answers `/healthz` with 200 while the process lives. */
  alive: RequestHandler;
  /** Answers `/readyz` with 200 if requests can be served, otherwise 503. The body holds the result of each check. */
  ready: RequestHandler;
}

/**
 * Creates the two answers for an orchestrator. Readiness queries the database each time, with one query at once at
 * most. Migrations are checked until none is pending, because none appears while a process runs.
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

/** Returns false for a check that fails or takes longer than `ms`. */
async function within(ms: number, check: () => Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(resolve, ms, false)));
  return Promise.race([check().catch(() => false), late]).finally(() => clearTimeout(timer));
}

/** Joins calls at the same time into one. */
function shared<T>(run: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  return () => (running ??= run().finally(() => (running = null)));
}

function onceTrue(run: () => Promise<boolean>): () => Promise<boolean> {
  let isTrue = false;
  const ask = shared(run);
  return async () => (isTrue ||= await ask());
}
