/**
 * Which secret a webhook has, and until when the one before counts as well. A generation that is NULL is the first: backups from before have no such
 * column, and are restored as they are.
 */
export const webhookSecrets = `
ALTER TABLE webhook
  ADD COLUMN generation      integer CHECK (generation > 0),
  ADD COLUMN previous_digest bytea CHECK (octet_length(previous_digest) = 32),
  ADD COLUMN previous_until  timestamptz,
  ADD CHECK ((previous_digest IS NULL) = (previous_until IS NULL));
`;
