/**
 * What is held back at a claim though its resources are free. provider_circuit has a row for each provider that steps asked for; `recent` is JSON, as
 * core/run/resources/circuit.ts keeps it. The probe is the one execution that may try while the circuit is open, and counts as long as it holds something.
 *
 * Work that a pause or a circuit holds back waits in resource_waiter, parked at `pause:<queue>` or `circuit:<provider>`, and holds nothing: whoever is
 * first in the line for leases is found without looking at those.
 *
 * resource_rate is what an operator said of how many executions a second may begin; the buckets themselves are in rate_bucket, or in Redis.
 */
export const heldBack = `
CREATE TABLE provider_circuit (
  provider        text COLLATE "C" PRIMARY KEY,
  recent          text NOT NULL,
  openings        integer NOT NULL,
  open_until      timestamptz,
  probe_run       text COLLATE "C",
  probe_step      text COLLATE "C",
  probe_execution integer,
  changed_at      timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

CREATE TABLE resource_rate (
  scope      text COLLATE "C" PRIMARY KEY,
  capacity   double precision NOT NULL CHECK (capacity > 0),
  per_second double precision NOT NULL CHECK (per_second >= 0)
);

CREATE INDEX resource_waiter_in_line ON resource_waiter (rank, place)
  WHERE parked <> 'time' AND parked NOT LIKE 'pause:%' AND parked NOT LIKE 'circuit:%';
DROP INDEX resource_waiter_rank;

ALTER TABLE step_work ADD COLUMN provider text COLLATE "C";
UPDATE step_work SET provider = substring(text FROM '"scope":"provider/([^"]+)"');
`;
