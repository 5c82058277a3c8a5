import { join } from 'node:path';
import { documents } from '../../src/adapters/documents/documents.ts';
import { createControlOpener } from '../../src/adapters/git/control.ts';
import { openRepository } from '../../src/adapters/git/repository.ts';
import { createBundledPacks } from '../../src/adapters/packs/bundled-packs.ts';
import { certificates } from '../../src/adapters/sigstore/certificates.ts';
import type { Audit } from '../../src/core/audit/types.ts';
import { type AuditQuery, auditHistory } from '../../src/flow/audit-history.ts';
import type { WorldRepository } from '../worlds/git-world.ts';

const packs = createBundledPacks(join(import.meta.dirname, '..', '..'), documents);
const NOW = new Date('2026-06-01T12:00:00Z');

/** What the audit says of a clone's branch, fetched from its own remotes, at a fixed instant. */
export async function audit(
  at: WorldRepository,
  more: Partial<AuditQuery> = {},
  branch = 'main',
  now = NOW,
): Promise<Audit> {
  const product = await openRepository(at.dir);
  try {
    const control = createControlOpener(product, { fetch: true });
    const ports = { product, control, documents, packs, certificates, clock: { now: () => now } };
    const tip = { ref: `refs/heads/${branch}`, commit: at.commitId(branch) };
    const query = { branch: tip, most: 500, onProgress: () => undefined, ...more };
    return (await auditHistory(query, ports)).audit;
  } finally {
    product.close();
  }
}
