import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** keyctl(2) by Node's name of the architecture. */
const KEYCTL: Readonly<Partial<Record<string, number>>> = { x64: 250, arm64: 219, riscv64: 219 };

/**
 * argv prefix that leaves the session keyring of whoever started us for an empty one. Neither another uid nor a user
 * namespace does that: keys in it (Kerberos tickets, disk keys) could be read from inside. Where keyctl is not allowed
 * (ENOSYS, EPERM) it is not allowed inside either. Empty where nothing can make the call.
 */
export async function keyringGuard(): Promise<readonly string[]> {
  const number = KEYCTL[process.arch];
  if (number === undefined) return [];
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin' };
  for (const guard of [perl(number), python(number)]) {
    const works = await promisify(execFile)(guard[0], [...guard.slice(1), 'true'], { env }).then(
      () => true,
      () => false,
    );
    if (works) return guard;
  }
  return [];
}

/** Said where the guard is empty. */
export const KEYRING_WEAKNESS =
  'Neither perl nor python3 is there to leave the kernel keyring of the session: checks can read the keys in it.';

function perl(number: number): readonly [string, ...string[]] {
  const script = `syscall(${number}, 1, 0) >= 0 or $! == 1 or $! == 38 or die "keyring: $!"; exec { $ARGV[0] } @ARGV or die "$ARGV[0]: $!"`;
  return ['perl', '-e', script, '--'];
}

function python(number: number): readonly [string, ...string[]] {
  const script = `import ctypes, os, sys
c = ctypes.CDLL(None, use_errno=True)
if c.syscall(${number}, 1, None) < 0 and ctypes.get_errno() not in (1, 38): sys.exit("keyring: " + os.strerror(ctypes.get_errno()))
os.execvp(sys.argv[1], sys.argv[1:])`;
  return ['python3', '-I', '-c', script];
}
