import { randomUUID } from "node:crypto";
import pg from "pg";

/** The same work without Sayso: the limit of the database itself through `pg`. */
export interface StraightSql {
  /** Runs one pair with Sayso's own three functions, one item each, without batching. */
  pairByFunctions(): Promise<void>;
  /** Runs one pair as two transactions of several statements, the classic way. */
  pairByStatements(): Promise<void>;
  close(): Promise<void>;
}

const callbackUrl = "http://127.0.0.1:9/none";

export function openStraightSql(options: {
  databaseUrl: string;
  organizationId: string;
  connectionId: string;
  personId: string;
  connections: number;
}): StraightSql {
  const { databaseUrl, organizationId, connectionId, personId, connections } = options;
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: connections,
    options: "-c role=sayso_app",
  });
  const run = (name: string, text: string, values: unknown[]) => pool.query({ name, text, values });

  return {
    async pairByFunctions() {
      const id = randomUUID();
      const event = (sequence: number, type: string) => ({
        id: randomUUID(),
        sequence,
        type,
        actor_kind: "connection",
        actor_id: connectionId,
        data: {},
      });
      const request = {
        id,
        connection_id: connectionId,
        title: "Deploy v2.4.0",
        description: "Production release",
        status: "pending",
        priority: "high",
        callback_url: callbackUrl,
        required_approvals: 1,
        is_sequential: false,
        require_rejection_reason: false,
        is_log: false,
        event_sequence: 1,
        steps: [],
        events: [event(1, "approval.created")],
      };
      await run("create", "select * from create_requests($1, $2, false)", [
        organizationId,
        JSON.stringify([request]),
      ]);
      await run("load", "select state from load_requests($1, $2, $3)", [
        organizationId,
        [id],
        [personId],
      ]);
      const transition = {
        id,
        expected_version: 1,
        refuse_when_stopped: true,
        refuse_when_due: true,
        previous_status: "pending",
        status: "approved",
        priority: "high",
        current_approvals: 1,
        required_approvals: 1,
        event_sequence: 3,
        comments_count: 0,
        decided_at: new Date(),
        decided_by: personId,
        void_votes: false,
        steps: null,
        votes: [{ id: randomUUID(), step_id: id, person_id: personId, decision: "approve" }],
        comments: [],
        events: [event(2, "approval.vote_cast"), event(3, "approval.approved")],
        deliveries: [
          {
            id: randomUUID(),
            connection_id: connectionId,
            event_id: randomUUID(),
            event_type: "approval.decided",
            url: callbackUrl,
            origin: "http://127.0.0.1:9",
            body: "{}",
          },
        ],
      };
      await run("commit", "select * from commit_transitions($1, $2, true, false, false)", [
        organizationId,
        JSON.stringify([transition]),
      ]);
    },

    async pairByStatements() {
      const id = randomUUID();
      const transaction = async (work: (client: pg.PoolClient) => Promise<void>) => {
        const client = await pool.connect();
        try {
          await client.query(`begin; set local sayso.organization_id = '${organizationId}'`);
          await work(client);
          await client.query("commit");
        } finally {
          client.release();
        }
      };
      const addEvent = (client: pg.PoolClient, sequence: number, type: string) =>
        client.query({
          name: "event",
          text: `insert into events (id, organization_id, request_id, sequence, type, actor_kind, actor_id, data)
                 values ($1, $2, $3, $4, $5, 'connection', $6, '{}')`,
          values: [randomUUID(), organizationId, id, sequence, type, connectionId],
        });
      await transaction(async (client) => {
        await client.query({
          name: "request",
          text: `insert into requests (id, organization_id, connection_id, title, description, status, priority, callback_url,
                   required_approvals, event_sequence)
                 values ($1, $2, $3, 'Deploy v2.4.0', 'Production release', 'pending', 'high', $4, 1, 1)`,
          values: [id, organizationId, connectionId, callbackUrl],
        });
        await addEvent(client, 1, "approval.created");
      });
      await transaction(async (client) => {
        await client.query({
          name: "lock",
          text: "select * from requests where organization_id = $1 and id = $2 for update",
          values: [organizationId, id],
        });
        await client.query({
          name: "decide",
          text: "update requests set status = 'approved', decided_at = now(), decided_by = $3 where organization_id = $1 and id = $2",
          values: [organizationId, id, personId],
        });
        await addEvent(client, 2, "approval.approved");
        await client.query({
          name: "delivery",
          text: `insert into deliveries (id, organization_id, connection_id, request_id, event_id, event_type, url, origin, body)
                 values ($1, $2, $3, $4, $5, 'approval.decided', $6, 'http://127.0.0.1:9', '{}')`,
          values: [randomUUID(), organizationId, connectionId, id, randomUUID(), callbackUrl],
        });
      });
    },

    close: () => pool.end(),
  };
}
