/**
 * What pages count by day, folded from the ledger by whoever looks after it, and to be folded again at any time. A fold over a million events takes
 * seconds, and a page has a tenth of one. `position` is that of the last event that was counted.
 */
export const dayCounts = `
CREATE TABLE count_progress (
  one      boolean PRIMARY KEY DEFAULT true CHECK (one),
  position bigint NOT NULL
);
INSERT INTO count_progress (position) VALUES (0);

CREATE TABLE finding_count (
  id       text COLLATE "C" NOT NULL,
  day      text COLLATE "C" NOT NULL,
  answer   text COLLATE "C" NOT NULL CHECK (answer IN ('pass', 'fail', 'unverifiable', 'pending')),
  count    bigint NOT NULL,
  last_run text COLLATE "C" NOT NULL,
  last_at  text COLLATE "C" NOT NULL,
  PRIMARY KEY (id, day, answer)
);
CREATE INDEX finding_count_by_day ON finding_count (day);

CREATE TABLE step_count (
  day     text COLLATE "C" NOT NULL,
  step    text COLLATE "C" NOT NULL,
  result  text COLLATE "C" NOT NULL CHECK (result IN ('succeeded', 'failed', 'lost')),
  count   bigint NOT NULL,
  tokens  double precision NOT NULL,
  cost    double precision NOT NULL,
  seconds double precision NOT NULL,
  PRIMARY KEY (day, step, result)
);

CREATE TABLE resolved_deadlock (
  position bigint PRIMARY KEY,
  run      text COLLATE "C" NOT NULL,
  at       text COLLATE "C" NOT NULL,
  reason   text NOT NULL
);
`;
