import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api.ts";
import { strings } from "../strings/index.ts";
import { ConfirmDialog } from "../ui/dialogs/confirm-dialog.tsx";
import { Field, Textarea } from "../ui/forms/field.tsx";
import { toast } from "../ui/toasts/toast.tsx";
import { useRereadRequest } from "./queries.ts";

interface CancelDialogProps {
  requestId: string;
  isOpen: boolean;
  onClose: () => void;
}

/** Cancels a request, for the person who asked. */
export function CancelDialog({ requestId, isOpen, onClose }: CancelDialogProps) {
  const { cancel } = strings.request;
  const client = useQueryClient();
  const reread = useRereadRequest(requestId);
  const [reason, setReason] = useState("");
  const confirm = async () => {
    await api.cancelApproval({
      id: requestId,
      ...(reason.trim() !== "" && { reason: reason.trim() }),
    });
    for (const key of ["inbox", "requests"]) void client.invalidateQueries({ queryKey: [key] });
    await reread();
    toast(cancel.done);
  };
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onClose={onClose}
      title={cancel.title}
      verb={cancel.verb}
      onConfirm={confirm}
    >
      <p>{cancel.lead}</p>
      <Field label={cancel.reason} isOptional>
        <Textarea
          rows={2}
          maxLength={2000}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </Field>
    </ConfirmDialog>
  );
}
