import { vi } from "vitest";

/** Runs something as if it were so much later; timers go on as they are. */
export async function later<Of>(ms: number, act: () => Promise<Of>): Promise<Of> {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
  try {
    return await act();
  } finally {
    vi.useRealTimers();
  }
}
