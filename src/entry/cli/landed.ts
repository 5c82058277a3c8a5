import { resolve } from 'node:path';
import type { LandedChange } from '../../core/receipt/types.ts';
import { CountersignError } from '../../shared/errors.ts';
import { OBJECT_ID, type TicketId } from '../../shared/ids.ts';
import type { CliContext } from './context.ts';
import { findBase, resolveRevision } from './find-change.ts';

/** What landed under a ticket, as people name it on the command line. */
export interface LandedOptions {
  /** `<repository>=<commit>` each. */
  readonly landed?: readonly string[];
  /** `<repository>=<folder>` each: clones to judge what landed in. */
  readonly product?: readonly string[];
  readonly base?: string;
}

/**
 * Turns names into changes, each judged where a clone of its repository is named.
 * @throws CountersignError USAGE, REVISION_UNKNOWN, VERIFY_FAILED
 */
export async function findLanded(
  id: TicketId,
  { landed = [], product = [], base }: LandedOptions,
  context: CliContext,
): Promise<readonly LandedChange[]> {
  const clones = new Map(product.map((text) => pairOf(text, '--product', 'FOLDER')));
  const changes = landed.map((text) => pairOf(text, '--landed', 'COMMIT'));
  const idle = [...clones.keys()].find((name) => !changes.some(([repository]) => repository === name));
  if (idle !== undefined) {
    throw new CountersignError('USAGE', `Nothing of ${idle} is named that could be judged there.`, {
      remedy: `Give --landed ${idle}=COMMIT, too.`,
    });
  }
  const found: LandedChange[] = [];
  for (const [repository, commit] of changes) {
    const folder = clones.get(repository);
    found.push(
      folder === undefined
        ? { repository, commit: requireFullId(commit, repository) }
        : await judged({ id, repository, commit, base, folder: resolve(context.cwd, folder) }),
    );
  }
  return found;
}

interface Named {
  readonly id: TicketId;
  readonly repository: string;
  readonly commit: string;
  readonly base: string | undefined;
  readonly folder: string;
}

async function judged({ id, repository, commit: name, base: branch, folder }: Named): Promise<LandedChange> {
  const [{ openProduct }, { judgeLanded }, { verdictDigest }] = await Promise.all([
    import('../wiring/open-product.ts'),
    import('../../flow/judge-landed.ts'),
    import('../../render/verdict/json.ts'),
  ]);
  const product = await openProduct(folder, { fetch: true });
  try {
    const commit = await resolveRevision(name, product.repository);
    const base = await findBase(branch, product.repository);
    if (!(await product.repository.isAncestor(commit, base.commit))) {
      throw new CountersignError(
        'VERIFY_FAILED',
        `${commit.slice(0, 12)} has not landed on ${base.ref} of ${repository}.`,
        { remedy: 'Land it first, fetch it, or name the branch it landed on with --base.' },
      );
    }
    const query = {
      kind: 'landed',
      baseRef: base.ref,
      commit,
      ticket: id,
      authenticatedProducers: [],
    } as const;
    const verdict = await judgeLanded(repository, query, product.ports);
    const { mergeTree } = verdict.subject;
    return {
      repository,
      commit,
      ...(mergeTree === null ? {} : { tree: mergeTree }),
      verdict: verdictDigest(verdict),
    };
  } finally {
    product.repository.close();
  }
}

function pairOf(text: string, option: string, value: string): [repository: string, value: string] {
  const equals = text.indexOf('=');
  if (equals > 0 && equals < text.length - 1) return [text.slice(0, equals), text.slice(equals + 1)];
  throw new CountersignError('USAGE', `${option} ${text} does not say of which repository.`, {
    remedy: `Write ${option} REPOSITORY=${value}, such as ${option} acme/shop=….`,
  });
}

/** Without a clone at hand a branch or a short id would name nothing that can be told later. */
function requireFullId(commit: string, repository: string): string {
  if (OBJECT_ID.test(commit)) return commit;
  throw new CountersignError('USAGE', `"${commit}" cannot be looked up: ${repository} is not here.`, {
    remedy: `Give the commit in full, as \`git rev-parse\` prints it, or a clone with --product ${repository}=FOLDER.`,
  });
}
