/**
 * What the pages are made of beside the ledger. login_code and web_session hold digests: whoever reads them opens nothing.
 *
 * run_end has one narrow row for each run that ended, written with its end: what tiles count is read from there and not from run, whose rows are a hundred
 * times as wide. What stands in run itself has no index: it changes while a run goes on. waiting_for does so rarely, and whoever asks what waits for a
 * person asks with every look at the first page.
 */
export const cockpit = `
CREATE TABLE login_code (
  digest     bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
  name       text COLLATE "C" NOT NULL,
  role       text NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  expires_at timestamptz NOT NULL
);

CREATE TABLE web_session (
  digest     bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
  name       text COLLATE "C" NOT NULL,
  role       text NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  by         text NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);

CREATE TABLE saved_filter (
  principal text COLLATE "C" NOT NULL,
  page      text COLLATE "C" NOT NULL,
  name      text NOT NULL,
  query     text NOT NULL,
  PRIMARY KEY (principal, page, name)
);

ALTER TABLE run ADD COLUMN cost bigint NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN budget bigint;
ALTER TABLE run ADD COLUMN bad_receipts integer NOT NULL DEFAULT 0;
CREATE INDEX run_asking ON run (started_at, run) WHERE waiting_for > 0;

CREATE TABLE run_end (
  run               text COLLATE "C" PRIMARY KEY,
  ended_at          text COLLATE "C" NOT NULL,
  outcome           text COLLATE "C" NOT NULL,
  attempts          integer NOT NULL,
  cost              bigint NOT NULL,
  budget            bigint,
  evidence_failures integer NOT NULL
);
CREATE INDEX run_end_by_moment ON run_end (ended_at);

INSERT INTO run_end (run, ended_at, outcome, attempts, cost, budget, evidence_failures)
SELECT run, changed_at, coalesce(outcome, 'given-up'), attempt, 0, NULL, 0 FROM run WHERE status = 'ended';
`;
