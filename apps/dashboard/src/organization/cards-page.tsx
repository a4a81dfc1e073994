import { plainLine } from "@sayso/untrusted-text";
import type { UseQueryResult } from "@tanstack/react-query";
import { Pencil, Plus } from "lucide-react";
import { useState, type ReactNode } from "react";
import { isAdmin, useMe } from "../me.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { CopyBlock } from "../ui/copy-button.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { EmptyState, Loaded, Skeleton } from "../ui/states.tsx";
import { UntrustedText } from "../ui/untrusted-text.tsx";
import styles from "./cards-page.module.css";

interface CardsPageProps<Thing> {
  words: {
    title: string;
    lead: string;
    create: string;
    editOf: (name: string) => string;
    emptyTitle: string;
    emptyText: string;
    emptyForMember: string;
    curlLabel: string;
  };
  query: UseQueryResult<{ data: readonly Thing[] }>;
  /** The icon of the empty page. */
  icon: ReactNode;
  /** The command that makes a request with such a thing. */
  command: string;
  /** Returns the part of a card below the name. */
  card: (thing: Thing) => ReactNode;
  /** Returns the dialog that changes this thing. Null: it makes a new one. */
  dialog: (thing: Thing | null, onClose: () => void) => ReactNode;
}

/** A page of things that requests are made with, one card each. Admins can make, change and delete them. */
export function CardsPage<Thing extends { id: string; name: string }>(
  props: CardsPageProps<Thing>,
) {
  const { words, query, icon, command, card, dialog } = props;
  const mayEdit = isAdmin(useMe());
  const [open, setOpen] = useState<Thing | "new">();
  const create = mayEdit && (
    <Button kind="primary" icon={<Plus aria-hidden />} onClick={() => setOpen("new")}>
      {words.create}
    </Button>
  );
  const hasSome = (query.data?.data.length ?? 0) > 0;
  return (
    <>
      <PageHeader title={words.title} lead={words.lead} actions={hasSome && create} />
      <Loaded query={query} skeleton={<Skeleton lines={3} height="6rem" />}>
        {({ data }) =>
          data.length === 0 ? (
            <EmptyState title={words.emptyTitle} icon={icon} actions={create}>
              <p>{mayEdit ? words.emptyText : words.emptyForMember}</p>
              {mayEdit && <CopyBlock label={words.curlLabel} text={command} />}
            </EmptyState>
          ) : (
            <div className={styles.cards}>
              {data.map((thing) => (
                <Card
                  key={thing.id}
                  title={<UntrustedText text={thing.name} />}
                  actions={
                    mayEdit && (
                      <IconButton
                        label={words.editOf(plainLine(thing.name))}
                        onClick={() => setOpen(thing)}
                      >
                        <Pencil aria-hidden />
                      </IconButton>
                    )
                  }
                >
                  {card(thing)}
                </Card>
              ))}
            </div>
          )
        }
      </Loaded>
      {open !== undefined && dialog(open === "new" ? null : open, () => setOpen(undefined))}
    </>
  );
}
