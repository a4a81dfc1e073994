import { expect, test } from "vitest";
import { faultsOfTable } from "./table-faults.ts";

test("each fault is told with its line, in the order of lines", () => {
  const message =
    "csv: line 3, column 2: target must be a number, such as 12.5; csv: line 2, column 1: name is required; it is";
  expect(faultsOfTable(message, "name,target\r\n,1\r\nA,b")).toEqual([
    { line: 2, column: 1, message: "name is required; it is", row: ",1" },
    { line: 3, column: 2, message: "target must be a number, such as 12.5", row: "A,b" },
  ]);
  expect(faultsOfTable("Sayso can't be reached", "")).toEqual([]);
});
