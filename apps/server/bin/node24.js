// Finds and starts Node 24. This file runs on Node 20 as well, without any installed package.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import path from "node:path";

/** Returns the path of the Node 24 that npm installed (package `node`); undefined before the install. */
export function findNode24() {
  try {
    const manifest = createRequire(import.meta.url).resolve("node/package.json");
    return ["node", "node.exe"]
      .map((name) => path.join(path.dirname(manifest), "bin", name))
      .find((file) => existsSync(file));
  } catch {
    return undefined;
  }
}

// A terminal's Ctrl-C and npm's forwarding of it arrive within a few milliseconds of each other.
const sameKeypressMs = 500;

/**
 * Runs a command to its end and returns its exit code (128 + n if signal n ended it). Each signal to this process
 * reaches the command once, so that a server drains and a second Ctrl-C still counts.
 *
 * - `ownGroup`: the command gets its own process group, which a terminal's Ctrl-C does not reach. So the command stops
 *   its own children (PostgreSQL), not the terminal.
 * - `signalGroup`: with `ownGroup`, signals go to all processes of that group.
 */
export function runToEnd(command, args, options = {}) {
  const { ownGroup = false, signalGroup = false, ...spawnOptions } = options;
  const child = spawn(command, args, {
    stdio: "inherit",
    detached: ownGroup && process.platform !== "win32",
    ...spawnOptions,
  });

  const forwardedAt = new Map();
  const forward = (signal) => {
    if (Date.now() - (forwardedAt.get(signal) ?? 0) < sameKeypressMs) return;
    forwardedAt.set(signal, Date.now());
    try {
      if (signalGroup && child.pid) process.kill(-child.pid, signal);
      else child.kill(signal);
    } catch {
      // It has just ended by itself.
    }
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, forward);
  stopWithNpm(() => forward("SIGTERM"));

  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      for (const name of signals) process.off(name, forward);
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}

/**
 * Calls `stop` once when the parent process is gone, however it ended. Does so only if npm or npx started this process:
 * npx passes SIGTERM to a shell, which ends and leaves its child running.
 */
export function stopWithNpm(stop) {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    stop();
  }, 500);
  watch.unref();
}
