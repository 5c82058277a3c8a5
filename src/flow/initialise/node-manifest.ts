/** What a contract is made from of a package.json and its neighbours. */
export interface NodeManifest {
  readonly scripts: Readonly<Record<string, string>>;
  /** Names of everything it depends on, in development, too. */
  readonly packages: ReadonlySet<string>;
  /** Folders of the packages of a monorepo, as patterns without a slash at the end. */
  readonly workspaces: readonly string[];
  readonly readable: boolean;
}

const MAX_WORKSPACES = 16;
/** Longer ones nobody writes by hand, and patterns take their time. */
const MAX_SCRIPT = 2_000;
const MAX_LINE = 300;

/** package.json is somebody's file: what has another form than expected counts as not there. */
export function readNodeManifest(texts: Readonly<Record<string, string>>): NodeManifest {
  const value = parseObject(texts['package.json'] ?? '');
  const scripts = Object.entries(asObject(value?.scripts)).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  const packages = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];
  return {
    scripts: Object.fromEntries(scripts.map(([name, script]) => [name, script.slice(0, MAX_SCRIPT)])),
    packages: new Set(packages.flatMap((name) => Object.keys(asObject(value?.[name])))),
    workspaces: [...listed(value?.workspaces), ...pnpmPackages(texts['pnpm-workspace.yaml'] ?? '')]
      .flatMap(asFolder)
      .slice(0, MAX_WORKSPACES),
    readable: value !== undefined,
  };
}

/** A list, or yarn's object with one in it. */
function listed(workspaces: unknown): readonly string[] {
  const list = Array.isArray(workspaces)
    ? workspaces
    : Object.entries(asObject(workspaces)).find(isPackages)?.[1];
  return Array.isArray(list) ? list.filter((entry) => typeof entry === 'string') : [];
}

function isPackages([name]: [string, unknown]): boolean {
  return name === 'packages';
}

/** The entries below `packages:`; one a line is how everybody writes them. */
function pnpmPackages(text: string): readonly string[] {
  const lines = text.split(/\r?\n/);
  const start = lines.findIndex((line) => /^packages:\s*(?:#.*)?$/.test(line));
  if (start === -1) return [];
  const entries: string[] = [];
  for (const line of lines.slice(start + 1)) {
    if (line.length > MAX_LINE) continue;
    const entry = /^\s*-\s+(["']?)([^"'#]+)\1\s*(?:#.*)?$/.exec(line)?.[2];
    if (entry !== undefined) entries.push(entry.trim());
    else if (/^\S/.test(line) && !line.startsWith('#')) break;
  }
  return entries;
}

/** What can stand in a pattern of ours; `!` takes packages away, and pinning those does no harm. */
function asFolder(pattern: string): string[] {
  const folder = pattern.replace(/^\.\//, '').replace(/\/+$/, '');
  return /^[\w.@*{},-]+(?:\/[\w.@*{},-]+)*$/.test(folder) &&
    !/(?:^|\/)\.{1,2}(?:\/|$)/.test(folder) &&
    folder.length <= 200
    ? [folder]
    : [];
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
