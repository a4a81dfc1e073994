import type { Person, Team } from "@sayso/client";
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
import { everybodyQuery, refreshPeople } from "./queries.ts";

const words = strings.organization.teams;

/** Makes a team or changes one: its name and its people. */
export function TeamDialog({ team, onClose }: { team: Team | null; onClose: () => void }) {
  const client = useQueryClient();
  const everybody = useQuery(everybodyQuery);
  const [name, setName] = useState(team?.name ?? "");
  const [memberIds, setMemberIds] = useState<readonly string[]>();
  // A second try after a failure changes the team that the first try made.
  const saved = useRef(team);
  const save = async () => {
    try {
      saved.current ??= await api.createTeam({ name });
      await saveTeam(saved.current, name, memberIds ?? null);
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
        <Loaded query={everybody}>
          {(people) => (
            <PeoplePicker
              label={words.membership}
              people={people.filter((one) => one.status !== "disabled" || isIn(one, team))}
              chosen={memberIds ?? idsIn(team, people)}
              onChange={setMemberIds}
            />
          )}
        </Loaded>
      </Form>
    </Dialog>
  );
}

const isIn = ({ teams }: Person, team: Team | null): boolean =>
  teams.some(({ id }) => id === team?.id);

/** Returns the ids of a team's people, disabled people included, whom the team itself doesn't name. */
const idsIn = (team: Team | null, people: readonly Person[]): string[] =>
  people.filter((person) => isIn(person, team)).map(({ id }) => id);

/**
 * Saves a team. It sends only changed values, so that others' changes stay.
 *
 * @param memberIds the team's people; null: unchanged
 */
async function saveTeam(
  { id, name: nameBefore }: Team,
  name: string,
  memberIds: readonly string[] | null,
): Promise<void> {
  if (name !== nameBefore) await api.renameTeam({ id, name });
  if (memberIds !== null) await api.setTeamMembers({ id, member_ids: [...memberIds] });
}
