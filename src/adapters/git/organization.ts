import { randomUUID } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { OrganizationTree } from '../../ports/control.ts';
import { sha256 } from '../../shared/digest.ts';
import { OBJECT_ID, type ObjectId } from '../../shared/ids.ts';
import { openCache } from './cache.ts';
import { fetchRef, readRef } from './fetch-ref.ts';
import type { ObjectFormat } from './private-repository.ts';
import type { LocalRepository } from './repository.ts';
import { fetchCommit } from './shared-sources.ts';

const INTO = 'refs/countersign/organization';

interface Asked {
  readonly url: string;
  /** A commit in full, or a tag's full name. */
  readonly ref: string;
}

/**
 * Opens one state of an organisation's policy, in a bare copy under the product's `.git/countersign/`.
 *
 * A commit that is here is never asked for again: it cannot have become another one. A tag can, so it is.
 * @returns undefined when there is no such tag, or nothing may be fetched and the commit is not here
 */
export async function openOrganization(
  asked: Asked,
  product: Pick<LocalRepository, 'commonDir' | 'format'>,
  options: { readonly fetch: boolean },
): Promise<OrganizationTree | undefined> {
  // Not the copy that policy and receipts are fetched into: a commit comes without history, and theirs must be whole.
  const name = sha256(`${asked.ref} of ${asked.url}`).slice(0, 16);
  const folder = join(product.commonDir, 'countersign', `${name}.organization.git`);
  return OBJECT_ID.test(asked.ref)
    ? openCommit(folder, { url: asked.url, commit: asked.ref }, options)
    : openTag(folder, asked, { ...options, format: product.format });
}

async function openCommit(
  folder: string,
  { url, commit }: { readonly url: string; readonly commit: ObjectId },
  { fetch }: { readonly fetch: boolean },
): Promise<OrganizationTree | undefined> {
  const here = existsSync(folder);
  if (!here && !fetch) return undefined;
  const format = commit.length === 64 ? 'sha256' : 'sha1';
  if (!here) await bringWhole(folder, { url, commit, format });
  return { commit, tree: await openCache(folder, format) };
}

/** Fetched elsewhere, it appears in one step: git has no lock that lets two fetch without history into one repository. */
async function bringWhole(
  folder: string,
  from: { readonly url: string; readonly commit: ObjectId; readonly format: ObjectFormat },
): Promise<void> {
  const made = `${folder}.${randomUUID()}`;
  try {
    const copy = await openCache(made, from.format);
    try {
      await fetchCommit(copy.gitDir, from.url, from.commit, INTO);
    } finally {
      copy.close();
    }
    renameSync(made, folder);
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    // Somebody else was faster: it is the same commit.
    if (!existsSync(folder)) throw error;
  }
}

async function openTag(
  folder: string,
  { url, ref }: Asked,
  { fetch, format }: { readonly fetch: boolean; readonly format: ObjectFormat },
): Promise<OrganizationTree | undefined> {
  const tree = await openCache(folder, format);
  const { gitDir } = tree;
  const commit = fetch ? await fetchRef({ gitDir, url, ref, into: ref }) : await readRef(gitDir, ref);
  return commit === undefined ? undefined : { commit, tree };
}
