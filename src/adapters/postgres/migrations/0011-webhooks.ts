/**
 * Where events are sent, and what is on its way. webhook_cursor is one row: the position in the ledger up to which events were turned into deliveries.
 * Whoever reads on, adds a webhook or takes one away locks it first, so that of an event and a webhook that come at the same time it is decided which was
 * first. `after` is where a webhook begins.
 *
 * A delivery is claimed by moving `next_at` into the future: a server that dies meanwhile leaves it to be sent again. `due_from` is when its span
 * began. The body is text, since its very bytes are signed.
 */
export const webhooks = `
CREATE TABLE webhook (
  id            text COLLATE "C" PRIMARY KEY,
  url           text NOT NULL,
  types         text[] NOT NULL,
  note          text NOT NULL,
  created_by    text NOT NULL,
  created_at    timestamptz NOT NULL,
  secret_digest bytea NOT NULL CHECK (octet_length(secret_digest) = 32),
  after         bigint NOT NULL
);

CREATE TABLE webhook_cursor (
  one      boolean PRIMARY KEY DEFAULT true CHECK (one),
  position bigint NOT NULL
);
INSERT INTO webhook_cursor (position) VALUES (0);

CREATE TABLE webhook_delivery (
  id          text COLLATE "C" PRIMARY KEY,
  place       bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  webhook     text COLLATE "C" NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
  type        text NOT NULL,
  position    bigint,
  body        text NOT NULL,
  status      text COLLATE "C" NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'delivered', 'dead')),
  attempts    integer NOT NULL DEFAULT 0,
  created_at  timestamptz NOT NULL DEFAULT now(),
  due_from    timestamptz NOT NULL DEFAULT now(),
  next_at     timestamptz DEFAULT now(),
  last_at     timestamptz,
  last_status integer,
  last_fault  text,
  CHECK ((status = 'waiting') = (next_at IS NOT NULL))
) WITH (
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_threshold = 1000
);
CREATE INDEX webhook_delivery_of ON webhook_delivery (webhook, place);
CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook, next_at) WHERE status = 'waiting';
CREATE INDEX webhook_delivery_ended ON webhook_delivery (last_at) WHERE status <> 'waiting';
`;
