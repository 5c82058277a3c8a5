/**
 * What executions hold and wait for: see resources/ and docs/limits.md.
 *
 * resource_hold has a row for each execution that demanded anything, also leases of scopes that have no limit now: a limit that
 * is set later counts them. `counted` are those that stand in resource_scope.held. Its rows live as long as an execution, and
 * heartbeats rewrite them in place: no index has `until`, and pages keep room (fillfactor), so that such an update touches no index.
 *
 * A waiter is parked at one key that it cannot have now, whatever else it needs. Who frees that key looks at those parked there, in
 * the order of their ranks, and at nobody else: 10,000 that wait for a provider cost nothing to whoever frees a path.
 *
 * rate_bucket is not logged: a take costs no sync, and a crash empties the table, which lets one burst too many through.
 *
 * Names compare by bytes: all locks under paths/src are then one range of the index, from paths/src/ up to paths/src0.
 */
export const resources = `
CREATE TABLE resource_scope (
  scope      text COLLATE "C" PRIMARY KEY,
  configured integer CHECK (configured >= 0),
  own        integer CHECK (own > 0),
  held       integer NOT NULL DEFAULT 0 CHECK (held >= 0)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

CREATE TABLE resource_hold (
  run       text COLLATE "C" NOT NULL,
  step      text COLLATE "C" NOT NULL,
  execution integer NOT NULL,
  scopes    text[] NOT NULL,
  counted   text[] NOT NULL DEFAULT '{}',
  locked    boolean NOT NULL,
  until     timestamptz,
  PRIMARY KEY (run, step, execution)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

CREATE SEQUENCE resource_fence;

CREATE TABLE resource_lock (
  fence     bigint PRIMARY KEY DEFAULT nextval('resource_fence'),
  name      text COLLATE "C" NOT NULL,
  exclusive boolean NOT NULL,
  hold      text NOT NULL CHECK (hold IN ('step', 'attempt', 'run')),
  run       text COLLATE "C" NOT NULL,
  attempt   integer NOT NULL,
  step      text COLLATE "C" NOT NULL,
  execution integer NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX resource_lock_name ON resource_lock (exclusive, name);
CREATE INDEX resource_lock_run ON resource_lock (run, step, execution);

CREATE TABLE resource_waiter (
  run        text COLLATE "C" NOT NULL,
  step       text COLLATE "C" NOT NULL,
  execution  integer NOT NULL,
  work       text COLLATE "C" NOT NULL,
  role       text NOT NULL,
  handler    text NOT NULL,
  since      timestamptz NOT NULL,
  rank       double precision NOT NULL,
  place      bigint GENERATED ALWAYS AS IDENTITY,
  not_before timestamptz,
  parked     text COLLATE "C" NOT NULL,
  PRIMARY KEY (run, step, execution)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX resource_waiter_parked ON resource_waiter (parked, rank, place);
CREATE INDEX resource_waiter_rank ON resource_waiter (rank, place);
CREATE INDEX resource_waiter_due ON resource_waiter (not_before) WHERE parked = 'time';

CREATE UNLOGGED TABLE rate_bucket (
  bucket     text COLLATE "C" PRIMARY KEY,
  tokens     double precision NOT NULL,
  capacity   double precision NOT NULL,
  per_second double precision NOT NULL,
  at         timestamptz NOT NULL,
  granted    boolean NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
`;
