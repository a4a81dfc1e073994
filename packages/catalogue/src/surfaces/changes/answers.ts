export { AuditLog, Change, Entity, EntityType, NewEntityType, ProposedChange } from "./schemas.ts";
