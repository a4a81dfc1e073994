// Loaded into the server that `npm run dev` starts. It ends the server when the parent process ends, for any reason. On
// a message, it stores the code that Node compiled, so that the next server starts sooner.
import { flushCompileCache } from "node:module";

process.on("disconnect", () => process.exit());
process.on("message", () => flushCompileCache());
// Lets a server that fails to start end.
process.channel?.unref();
