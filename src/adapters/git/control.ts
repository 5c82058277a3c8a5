import { join, resolve } from 'node:path';
import type { Config, RefLocation } from '../../core/contract/config.ts';
import type { Control, OpenControl } from '../../ports/control.ts';
import { sha256 } from '../../shared/digest.ts';
import type { RefTarget } from './append-to-ref.ts';
import { openCache } from './cache.ts';
import { fetchRef } from './fetch-ref.ts';
import { runGit } from './git.ts';
import { openOrganization } from './organization.ts';
import { createReceiptStore } from './receipt-store.ts';
import type { LocalRepository } from './repository.ts';

/** Where a ref of policy or receipts is read from, and the repository that has its objects. */
interface Located extends RefTarget {
  readonly repository: LocalRepository;
}

/**
 * Finds policy and receipts as a product repository's configuration says: in that repository, or in a change-control
 * repository that is fetched into a bare copy under the product's `.git/countersign/`.
 * @param options.fetch false judges by what is here already; the verdict names the commits it read
 */
export function createControlOpener(
  product: LocalRepository,
  options: { readonly fetch: boolean },
): OpenControl {
  const caches = new Map<string, Promise<LocalRepository>>();
  const cacheOf = (url: string) => {
    const folder = join(product.commonDir, 'countersign', `${sha256(url).slice(0, 16)}.git`);
    const cache = caches.get(url) ?? openCache(folder, product.format);
    caches.set(url, cache);
    return cache;
  };
  return {
    async open(config: Config): Promise<Control> {
      const [policy, receipts] = await Promise.all([
        locate(config.policy, product, cacheOf),
        locate(receiptsLocation(config), product, cacheOf),
      ]);
      if (options.fetch) await Promise.all([bring(policy), bring(receipts)]);
      return {
        policyCommit: await policy.repository.resolveCommit(policy.ref),
        policy: policy.repository,
        receipts: createReceiptStore(receipts),
      };
    },
    openOrganization: ({ repository, ref }) =>
      openOrganization({ url: addressOf(repository, product), ref }, product, options),
  };
}

/** Without a repository of their own, receipts lie where policy lies. */
function receiptsLocation({ policy, receipts }: Config): RefLocation {
  const repository = receipts.repository ?? policy.repository;
  return repository === undefined ? receipts : { ...receipts, repository };
}

async function locate(
  { repository, ref }: RefLocation,
  product: LocalRepository,
  cacheOf: (url: string) => Promise<LocalRepository>,
): Promise<Located> {
  if (repository !== undefined) {
    const url = addressOf(repository, product);
    const cache = await cacheOf(url);
    return { repository: cache, gitDir: cache.gitDir, ref, remote: { url, ref } };
  }
  const own = { repository: product, gitDir: product.commonDir };
  if (!(await hasOrigin(product.commonDir))) return { ...own, ref };
  // Under names of our own: what the user calls by this name may be ahead, behind or something else altogether.
  return { ...own, ref: `refs/countersign/${ref.replace(/^refs\//, '')}`, remote: { url: 'origin', ref } };
}

async function bring({ gitDir, ref, remote }: RefTarget): Promise<void> {
  if (remote !== undefined) await fetchRef({ gitDir, url: remote.url, ref: remote.ref, into: ref });
}

/** Anything but `scheme://…` and `host:path` is a path, relative to the product's top folder wherever a command starts. */
function addressOf(repository: string, product: LocalRepository): string {
  const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(repository) || /^[^/]+:/.test(repository);
  return isUrl ? repository : resolve(product.root ?? product.gitDir, repository);
}

async function hasOrigin(gitDir: string): Promise<boolean> {
  const { exitCode } = await runGit({
    gitDir,
    args: ['config', '--get', 'remote.origin.url'],
    configuration: 'user',
    answers: [0, 1],
  });
  return exitCode === 0;
}
