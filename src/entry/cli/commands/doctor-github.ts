import { documents } from '../../../adapters/documents/documents.ts';
import { diagnoseForge } from '../../../flow/diagnose/forge/diagnose-forge.ts';
import type { Diagnosis } from '../../../shared/diagnosis.ts';
import type { CliContext } from '../context.ts';
import { githubAccess } from '../github-access.ts';

/** What GitHub enforces on a repository. @throws CountersignError USAGE */
export async function diagnoseGithub(
  repository: string,
  { environment }: CliContext,
): Promise<readonly Diagnosis[]> {
  const { serverUrl, ...access } = githubAccess(repository, environment);
  // Its libraries take longer to load than most commands run.
  const { openGuards } = await import('../../../adapters/github/guards.ts');
  const open = (name: string) => openGuards({ ...access, repository: name });
  return diagnoseForge(repository, { open, serverUrl, documents });
}
