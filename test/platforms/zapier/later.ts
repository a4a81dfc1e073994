import { vi } from "vitest";

/** Runs something with the date set this much later. Timers are unchanged. */
export async function later<Of>(ms: number, act: () => Promise<Of>): Promise<Of> {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
  try {
    return await act();
  } finally {
    vi.useRealTimers();
  }
}
