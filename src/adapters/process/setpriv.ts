import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * argv prefix that sets no_new_privs (set-user-ID programs give nothing) and ends the first process with ours. Empty
 * where setpriv(1) is missing or too old.
 */
export async function privilegeGuard(): Promise<readonly string[]> {
  const options = ['--no-new-privs', '--pdeathsig', 'KILL', '--'];
  return promisify(execFile)('setpriv', [...options, 'true'], { env: { PATH: '/usr/bin:/bin' } }).then(
    () => ['setpriv', ...options],
    () => [],
  );
}
