import type { LoggedCall } from "@sayso/client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useDeferredValue, useState } from "react";
import { access } from "../../strings/access.ts";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Dialog } from "../../ui/dialogs/dialog.tsx";
import { SearchBox } from "../../ui/forms/search-box.tsx";
import { Mark, type Tone } from "../../ui/mark.tsx";
import { ErrorState, Skeleton } from "../../ui/states.tsx";
import { Time } from "../../ui/time.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import shared from "../access.module.css";
import styles from "./call-log.module.css";
import { FilterChoice } from "../choice-fields.tsx";
import { Definitions } from "../fact-row.tsx";
import { connectionCallsQuery, type CallFilter } from "../queries.ts";

const text = access.connections;
const statuses = ["2xx", "3xx", "4xx", "5xx"] as const;
const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
const asOptions = <Value extends string>(values: readonly Value[]) =>
  values.map((value) => [value, value] as const);

/** The log of a connection's calls, newest first. It updates itself until somebody loads more of it. */
export function CallLog({ id }: { id: string }) {
  const [filter, setFilter] = useState<CallFilter>({});
  const [search, setSearch] = useState("");
  const [shown, setShown] = useState<LoggedCall | null>(null);
  const asked = useDeferredValue(search.trim());
  const wanted = { ...filter, ...(asked !== "" && { search: asked }) };
  return (
    <Card title={text.log}>
      <p className="hint">{text.logHint}</p>
      <div className={shared.filters} role="search" aria-label={text.log}>
        <div className={shared.wide}>
          <SearchBox place="among" label={text.search} value={search} onChange={setSearch} />
        </div>
        <FilterChoice
          label={text.status}
          any={text.anyStatus}
          value={filter.status}
          options={asOptions(statuses)}
          onChange={(status) => setFilter({ ...filter, status })}
        />
        <FilterChoice
          label={text.method}
          any={text.anyMethod}
          value={filter.method}
          options={asOptions(methods)}
          onChange={(method) => setFilter({ ...filter, method })}
        />
      </div>
      <Calls id={id} filter={wanted} onShow={setShown} />
      <Dialog
        isOpen={shown !== null}
        onClose={() => setShown(null)}
        title={text.call}
        shape="drawer"
      >
        {shown && <CallDetails call={shown} />}
      </Dialog>
    </Card>
  );
}

function Calls(props: { id: string; filter: CallFilter; onShow: (call: LoggedCall) => void }) {
  const { id, filter, onShow } = props;
  const query = useInfiniteQuery({
    ...connectionCallsQuery(id, filter),
    placeholderData: (before) => before,
  });
  if (query.isError && query.data === undefined)
    return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return <Skeleton lines={5} height="2.2rem" />;
  const calls = query.data.pages.flatMap(({ data }) => data);
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  if (calls.length === 0)
    return (
      <p>
        <strong>{isFiltered ? text.logNone : text.logEmpty}</strong>{" "}
        {!isFiltered && <span className="hint">{text.logEmptyHint}</span>}
      </p>
    );
  return (
    <>
      <ul className={styles.calls}>
        {calls.map((call) => (
          <li key={call.id}>
            <CallRow call={call} onShow={() => onShow(call)} />
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <div className={shared.more}>
          <Button isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {strings.common.loadMore}
          </Button>
        </div>
      )}
    </>
  );
}

const toneOf = (status: number): Tone =>
  status >= 500 ? "bad" : status >= 400 ? "warn" : status >= 300 ? "info" : "good";

const CallRow = ({ call, onShow }: { call: LoggedCall; onShow: () => void }) => (
  <button type="button" className={styles.call} onClick={onShow}>
    <Mark tone={toneOf(call.status)}>{call.status}</Mark>
    <span className={styles.path}>
      <span className={styles.method}>{call.method}</span> <UntrustedText text={call.path} />
    </span>
    <span className={styles.when}>
      <Time at={call.at} />
    </span>
  </button>
);

function CallDetails({ call }: { call: LoggedCall }) {
  return (
    <>
      <p className={styles.method}>
        <Mark tone={toneOf(call.status)}>{text.statusOf(call.status)}</Mark> {call.method}{" "}
        <UntrustedText text={call.path} />
      </p>
      <Definitions
        of={[
          [text.time, <Time key="time" at={call.at} as="exact" />],
          [text.answered, <Time key="answered" at={call.at} />],
          [text.duration, text.ms(call.duration_ms)],
          [
            text.operation,
            call.operation === null ? (
              text.noOperation
            ) : (
              <Link key="operation" to="/api" search={{ operation: `${call.method} ${call.path}` }}>
                {call.operation}
              </Link>
            ),
          ],
          [text.errorCode, call.error_code && <code key="code">{call.error_code}</code>],
          [
            text.requestId,
            <span key="request">
              <code>
                <UntrustedText text={call.request_id} />
              </code>{" "}
              <CopyButton text={call.request_id} label={text.copyId} />
            </span>,
          ],
        ]}
      />
    </>
  );
}
