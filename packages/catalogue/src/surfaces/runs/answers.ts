export { Flow, Run } from "./schemas.ts";
