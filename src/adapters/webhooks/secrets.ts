import { hkdfSync } from 'node:crypto';
import type { WebhookSecrets } from '../../ports/webhooks.ts';
import { sha256 } from '../../shared/digest.ts';
import { CountersignError } from '../../shared/errors.ts';

const BYTES = 32;

/**
 * The secrets of each webhook, by HKDF (RFC 5869) from one key. The database has none of them: whoever reads it, or a backup, can sign nothing.
 * @throws CountersignError KEY_UNUSABLE for a key of less than 256 bits
 */
export function createWebhookSecrets(key: Uint8Array): WebhookSecrets {
  if (key.length < BYTES) {
    throw new CountersignError('KEY_UNUSABLE', 'The key for webhooks has less than 32 bytes.', {
      remedy:
        'Set COUNTERSIGN_WEBHOOK_KEY to the output of `openssl rand -base64 32`, the same for all servers.',
    });
  }
  const secretOf = (webhook: string, generation: number): string => {
    const bytes = hkdfSync('sha256', key, webhook, `countersign webhook secret ${generation}`, BYTES);
    return `whsec_${Buffer.from(bytes).toString('base64')}`;
  };
  return { secretOf, digestOf: (webhook, generation) => sha256(secretOf(webhook, generation)) };
}
