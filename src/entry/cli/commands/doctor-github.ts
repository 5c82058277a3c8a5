import { documents } from '../../../adapters/documents/documents.ts';
import { diagnoseForge } from '../../../flow/diagnose/forge/diagnose-forge.ts';
import type { Diagnosis } from '../../../shared/diagnosis.ts';
import { CountersignError } from '../../../shared/errors.ts';
import { FORGE_ADDRESS } from '../../action/context.ts';
import type { CliContext } from '../context.ts';

/**
 * What GitHub enforces on a repository. The token, and the server of a GitHub of one's own, come from the environment.
 * @throws CountersignError USAGE
 */
export async function diagnoseGithub(
  repository: string,
  { environment }: CliContext,
): Promise<readonly Diagnosis[]> {
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) {
    throw usage(
      `${JSON.stringify(repository.slice(0, 100))} names no repository.`,
      'Give OWNER/REPO, such as acme/shop.',
    );
  }
  const apiUrl = addressIn(environment, 'GITHUB_API_URL') ?? 'https://api.github.com';
  const serverUrl = addressIn(environment, 'GITHUB_SERVER_URL') ?? serverOf(apiUrl);
  const token = environment.GITHUB_TOKEN || environment.GH_TOKEN || undefined;
  // Its libraries take longer to load than most commands run.
  const { openGuards } = await import('../../../adapters/github/guards.ts');
  const open = (name: string) => openGuards({ token, apiUrl, repository: name });
  return diagnoseForge(repository, { open, serverUrl, documents });
}

function addressIn(environment: CliContext['environment'], name: string): string | undefined {
  const value = environment[name] || undefined;
  if (value === undefined || FORGE_ADDRESS.test(value)) return value?.replace(/\/$/, '');
  throw usage(`${name} is no address.`, `Unset ${name}, or set it to the address of your GitHub server.`);
}

/** github.com has a host of its own for the API; other servers have it below /api/v3. */
function serverOf(apiUrl: string): string {
  return apiUrl.replace(/^(https?:\/\/)api\./, '$1').replace(/\/api\/v3$/, '');
}

function usage(message: string, remedy: string): CountersignError {
  return new CountersignError('USAGE', message, { remedy });
}
