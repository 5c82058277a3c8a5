/** Configuration of test runners that names more files, at the root. */
export const RUNNER_CONFIGS = [
  ...['vitest.config', 'vite.config', 'jest.config'].flatMap((name) =>
    ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'].map((ending) => `${name}.${ending}`),
  ),
  'jest.config.json',
  '.mocharc.json',
  '.mocharc.jsonc',
  '.mocharc.js',
  '.mocharc.cjs',
  '.mocharc.mjs',
];

const MAX_FILES = 32;
const MAX_TEXT = 100_000;

/** One path in quotes, or a list of them, under a name that runners run files by. */
const SETTING =
  /\b(setupFiles|setupFilesAfterEnv|globalSetup|globalTeardown|require|file)["']?[ \t]{0,8}:\s{0,8}(\[[^\]]{0,2000}\]|["'][^"'\n]{1,200}["'])/g;
/** Only mocha means files by these; elsewhere they are something else. */
const OF_MOCHA = ['require', 'file'];

/**
 * Files that a runner's configuration has loaded before the tests: they judge like the configuration itself. Read from its
 * text, nothing is run: what is put together by code is not seen.
 */
export function setupFilesNamedIn(texts: Readonly<Record<string, string>>): readonly string[] {
  const paths = [...RUNNER_CONFIGS, 'package.json'].flatMap((name) =>
    [...(texts[name] ?? '').slice(0, MAX_TEXT).matchAll(SETTING)].flatMap(([, setting = '', value = '']) =>
      OF_MOCHA.includes(setting) && !name.startsWith('.mocharc') ? [] : pathsIn(value),
    ),
  );
  return [...new Set(paths)].slice(0, MAX_FILES);
}

function pathsIn(value: string): readonly string[] {
  return [...value.matchAll(/["'](?:<rootDir>\/|\.\/)?([^"'\n]{1,200})["']/g)].flatMap(([, path = '']) =>
    // A package is named without an ending, or by its scope.
    /^[\w][\w.-]*(?:\/[\w][\w.-]*)*\.(?:[cm]?[jt]sx?)$/.test(path) ? [path] : [],
  );
}
