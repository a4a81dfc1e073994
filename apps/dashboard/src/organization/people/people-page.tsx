import type { Member, Person } from "@sayso/client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { SearchX, UserPlus } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { isAdmin, useMe } from "../../me.ts";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Mark } from "../../ui/mark.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { SearchBox } from "../../ui/forms/search-box.tsx";
import { EmptyState, Loaded, Skeleton } from "../../ui/states.tsx";
import { Rows } from "../../ui/table.tsx";
import { EmailAddress, UntrustedText } from "../../ui/untrusted-text.tsx";
import { useTypedSearch } from "../../ui/forms/use-typed-search.ts";
import { membersQuery, PEOPLE_ON_A_PAGE, peopleQuery, teamsQuery } from "../queries.ts";
import { Invitations } from "./invitations.tsx";
import { InviteDialog } from "./invite-dialog.tsx";
import { WithoutOwner } from "./without-owner.tsx";
import { PersonDrawer } from "./person-drawer.tsx";
import styles from "./people.module.css";

const route = getRouteApi("/people");
const words = strings.organization.people;

/** The page of the organization's people. Admins can change them, members only see them. */
export function PeoplePage() {
  return isAdmin(useMe()) ? <AdminsPeople /> : <MembersPeople />;
}

function AdminsPeople() {
  const { search, page, person } = route.useSearch();
  const navigate = useNavigate({ from: "/people" });
  const [isInviting, setInviting] = useState(false);
  const [typed, type] = useTypedSearch(
    search ?? "",
    (text) => void navigate({ search: { search: text || undefined }, replace: true }),
  );
  const query = useQuery(peopleQuery({ search, page }));
  return (
    <>
      <PageHeader
        title={words.title}
        lead={words.lead}
        actions={
          <Button kind="primary" icon={<UserPlus aria-hidden />} onClick={() => setInviting(true)}>
            {words.invite}
          </Button>
        }
      />
      <div className={styles.search}>
        <SearchBox label={words.search} value={typed} onChange={type} />
      </div>
      <Loaded query={query} skeleton={<Skeleton lines={6} />}>
        {({ data, total }) =>
          data.length === 0 ? (
            <EmptyState title={words.nobodyFound} icon={<SearchX aria-hidden />}>
              <p>{words.nobodyFoundHint}</p>
            </EmptyState>
          ) : (
            <Card title={words.total(total)}>
              <Rows>
                {data.map((one) => (
                  <PersonRow key={one.id} person={one} />
                ))}
              </Rows>
              <Pages page={page ?? 1} total={total} search={search} />
            </Card>
          )
        }
      </Loaded>
      <WithoutOwner />
      <Invitations />
      {isInviting && <InviteDialog onClose={() => setInviting(false)} />}
      {person !== undefined && (
        <PersonDrawer
          id={person}
          onClose={() => void navigate({ search: ({ person: _, ...rest }) => rest })}
        />
      )}
    </>
  );
}

function PersonRow({ person }: { person: Person }) {
  const me = useMe();
  const facts = [
    ...person.teams.map(({ name }) => name),
    person.can_approve || person.status === "disabled" ? null : words.mayNotApprove,
  ].filter((fact) => fact !== null);
  return (
    <li className={styles.row}>
      <div className={styles.who}>
        <Link
          from="/people"
          search={(search) => ({ ...search, person: person.id })}
          className={styles.name}
        >
          <UntrustedText text={person.name} />
        </Link>
        {person.id === me.id && <span className={styles.fact}>({words.you})</span>}
        {person.status === "invited" && <Mark tone="warn">{words.invited}</Mark>}
        {person.status === "disabled" && <Mark tone="bad">{words.disabled}</Mark>}
        <Facts email={person.email} facts={facts} />
      </div>
      <span className={styles.role}>{strings.common.role[person.role]}</span>
    </li>
  );
}

const Facts = ({ email, facts }: { email: string | null; facts: readonly string[] }) =>
  (facts.length > 0 || email !== null) && (
    <ul className={styles.facts}>
      {email !== null && (
        <li>
          <EmailAddress address={email} />
        </li>
      )}
      {facts.map((fact, index) => (
        <li key={index}>
          <UntrustedText text={fact} />
        </li>
      ))}
    </ul>
  );

function Pages({ page, total, search }: { page: number; total: number; search?: string }) {
  const pages = Math.ceil(total / PEOPLE_ON_A_PAGE);
  if (pages <= 1) return null;
  const to = (there: number) => ({ search, page: there > 1 ? there : undefined });
  return (
    <nav className={styles.pages} aria-label={words.pageOf(page, pages)}>
      {page > 1 && (
        <Link to="/people" search={to(page - 1)}>
          {words.previous}
        </Link>
      )}
      <span>{words.pageOf(page, pages)}</span>
      {page < pages && (
        <Link to="/people" search={to(page + 1)}>
          {words.next}
        </Link>
      )}
    </nav>
  );
}

function MembersPeople() {
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text.trim().toLowerCase());
  const query = useQuery({ ...membersQuery, placeholderData: keepPreviousData });
  const teams = useQuery(teamsQuery);
  const nameOf = (id: string) => teams.data?.data.find((team) => team.id === id)?.name ?? null;
  const isFound = ({ name, email }: Member) =>
    `${name} ${email ?? ""}`.toLowerCase().includes(wanted);
  return (
    <>
      <PageHeader title={words.title} lead={words.memberLead} />
      <div className={styles.search}>
        <SearchBox label={words.search} value={text} onChange={setText} />
      </div>
      <Loaded query={query} skeleton={<Skeleton lines={6} />}>
        {({ data }) => (
          <Card title={words.total(data.length)}>
            <Rows>
              {data.filter(isFound).map((member) => (
                <li key={member.id} className={styles.row}>
                  <div className={styles.who}>
                    <strong>
                      <UntrustedText text={member.name} />
                    </strong>
                    <Facts
                      email={member.email}
                      facts={member.team_ids.map(nameOf).filter((fact) => fact !== null)}
                    />
                  </div>
                  <span className={styles.role}>{strings.common.role[member.role]}</span>
                </li>
              ))}
            </Rows>
          </Card>
        )}
      </Loaded>
    </>
  );
}
