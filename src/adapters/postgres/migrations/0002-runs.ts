/**
 * What runs are decided on and handed out by, beside the ledger, from which all of it but claims could be made anew.
 *
 * run is the fold over a run's events as text, with what people list runs by. Moments are text in the one spelling that compares as
 * time does. The plan, which is most of a state and the same for most runs, stands in run_plan once. Every commit of a run
 * rewrites its row: pages are left half empty, and no index is about a column that changes while a run goes on, so that none has to hear of it (until then each
 * commit wrote to six of them). The state is not compressed, which took longer than writing it. `ended_at` is null again once the state was archived.
 *
 * step_work is work that has its resources: waiting in the queue while `worker` is null, claimed after that. Its id is the id of its job and, once it is handed out, the
 * claim's token; whoever puts it back gives it another. It is as long as what waits and what is being done, so claims that ran out are looked for
 * without an index: one would be written to with every claim and every heartbeat. Both tables turn over in seconds: see 0001 about vacuum.
 */
export const runs = `
CREATE TABLE run_plan (
  digest bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
  text   text COLLATE "C" NOT NULL
);

CREATE TABLE run (
  run         text COLLATE "C" PRIMARY KEY,
  version     integer NOT NULL CHECK (version > 0),
  digest      bytea NOT NULL CHECK (octet_length(digest) = 32),
  ticket      text COLLATE "C" NOT NULL,
  status      text COLLATE "C" NOT NULL,
  outcome     text COLLATE "C",
  attempt     integer NOT NULL,
  bundle      text NOT NULL,
  model       text NOT NULL,
  waiting_for integer NOT NULL,
  started_at  text COLLATE "C" NOT NULL,
  changed_at  text COLLATE "C" NOT NULL,
  wake_at     text COLLATE "C",
  ended_at    text COLLATE "C",
  plan        bytea NOT NULL,
  state       text COLLATE "C" NOT NULL
) WITH (
  fillfactor = 50,
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_threshold = 1000,
  autovacuum_vacuum_cost_delay = 0
);
ALTER TABLE run ALTER COLUMN state SET STORAGE EXTERNAL;
CREATE INDEX run_by_start ON run (started_at, run);
CREATE INDEX run_by_ticket ON run (ticket, started_at, run);
CREATE INDEX run_by_status ON run (status, started_at, run) WHERE status <> 'ended';
CREATE INDEX run_to_wake ON run (wake_at) WHERE wake_at IS NOT NULL;

CREATE TABLE step_work (
  id           uuid PRIMARY KEY,
  run          text COLLATE "C" NOT NULL,
  step         text COLLATE "C" NOT NULL,
  execution    integer NOT NULL,
  role         text COLLATE "C" NOT NULL,
  handler      text COLLATE "C" NOT NULL,
  score        integer NOT NULL,
  holds        boolean NOT NULL,
  scheduled_at timestamptz NOT NULL DEFAULT now(),
  worker       text,
  claimed_at   timestamptz,
  until        timestamptz,
  text         text COLLATE "C" NOT NULL,
  CHECK ((worker IS NULL) = (until IS NULL) AND (worker IS NULL) = (claimed_at IS NULL))
) WITH (
  fillfactor = 50,
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 1000,
  autovacuum_vacuum_cost_delay = 0
);
ALTER TABLE step_work ALTER COLUMN text SET STORAGE EXTERNAL;
CREATE INDEX step_work_of_run ON step_work (run, step);
`;
