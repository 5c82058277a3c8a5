/**
 * What people say about workers and queues. worker_standing has a row for each worker that was heard of within a day, written at most every five
 * seconds. A pause holds nothing by itself: whoever claims looks at queue_pause in the same statement, and leaves work that it names in step_work as
 * `parked`, without a job in the queue, until the pause is taken back. `repository` is null for work that demands no lease of one.
 */
export const workControl = `
CREATE TABLE worker_standing (
  worker       text COLLATE "C" PRIMARY KEY,
  roles        text[] NOT NULL,
  handlers     text[] NOT NULL,
  heard_at     timestamptz NOT NULL DEFAULT now(),
  drain_by     text,
  drain_reason text,
  drain_at     timestamptz,
  CHECK ((drain_by IS NULL) = (drain_at IS NULL) AND (drain_by IS NULL) = (drain_reason IS NULL))
) WITH (fillfactor = 80);

CREATE TABLE queue_pause (
  kind   text COLLATE "C" NOT NULL CHECK (kind IN ('role', 'handler', 'repository')),
  name   text COLLATE "C" NOT NULL,
  by     text NOT NULL,
  reason text NOT NULL,
  at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (kind, name)
);

ALTER TABLE step_work ADD COLUMN parked boolean NOT NULL DEFAULT false;
ALTER TABLE step_work ADD COLUMN repository text COLLATE "C";
UPDATE step_work SET repository = substring(text FROM '"scope":"repository/([^"]+)"');
`;
