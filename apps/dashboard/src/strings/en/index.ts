export { charts } from "./charts.ts";
export { common } from "./everywhere.ts";
export { goals } from "./goals.ts";
export { inbox } from "./inbox.ts";
export { organization } from "./organization.ts";
export { request } from "./request.ts";
export { shell } from "./shell.ts";
