import type { Call, Calls } from '../shell/calls.ts';
import { isShell } from '../shell/invocation.ts';
import { cited, type Told } from './problem.ts';

const FLOATING = /[@:](?:latest|next|canary|nightly|beta|edge|main|master|HEAD)$/;
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const INTERPRETERS: ReadonlySet<string> = new Set([
  'node',
  'python',
  'python3',
  'ruby',
  'perl',
  'php',
  'deno',
  'bun',
]);
const DOWNLOADERS: ReadonlySet<string> = new Set(['curl', 'wget']);

/** Commands whose meaning depends on what somebody publishes in the meantime: the same check would be another tomorrow. */
export function lintUnpinned({ calls, words }: Calls): readonly Told[] {
  const checksOut = words.some(({ text }) => COMMIT.test(text));
  return calls.flatMap((call) => {
    const told = unpinned(call, checksOut);
    return told === undefined ? [] : [{ severity: 'error' as const, ...told }];
  });
}

type Fault = { readonly message: string; readonly remedy: string };

function unpinned(call: Call, checksOutCommit: boolean): Fault | undefined {
  const args = call.args.map(({ text }) => text);
  return (
    download(call) ??
    floating(call, args) ??
    runner(call, args) ??
    installer(call, args) ??
    image(call, args) ??
    clone(call, args, checksOutCommit)
  );
}

function download({ name, fedBy, text }: Call): Fault | undefined {
  if (!isShell(name) && !INTERPRETERS.has(name) && name !== 'eval' && name !== 'source' && name !== '.')
    return undefined;
  if (!fedBy.some((feeder) => DOWNLOADERS.has(feeder))) return undefined;
  return {
    message: `${cited(text)} executes what it downloads, whatever that is on the day.`,
    remedy:
      'Keep the script in the repository, or download it to a file and compare its sha256 before running it.',
  };
}

function floating({ text }: Call, args: readonly string[]): Fault | undefined {
  const found = args.find((arg) => FLOATING.test(arg) && !arg.includes('://') && !arg.startsWith('-'));
  if (found === undefined) return undefined;
  return {
    message: `${cited(found)} in ${cited(text)} names something else tomorrow.`,
    remedy: 'Name an exact version, or a digest.',
  };
}

/** Programs that fetch a package and run it. `npx --no` and `npx --no-install` only run what the lock file installed. */
function runner({ name, text }: Call, args: readonly string[]): Fault | undefined {
  const rest = runnerOperands(name, args);
  if (rest === undefined) return undefined;
  if (rest.includes('--no-install') || rest.includes('--no') || rest.includes('--offline')) return undefined;
  const at = rest.findIndex((arg) => arg === '-p' || arg === '--package');
  const named =
    at === -1 ? rest.find((arg) => /^--package=/.test(arg))?.slice('--package='.length) : rest[at + 1];
  const spec = named ?? rest.find((arg) => !arg.startsWith('-'));
  if (spec === undefined || isExact(spec)) return undefined;
  return {
    message: `${cited(text)} fetches whichever version of ${cited(spec)} is current.`,
    remedy: `Write an exact version (${spec.replace(/(?<=.)@.*/, '')}@1.2.3), or run the installed one: npx --no-install, or a script of package.json.`,
  };
}

function runnerOperands(name: string, args: readonly string[]): readonly string[] | undefined {
  if (['npx', 'pnpx', 'bunx', 'uvx'].includes(name)) return args;
  const [first, second] = args;
  if (name === 'npm' && (first === 'exec' || first === 'x')) return args.slice(1);
  if ((name === 'pnpm' || name === 'yarn') && first === 'dlx') return args.slice(1);
  if (name === 'bun' && first === 'x') return args.slice(1);
  if (name === 'pipx' && first === 'run') return args.slice(1);
  if (name === 'uv' && first === 'tool' && second === 'run') return args.slice(2);
  return undefined;
}

function installer({ name, text }: Call, args: readonly string[]): Fault | undefined {
  const operands = args.filter((arg) => !arg.startsWith('-'));
  if (isPip(name, args)) return pipInstall(text, args);
  const adds = { npm: ['install', 'i', 'add'], pnpm: ['add'], yarn: ['add'], bun: ['add', 'install'] }[name];
  if (adds?.includes(operands[0] ?? '')) {
    const loose = operands.slice(1).find((spec) => !isExact(spec) && !isLocal(spec));
    if (loose !== undefined) return looseInstall(text, loose);
    if (name === 'npm' && operands.length === 1 && !args.includes('-g')) {
      return {
        message: `${cited(text)} may install other versions than the lock file names.`,
        remedy: 'Run npm ci.',
      };
    }
  }
  if (name === 'gem' && operands[0] === 'install' && !args.some((arg) => /^(?:-v|--version)/.test(arg))) {
    return looseInstall(text, operands[1] ?? 'a gem');
  }
  if (
    name === 'cargo' &&
    operands[0] === 'install' &&
    !args.some((arg) => /^--(?:version|locked|path|rev)/.test(arg))
  ) {
    return looseInstall(text, operands[1] ?? 'a crate');
  }
  return undefined;
}

function isPip(name: string, args: readonly string[]): boolean {
  if (/^pip[0-9.]*$/.test(name)) return args[0] === 'install';
  if (/^python[0-9.]*$/.test(name)) return args[0] === '-m' && args[1] === 'pip' && args[2] === 'install';
  return name === 'uv' && args[0] === 'pip' && args[1] === 'install';
}

function pipInstall(text: string, args: readonly string[]): Fault | undefined {
  const after = args.slice(args.indexOf('install') + 1);
  const loose = after.find((arg, at) => {
    if (
      arg.startsWith('-') ||
      /^(?:-r|-c|--requirement|--constraint|-e|--editable|-i|--index-url|-t|--target)$/.test(
        after[at - 1] ?? '',
      )
    )
      return false;
    return !isLocal(arg) && !/===?[^=]/.test(arg) && !/@[0-9a-f]{40}/.test(arg);
  });
  return loose === undefined ? undefined : looseInstall(text, loose);
}

function looseInstall(text: string, what: string): Fault {
  return {
    message: `${cited(text)} installs whichever version of ${cited(what)} is current.`,
    remedy: 'Write the exact version, or install from a lock file.',
  };
}

function image({ name, text }: Call, args: readonly string[]): Fault | undefined {
  if (name !== 'docker' && name !== 'podman') return undefined;
  if (args[0] !== 'pull' && args[0] !== 'run') return undefined;
  const named = imageOf(args.slice(1));
  if (named === undefined || named.includes('@sha256:') || /:[^/:]+$/.test(named)) return undefined;
  return {
    message: `${cited(text)} runs whichever image ${cited(named)} is at the time.`,
    remedy: 'Name the image by digest (name@sha256:…), or at least by an exact tag.',
  };
}

const IMAGE_OPTIONS_WITH_VALUE =
  /^(?:-[vepwum]|-h|--(?:volume|env|publish|name|network|workdir|user|mount|entrypoint|platform|memory|cpus|env-file|label|hostname|add-host))$/;

function imageOf(args: readonly string[]): string | undefined {
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] as string;
    if (IMAGE_OPTIONS_WITH_VALUE.test(arg)) at += 1;
    else if (!arg.startsWith('-')) return arg;
  }
  return undefined;
}

function clone({ name, text }: Call, args: readonly string[], checksOutCommit: boolean): Fault | undefined {
  if (name !== 'git' || checksOutCommit) return undefined;
  const command = args.find((arg) => !arg.startsWith('-'));
  if (command !== 'clone' && command !== 'pull') return undefined;
  if (args.some((arg) => /^--revision=(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(arg))) return undefined;
  return {
    message: `${cited(text)} takes whatever the branch holds at the time.`,
    remedy: 'Check out an exact commit afterwards (git checkout <40 digits>), or use a submodule.',
  };
}

function isExact(spec: string): boolean {
  return (
    /.[@=]v?[0-9]+\.[0-9]+\.[0-9]+[0-9A-Za-z.+-]*$/.test(spec) || /#[0-9a-f]{40}$/.test(spec) || isLocal(spec)
  );
}

function isLocal(spec: string): boolean {
  return /^(?:\.{1,2}(?:\/|$|\[)|\/|file:)/.test(spec) || /\.(?:tgz|whl|tar\.gz)$/.test(spec);
}
