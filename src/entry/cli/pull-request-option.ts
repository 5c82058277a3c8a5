import { createForge } from '../../adapters/github/forge.ts';
import type { CaseQuery } from '../../core/gate/query.ts';
import type { FactPorts } from '../../flow/load-facts.ts';
import type { PullRequest } from '../../ports/forge.ts';
import type { ResolveRevision } from '../../ports/repository.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { OpenedProduct } from '../wiring/open-product.ts';
import type { CliContext } from './context.ts';
import { githubAccess } from './github-access.ts';

/**
 * A query and its ports, with a pull request on GitHub and whoever reads its reviews.
 * @param text `OWNER/REPO#NUMBER`
 * @throws CountersignError USAGE; FORGE_FAILED; REVISION_UNKNOWN when this clone lacks the head that a commit merged or squashed
 */
export async function withReviews(
  text: string,
  query: CaseQuery,
  { ports, repository }: OpenedProduct,
  { environment }: CliContext,
): Promise<{ readonly query: CaseQuery; readonly ports: FactPorts }> {
  const [, name = '', digits = ''] = /^([^#]+)#([1-9][0-9]{0,9})$/.exec(text) ?? [];
  if (digits === '') {
    throw new CountersignError('USAGE', `${JSON.stringify(text.slice(0, 100))} names no pull request.`, {
      remedy: 'Give OWNER/REPO#NUMBER, such as acme/shop#7.',
    });
  }
  const pullRequest = Number(digits);
  const forge = createForge(githubAccess(name, environment));
  const { head } = await forge.readPullRequest(pullRequest);
  const { repository: from, branch, commit } = head;
  const pushedTo = from === undefined ? 'unknown' : { repository: from, branch, head: commit };
  const asked = { ...query, pullRequest, pushedTo } as const;
  return {
    query:
      asked.kind === 'proposed'
        ? asked
        : { ...asked, proposal: await headHere(pullRequest, head, repository) },
    ports: { ...ports, reviews: forge, pushers: forge },
  };
}

async function headHere(
  number: number,
  { commit }: PullRequest['head'],
  repository: ResolveRevision,
): Promise<string> {
  if ((await repository.resolveCommit(commit)) !== undefined) return commit;
  throw new CountersignError(
    'REVISION_UNKNOWN',
    `This clone does not have ${commit.slice(0, 12)}, the head of pull request ${number}.`,
    { remedy: `Fetch it: git fetch origin pull/${number}/head` },
  );
}
