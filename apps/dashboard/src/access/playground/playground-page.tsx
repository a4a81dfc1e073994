import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { SquareTerminal } from "lucide-react";
import { useState } from "react";
import { access } from "../../strings/access.ts";
import { PageHeader } from "../../ui/page-header.tsx";
import { EmptyState, Loaded, Skeleton } from "../../ui/states.tsx";
import { Credential } from "./credential.tsx";
import { apiDocumentQuery, findOperation } from "./document.ts";
import { OperationList } from "./operation-list.tsx";
import { OperationView } from "./operation-view.tsx";
import styles from "./playground.module.css";

const text = access.playground;

/** The interactive reference of the API. */
export function PlaygroundPage() {
  const [apiKey, setApiKey] = useState("");
  const asked = useSearch({ from: "/api" }).operation;
  const query = useQuery(apiDocumentQuery);
  return (
    <>
      <PageHeader
        title={text.title}
        lead={text.lead}
        actions={
          <a href="/api/v1/openapi" target="_blank" rel="noopener noreferrer">
            {text.download}
          </a>
        }
      />
      <Loaded query={query} skeleton={<Skeleton lines={6} />}>
        {(operations) => {
          const chosen = findOperation(operations, asked);
          return (
            <div className={styles.layout} data-chosen={chosen !== undefined}>
              <OperationList key={chosen?.surface} operations={operations} chosen={chosen} />
              <div className={styles.operation}>
                <Credential apiKey={apiKey} onChange={setApiKey} />
                {chosen ? (
                  <OperationView key={chosen.id} operation={chosen} apiKey={apiKey} />
                ) : (
                  <EmptyState title={text.choose} icon={<SquareTerminal aria-hidden />}>
                    <p>{text.chooseHint}</p>
                  </EmptyState>
                )}
              </div>
            </div>
          );
        }}
      </Loaded>
    </>
  );
}
