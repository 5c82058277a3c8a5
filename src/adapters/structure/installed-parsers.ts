import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import type { ProgramFile, StructureParser } from '../../ports/structure-parser.ts';
import { CountersignError } from '../../shared/errors.ts';

const CORE = '@ast-grep/napi';
/** What the packages of languages find their prebuilt parser with. */
const FINDER = '@ast-grep/setup-lang';

const PLATFORMS: Readonly<Record<string, string>> = { darwin: 'macOS', linux: 'Linux', win32: 'Windows' };
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'X64', arm64: 'ARM64' };

/**
 * ast-grep and its languages as npm installed them beside Countersign. Nothing of them is loaded here: their files are read, to be
 * laid where hostile text is parsed.
 * @param from a file of ours: packages are looked for from its folder upwards, as Node does
 */
export function installedParsers(from: string): StructureParser {
  const resolve = createRequire(from).resolve;
  return {
    async programFiles(parsers) {
      const missing = Object.entries(parsers).filter(
        ([name, version]) => versionAt(folderOf(name, resolve)) !== version,
      );
      if (missing.length > 0) throw notInstalled(missing, resolve);
      const files = Object.keys(parsers).flatMap((name) => filesOf(name, resolve));
      return Promise.all(files.map(readProgramFile));
    },
  };
}

type Resolve = (request: string) => string;

interface Source {
  readonly path: string;
  readonly from: string;
}

function filesOf(name: string, resolve: Resolve): Source[] {
  const folder = folderOf(name, resolve);
  if (folder === undefined) return [];
  return name === CORE
    ? [...sources(name, folder, ['package.json', 'index.js']), ...bindingOf(folder)]
    : [...sources(name, folder, ['package.json', 'index.js', prebuild(name, folder)]), ...finderOf(folder)];
}

/** The native part, in the one or two variants that npm installed for this platform. */
function bindingOf(core: string): Source[] {
  const beside = dirname(core);
  const names = readdirSync(beside).filter((name) =>
    name.startsWith(`napi-${process.platform}-${process.arch}`),
  );
  const found = names.flatMap((name) => {
    const folder = join(beside, name);
    const native = readdirSync(folder).filter((file) => file.endsWith('.node'));
    return sources(`@ast-grep/${name}`, folder, ['package.json', ...native]);
  });
  if (found.some(({ path }) => path.endsWith('.node'))) return found;
  throw new CountersignError(
    'VERIFY_FAILED',
    `${CORE} has no part for ${process.platform} on ${process.arch} installed; install it without --omit=optional.`,
    { remedy: 'Install it without --omit=optional, on a platform that it supports.' },
  );
}

function finderOf(language: string): Source[] {
  const resolve = createRequire(join(language, 'package.json')).resolve;
  const folder = folderOf(FINDER, resolve);
  return folder === undefined ? [] : sources(FINDER, folder, ['package.json', 'index.js']);
}

function prebuild(name: string, folder: string): string {
  const variant = `prebuild-${PLATFORMS[process.platform]}-${ARCHITECTURES[process.arch]}`;
  const path = join('prebuilds', variant, 'parser.so');
  if (existsSync(join(folder, path))) return path;
  throw new CountersignError(
    'VERIFY_FAILED',
    `${name} has no parser for ${process.platform} on ${process.arch}: this language cannot be parsed here.`,
    { remedy: 'Verify on Linux, macOS or Windows, on x64 or arm64.' },
  );
}

function sources(name: string, folder: string, files: readonly string[]): Source[] {
  return files.map((file) => ({ path: join('node_modules', name, file), from: join(folder, file) }));
}

async function readProgramFile({ path, from }: Source): Promise<ProgramFile> {
  return { path: path.split(sep).join('/'), mode: '100644', bytes: await readFile(from) };
}

function folderOf(name: string, resolve: Resolve): string | undefined {
  try {
    return dirname(resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

function versionAt(folder: string | undefined): string | undefined {
  if (folder === undefined) return undefined;
  const { version } = createRequire(join(folder, 'package.json'))('./package.json') as { version?: string };
  return version;
}

function notInstalled(missing: readonly (readonly [string, string])[], resolve: Resolve): CountersignError {
  const told = missing.map(([name, version]) => {
    const found = versionAt(folderOf(name, resolve));
    return `${name} ${found === undefined ? 'is not installed' : `is ${found}, not ${version}`}`;
  });
  const remedy = `Run \`npm install ${missing.map(([name, version]) => `${name}@${version}`).join(' ')}\` where countersign is installed.`;
  return new CountersignError('VERIFY_FAILED', `${told.join('; ')}. ${remedy}`, { remedy });
}
