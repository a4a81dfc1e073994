// Loaded into the server that `npm run dev` starts. It ends with the process that started it, however that one ended; when it
// is asked to, it writes down what Node compiled, so that the next one starts sooner.
import { flushCompileCache } from "node:module";

process.on("disconnect", () => process.exit());
process.on("message", () => flushCompileCache());
// A server that fails to start ends all the same.
process.channel?.unref();
