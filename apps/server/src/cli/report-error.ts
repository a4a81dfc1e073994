import { ApiError, printError, describeError } from "@sayso/cli";
import { DomainError } from "@sayso/core";
import { errorCode } from "@sayso/database";
import { ConfigError } from "../config.ts";
import { redactText } from "../log.ts";

/** Writes to stderr why a verb failed: one line for people, or `{error: {code, message}}`. */
export function reportError(error: unknown, asJson: boolean): void {
  const message = redactText(describeCause(error));
  const code =
    error instanceof DomainError || error instanceof ApiError
      ? error.code
      : (errorCode(error) ?? "error");
  printError({ code, message }, asJson);
}

function describeCause(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const code = errorCode(error);
  if (code === "EADDRINUSE")
    return "The port is already in use (EADDRINUSE). Stop the other program, or set PORT to another port.";
  const text = describeError(error);
  return text === "" ? String(code) : text;
}
