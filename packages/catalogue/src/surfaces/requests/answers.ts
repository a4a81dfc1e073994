export { Request } from "./schemas.ts";
