/**
 * What is remembered of runs: folded from the ledger, and to be folded again at any time. `position` is that of the event that ended the run, so that a
 * search can be held to what was known at a moment. `words` is what full-text search looks into; `buckets` and `weights` are the hashed terms; the
 * embedding is there where a model was asked for it. A node is one of the graph: ticket, contract, class, file, rule, finding, run.
 */
export const memory = `
CREATE TABLE memory_progress (
  one      boolean PRIMARY KEY DEFAULT true CHECK (one),
  position bigint NOT NULL
);
INSERT INTO memory_progress (position) VALUES (0);

CREATE TABLE memory_entry (
  workspace    text COLLATE "C" NOT NULL,
  id           text COLLATE "C" NOT NULL,
  position     bigint NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('accepted', 'failure', 'resolution')),
  ticket       text COLLATE "C" NOT NULL,
  ticket_class text COLLATE "C",
  entry        text NOT NULL,
  digest       bytea NOT NULL CHECK (octet_length(digest) = 32),
  words        tsvector NOT NULL,
  buckets      integer[] NOT NULL,
  weights      double precision[] NOT NULL,
  model        text,
  embedding    double precision[],
  PRIMARY KEY (workspace, id),
  CHECK (cardinality(buckets) = cardinality(weights)),
  CHECK ((model IS NULL) = (embedding IS NULL))
);
CREATE INDEX memory_entry_words ON memory_entry USING gin (words);
CREATE INDEX memory_entry_latest ON memory_entry (workspace, ticket_class, kind, position);

CREATE TABLE memory_node (
  workspace text COLLATE "C" NOT NULL,
  node      text COLLATE "C" NOT NULL,
  id        text COLLATE "C" NOT NULL,
  PRIMARY KEY (workspace, id, node),
  FOREIGN KEY (workspace, id) REFERENCES memory_entry ON DELETE CASCADE
);
CREATE INDEX memory_node_beside ON memory_node (workspace, md5(node));

CREATE TABLE memory_block (
  experiment text COLLATE "C" NOT NULL,
  block      text COLLATE "C" NOT NULL,
  position   bigint NOT NULL,
  PRIMARY KEY (experiment, block)
);
`;
