import type { Team } from "@sayso/client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { api } from "../api.ts";
import { strings } from "../strings/index.ts";
import { Dialog, DialogActions } from "../ui/dialogs/dialog.tsx";
import { Field, Input } from "../ui/forms/field.tsx";
import { Form, SubmitButton } from "../ui/forms/form.tsx";
import { Loaded } from "../ui/states.tsx";
import { toast } from "../ui/toasts/toast.tsx";
import { PeoplePicker } from "./people-picker.tsx";
import { DeleteButton } from "./delete-button.tsx";
import { membersQuery, refreshPeople } from "./queries.ts";

const words = strings.organization.teams;

/** Makes a team, or changes one: its name and who is in it. */
export function TeamDialog({ team, onClose }: { team: Team | null; onClose: () => void }) {
  const client = useQueryClient();
  const members = useQuery(membersQuery);
  const [name, setName] = useState(team?.name ?? "");
  const [memberIds, setMemberIds] = useState<readonly string[]>(team?.member_ids ?? []);
  // Once made, a second try goes on with it.
  const saved = useRef(team);
  const save = async () => {
    try {
      saved.current ??= await api.createTeam({ name });
      await saveTeam(saved.current, name, memberIds);
      toast(words.saved);
      onClose();
    } finally {
      await refreshPeople(client);
    }
  };
  return (
    <Dialog isOpen onClose={onClose} title={team ? words.editTitle : words.createTitle}>
      <Form
        onSubmit={save}
        actions={
          <DialogActions>
            {team && (
              <DeleteButton
                name={team.name}
                words={words}
                onDelete={() => api.deleteTeam({ id: team.id })}
                onDeleted={() => {
                  onClose();
                  return refreshPeople(client);
                }}
              />
            )}
            <SubmitButton>{words.save}</SubmitButton>
          </DialogActions>
        }
      >
        <Field label={words.name} hint={words.nameHint} name="name">
          <Input
            value={name}
            maxLength={100}
            autoComplete="off"
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </Field>
        <Loaded query={members}>
          {({ data }) => (
            <PeoplePicker
              label={words.whoIsIn}
              people={data}
              chosen={memberIds}
              onChange={setMemberIds}
            />
          )}
        </Loaded>
      </Form>
    </Dialog>
  );
}

/** Only what has changed is sent, so that what somebody else changed meanwhile stays. */
async function saveTeam(
  { id, name: nameBefore, member_ids: before }: Team,
  name: string,
  memberIds: readonly string[],
): Promise<void> {
  if (name !== nameBefore) await api.renameTeam({ id, name });
  const isSame =
    before.length === memberIds.length && before.every((member) => memberIds.includes(member));
  if (!isSame) await api.setTeamMembers({ id, member_ids: [...memberIds] });
}
