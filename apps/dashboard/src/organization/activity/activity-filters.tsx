import { isKeyOf } from "@sayso/exact-json";
import { plainLine } from "@sayso/untrusted-text";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { X } from "lucide-react";
import { api } from "../../api.ts";
import { keysOf } from "../../objects.ts";
import { strings } from "../../strings/index.ts";
import { buttonClass } from "../../ui/button.tsx";
import { Field, Input, NativeSelect } from "../../ui/forms/field.tsx";
import { membersQuery } from "../queries.ts";
import { activityKinds, kindsForAdmins, type ActivitySearch } from "./activity-search.ts";
import styles from "./activity.module.css";

const words = strings.organization.activity;

interface ActivityFiltersProps {
  search: ActivitySearch;
  administers: boolean;
}

/** The filters of the activity page. They are kept in the page's address, so that people can save and share it. */
export function ActivityFilters({ search, administers }: ActivityFiltersProps) {
  const navigate = useNavigate({ from: "/activity" });
  const narrow = (changes: ActivitySearch) =>
    void navigate({ search: (before) => ({ ...before, ...changes }), replace: true });
  const kinds = keysOf(activityKinds).filter((kind) => administers || !kindsForAdmins.has(kind));
  const isNarrowed = Object.values(search).some((value) => value !== undefined);
  return (
    <search className={styles.filters} aria-label={words.filters}>
      <Field label={words.kind}>
        <NativeSelect
          value={search.kind ?? ""}
          onChange={({ currentTarget: { value } }) =>
            narrow({ kind: isKeyOf(activityKinds, value) ? value : undefined })
          }
        >
          <option value="">{words.kinds.all}</option>
          {kinds.map((kind) => (
            <option key={kind} value={kind}>
              {words.kinds[kind]}
            </option>
          ))}
        </NativeSelect>
      </Field>
      <ActorChoice
        actor={search.actor}
        administers={administers}
        onChange={(actor) => narrow({ actor })}
      />
      {(["from", "to"] as const).map((end) => (
        <Field key={end} label={words[end]}>
          <Input
            type="date"
            value={search[end] ?? ""}
            onChange={({ currentTarget: { value } }) => narrow({ [end]: value || undefined })}
          />
        </Field>
      ))}
      {(search.request ?? search.about) !== undefined && (
        <p className={styles.only}>
          {search.request === undefined ? words.onlyAbout : words.onlyRequest}
        </p>
      )}
      {isNarrowed && (
        <Link to="/activity" className={buttonClass({ kind: "quiet" })}>
          <X aria-hidden />
          {words.clear}
        </Link>
      )}
    </search>
  );
}

interface ActorChoiceProps {
  actor: string | undefined;
  administers: boolean;
  onChange: (actor: string | undefined) => void;
}

function ActorChoice({ actor, administers, onChange }: ActorChoiceProps) {
  const members = useQuery(membersQuery).data?.data ?? [];
  const connections =
    useQuery({
      queryKey: ["connections", "choices"],
      queryFn: ({ signal }) => api.listConnections({}, { signal }),
      enabled: administers,
    }).data?.data ?? [];
  const groups = [
    [words.people, members],
    [words.connections, connections],
  ] as const;
  const isKnown = groups.some(([, some]) => some.some(({ id }) => id === actor));
  return (
    <Field label={words.actor}>
      <NativeSelect
        value={actor ?? ""}
        onChange={({ currentTarget: { value } }) => onChange(value || undefined)}
      >
        <option value="">{words.anybody}</option>
        {actor !== undefined && !isKnown && <option value={actor}>{words.gone}</option>}
        {groups.map(
          ([label, some]) =>
            some.length > 0 && (
              <optgroup key={label} label={label}>
                {some.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {plainLine(name)}
                  </option>
                ))}
              </optgroup>
            ),
        )}
      </NativeSelect>
    </Field>
  );
}
