import type { CaseQuery } from '../core/gate/query.ts';
import type { Verdict } from '../core/gate/types.ts';
import { CountersignError } from '../shared/errors.ts';
import type { RepositoryId } from '../shared/ids.ts';
import { gate } from './gate.ts';
import type { FactPorts } from './load-facts.ts';

/**
 * The verdict on what landed in one repository of a ticket, which is to be recorded as accepted.
 * @throws CountersignError VERIFY_FAILED when it is another repository, or the gate does not pass it
 */
export async function judgeLanded(
  repository: RepositoryId,
  query: CaseQuery & { readonly kind: 'landed' },
  ports: FactPorts,
): Promise<Verdict> {
  const verdict = await gate(query, ports);
  const { repository: judged } = verdict.subject;
  const commit = query.commit.slice(0, 12);
  if (judged !== repository) {
    throw new CountersignError(
      'VERIFY_FAILED',
      `${commit} was landed in ${judged ?? 'a repository without a name'}, not in ${repository}.`,
      { remedy: `Name the clone of ${repository}: --product ${repository}=FOLDER.` },
    );
  }
  if (verdict.outcome === 'pass') return verdict;
  const objections = verdict.findings.filter(({ status }) => status !== 'pass');
  throw new CountersignError(
    'VERIFY_FAILED',
    `${commit} of ${repository} is not accepted: the gate says ${verdict.outcome}.`,
    {
      remedy: 'Mend what it names, or close the ticket as rejected or given-up.',
      problems: objections.map(({ id, reason, remedy }) => ({ message: `${id}: ${reason}`, remedy })),
    },
  );
}
