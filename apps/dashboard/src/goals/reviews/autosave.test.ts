import { expect, test } from "vitest";
import { createAutosave } from "./autosave.ts";

/** Makes a `save` whose calls end only when the test ends them. */
function saver() {
  const saved: string[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const save = (value: string) =>
    new Promise<void>((resolve, reject) => {
      saved.push(value);
      ends.push((error) => (error ? reject(error) : resolve()));
    });
  return { saved, ends, save };
}

test("what is written while it saves is saved after it, the newest only", async () => {
  const { saved, ends, save } = saver();
  const autosave = createAutosave(save, 60_000);
  autosave.change("a");
  const flushed = autosave.flush();
  autosave.change("ab");
  autosave.change("abc");
  expect([saved, autosave.state().is]).toEqual([["a"], "saving"]);
  ends[0]?.();
  await expect.poll(() => saved).toEqual(["a", "abc"]);
  ends[1]?.();
  await flushed;
  expect(autosave.state().is).toBe("saved");
});

test("what failed is not forgotten: it is saved by the next flush", async () => {
  const { saved, ends, save } = saver();
  const autosave = createAutosave(save, 60_000);
  autosave.change("a");
  const flushed = autosave.flush();
  ends[0]?.(new Error("no line"));
  await expect(flushed).rejects.toThrow("no line");
  expect(autosave.state()).toMatchObject({ is: "failed" });
  const again = autosave.flush();
  ends[1]?.();
  await again;
  expect([saved, autosave.state().is]).toEqual([["a", "a"], "saved"]);
});

test("it saves by itself after a pause, and nothing where nothing was written", async () => {
  const { saved, ends, save } = saver();
  const autosave = createAutosave(save, 1);
  await autosave.flush();
  expect([saved, autosave.state().is]).toEqual([[], "clean"]);
  autosave.change("a");
  expect(autosave.state().is).toBe("unsaved");
  await expect.poll(() => saved).toEqual(["a"]);
  ends[0]?.();
  await expect.poll(() => autosave.state().is).toBe("saved");
});
