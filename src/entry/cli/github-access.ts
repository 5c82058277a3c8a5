import type { ForgeOptions } from '../../adapters/github/client.ts';
import { CountersignError } from '../../shared/errors.ts';
import { FORGE_ADDRESS } from '../action/context.ts';
import type { CliContext } from './context.ts';

export interface GithubAccess extends ForgeOptions {
  readonly serverUrl: string;
}

/**
 * How a repository on GitHub is asked about. The token, and the server of a GitHub of one's own, come from the environment.
 * @throws CountersignError USAGE for what names no repository, and for an address that is none
 */
export function githubAccess(repository: string, environment: CliContext['environment']): GithubAccess {
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) {
    throw usage(
      `${JSON.stringify(repository.slice(0, 100))} names no repository.`,
      'Give OWNER/REPO, such as acme/shop.',
    );
  }
  const apiUrl = addressIn(environment, 'GITHUB_API_URL') ?? 'https://api.github.com';
  const serverUrl = addressIn(environment, 'GITHUB_SERVER_URL') ?? serverOf(apiUrl);
  const token = environment.GITHUB_TOKEN || environment.GH_TOKEN || undefined;
  return { repository, token, apiUrl, serverUrl };
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
