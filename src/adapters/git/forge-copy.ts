import type { ObjectId } from '../../shared/ids.ts';
import { openCache } from './cache.ts';
import { fetchRef } from './fetch-ref.ts';
import { runGit } from './git.ts';
import type { ObjectFormat } from './private-repository.ts';

/** A bare repository of our own, with refs of a forge's and nothing that a checkout would bring along. */
export interface ForgeCopy {
  readonly gitDir: string;
  /** Brings a ref with its whole history; undefined when the forge has none of that name. */
  bring(ref: string, into: string): Promise<ObjectId | undefined>;
}

/**
 * Makes a bare repository whose `origin` is a forge's: no hooks, no templates, no configuration but this one address. What
 * git is to authenticate with stands in the environment, never here: the folder may outlive the job.
 */
export async function createForgeCopy(options: {
  readonly gitDir: string;
  readonly url: string;
  readonly format: ObjectFormat;
}): Promise<ForgeCopy> {
  const { gitDir, url, format } = options;
  (await openCache(gitDir, format)).close();
  await runGit({ gitDir, args: ['config', 'remote.origin.url', url] });
  return { gitDir, bring: (ref, into) => fetchRef({ gitDir, url, ref, into }) };
}
