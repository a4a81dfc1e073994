import { ShieldAlert } from "lucide-react";
import { access } from "../strings/access.ts";
import { EmptyState } from "../ui/states.tsx";

/** Stands in place of a page that only admins see. */
export function AdminsOnly() {
  const { onlyAdmins, onlyAdminsHint } = access.connections;
  return (
    <EmptyState title={onlyAdmins} icon={<ShieldAlert aria-hidden />}>
      <p>{onlyAdminsHint}</p>
    </EmptyState>
  );
}
