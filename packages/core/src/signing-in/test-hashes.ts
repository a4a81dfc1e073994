import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";

/** The work of one argon2 hash: everything that its duration depends on. */
export interface HashWork {
  memory: number;
  passes: number;
  parallelism: number;
  tagLength: number;
  messageBytes: number;
}

/**
 * For tests: returns the argon2 hashes that are computed while `work` runs. The same hashes take the same time, which
 * measured durations don't show on a busy machine.
 */
export async function hashesDuring(work: () => Promise<unknown>): Promise<HashWork[]> {
  const hashes: HashWork[] = [];
  const { argon2 } = crypto;
  const counting: typeof argon2 = (algorithm, parameters, callback) => {
    const { memory, passes, parallelism, tagLength, message } = parameters;
    const messageBytes = Buffer.byteLength(message);
    hashes.push({ memory, passes, parallelism, tagLength, messageBytes });
    argon2(algorithm, parameters, callback);
  };
  const replace = (by: typeof argon2): void => {
    Object.assign(crypto, { argon2: by });
    syncBuiltinESMExports();
  };
  replace(counting);
  try {
    await work();
  } finally {
    replace(argon2);
  }
  return hashes;
}
