import type { Person } from "@sayso/client";
import { keepPreviousData, queryOptions, type QueryClient } from "@tanstack/react-query";
import { api } from "../api.ts";

export const PEOPLE_ON_A_PAGE = 50;

/** The organization's people as admins see them, by name. */
export const peopleQuery = (wanted: { search?: string; page?: number }) =>
  queryOptions({
    queryKey: ["people", "list", wanted],
    queryFn: ({ signal }) => api.listPeople({ ...wanted, page_size: PEOPLE_ON_A_PAGE }, { signal }),
    placeholderData: keepPreviousData,
  });

/** Everybody in the organization, disabled people among them; for admins. */
export const everybodyQuery = queryOptions({
  queryKey: ["people", "everybody"],
  queryFn: async ({ signal }) => {
    const people: Person[] = [];
    for (let page = 1; ; page++) {
      const { data, total } = await api.listPeople({ page, page_size: 100 }, { signal });
      people.push(...data);
      if (page * 100 >= total) return people;
    }
  },
});

export const personQuery = (id: string) =>
  queryOptions({
    queryKey: ["people", "one", id],
    queryFn: ({ signal }) => api.getPerson({ id }, { signal }),
  });

/** Who was invited and has not accepted yet; for admins. */
export const invitationsQuery = queryOptions({
  queryKey: ["people", "invitations"],
  queryFn: ({ signal }) => api.listInvitations({}, { signal }),
});

/** The organization's people as everybody sees them; nobody who is disabled. */
export const membersQuery = queryOptions({
  queryKey: ["people", "members"],
  queryFn: ({ signal }) => api.listMembers({}, { signal }),
});

export const teamsQuery = queryOptions({
  queryKey: ["people", "teams"],
  queryFn: ({ signal }) => api.listTeams({}, { signal }),
});

export const templatesQuery = queryOptions({
  queryKey: ["templates"],
  queryFn: ({ signal }) => api.listTemplates({}, { signal }),
});

export const organizationQuery = queryOptions({
  queryKey: ["organization"],
  queryFn: ({ signal }) => api.getOrganization({}, { signal }),
});

/** After a change of people or teams: they are shown in one another. The promise ends when both are fresh. */
export const refreshPeople = (client: QueryClient): Promise<void> =>
  client.invalidateQueries({ queryKey: ["people"] });
