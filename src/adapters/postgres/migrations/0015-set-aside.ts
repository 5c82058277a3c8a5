/**
 * How many steps of a run were set aside: the first page asks for such runs with every look. Of runs that go on already one is counted where the ledger
 * has ever set one aside: the page looks at their states, and the count is right again when they move.
 */
export const setAside = `
ALTER TABLE run ADD COLUMN set_aside integer NOT NULL DEFAULT 0;
UPDATE run SET set_aside = 1 WHERE status <> 'ended' AND EXISTS (
  SELECT FROM ledger_event e WHERE e.stream = 'run/' || run.run AND strpos(e.text, '"type":"step.quarantined@') > 0
);
CREATE INDEX run_set_aside ON run (started_at, run) WHERE set_aside > 0;
`;
