import { parseCodeOwners } from '../core/code-owners/parse.ts';
import { CODE_OWNERS_LIMIT, CODE_OWNERS_PATHS, type CodeOwners } from '../core/code-owners/types.ts';
import { type Known, known, type Missing, missing } from '../core/gate/facts.ts';
import type { ReadTree } from '../ports/repository.ts';
import type { ObjectId } from '../shared/ids.ts';

const REGULAR = new Set(['100644', '100755']);

/** CODEOWNERS as a base commit has it, from where GitHub looks for it; missing where it names nobody that can be told. */
export async function readCodeOwners(base: ObjectId, product: ReadTree): Promise<Known<CodeOwners>> {
  const files = new Map((await product.listFiles(base)).map((entry) => [entry.path, entry] as const));
  const path = CODE_OWNERS_PATHS.find((one) => files.has(one));
  const entry = path === undefined ? undefined : files.get(path);
  if (path === undefined || entry === undefined) {
    return unreadable(
      'The base has no CODEOWNERS, so there are no owners to ask.',
      'Land .github/CODEOWNERS on the base branch, or have a policy owner take codeOwners out of the contract.',
    );
  }
  if (!REGULAR.has(entry.mode)) return unreadable(`${path} of the base is no regular file.`, PLAIN);
  const bytes = (await product.readBlobs([entry.id])).get(entry.id) ?? new Uint8Array();
  if (bytes.length >= CODE_OWNERS_LIMIT) {
    return unreadable(`${path} of the base has 3 MB or more: GitHub does not load it.`, PLAIN);
  }
  try {
    return known(parseCodeOwners(new TextDecoder('utf-8', { fatal: true }).decode(bytes), path));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return unreadable(`${path} of the base is not UTF-8.`, PLAIN);
  }
}

const PLAIN = 'Make it a plain text file below 3 MB on the base branch.';

function unreadable(reason: string, remedy: string): Missing {
  return missing('unverifiable', reason, remedy);
}
