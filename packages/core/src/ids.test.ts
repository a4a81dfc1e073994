import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

const timeOf = (id: string): number => Number.parseInt(id.replace("-", "").slice(0, 12), 16);

describe("new ids", () => {
  let newId: () => string;
  // Anew, because a test of another file may have shown it a later clock.
  beforeEach(async () => {
    vi.resetModules();
    ({ newId } = await import("./ids.ts"));
  });
  afterEach(() => vi.useRealTimers());

  test("are UUIDs of version 7, each made once, and each sorts after the one before", () => {
    const begin = Date.now();
    const ids = Array.from({ length: 5000 }, () => newId());
    const end = Date.now();
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
    expect(timeOf(ids[0] ?? "")).toBeGreaterThanOrEqual(begin);
    expect(timeOf(ids.at(-1) ?? "")).toBeLessThanOrEqual(end);
    // The last 48 bits are random: no two ids share them.
    expect(new Set(ids.map((id) => id.slice(24))).size).toBe(ids.length);
  });

  test("ascend while the clock goes back", () => {
    const before = newId();
    vi.useFakeTimers({ now: Date.now() - 60_000 });
    expect(newId() > before).toBe(true);
  });
});
