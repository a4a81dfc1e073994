import type { Person } from "@sayso/client";
import { keepPreviousData, queryOptions, type QueryClient } from "@tanstack/react-query";
import { api } from "../api.ts";

export const PEOPLE_ON_A_PAGE = 50;

/** The organization's people with the details that admins see, by name. */
export const peopleQuery = (wanted: { search?: string; page?: number }) =>
  queryOptions({
    queryKey: ["people", "list", wanted],
    queryFn: ({ signal }) => api.listPeople({ ...wanted, page_size: PEOPLE_ON_A_PAGE }, { signal }),
    placeholderData: keepPreviousData,
  });

/** Everybody in the organization, disabled people included. For admins. */
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

/** The people who were invited and have not accepted yet. For admins. */
export const invitationsQuery = queryOptions({
  queryKey: ["people", "invitations"],
  queryFn: ({ signal }) => api.listInvitations({}, { signal }),
});

/** The organization's people with the details that every member sees. Disabled people are not among them. */
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

/**
 * Reads people and teams again after a change of either, because each is shown with the other. Resolves when both are
 * fresh.
 */
export const refreshPeople = (client: QueryClient): Promise<void> =>
  client.invalidateQueries({ queryKey: ["people"] });
