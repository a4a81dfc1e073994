export { Template } from "./administration.ts";
export { Delivery } from "./deliveries.ts";
export { Event } from "./events.ts";
export { Subscription } from "./subscriptions.ts";
export { Approval, BatchResult, Comment, Decided, Step } from "./schemas.ts";
