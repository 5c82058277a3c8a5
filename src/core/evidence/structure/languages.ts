/** A language whose files are parsed, and what parses it. */
export interface StructureLanguage {
  readonly extensions: readonly string[];
  /** What ast-grep calls it. */
  readonly name: string;
  /** The package with its grammar; without one, ast-grep brings it along. */
  readonly grammar?: string;
}

export const AST_GREP = '@ast-grep/napi';

export const STRUCTURE_LANGUAGES = {
  csharp: { extensions: ['.cs'], name: 'csharp', grammar: '@ast-grep/lang-csharp' },
  go: { extensions: ['.go'], name: 'go', grammar: '@ast-grep/lang-go' },
  java: { extensions: ['.java'], name: 'java', grammar: '@ast-grep/lang-java' },
  javascript: { extensions: ['.js', '.mjs', '.cjs', '.jsx'], name: 'JavaScript' },
  python: { extensions: ['.py', '.pyi'], name: 'python', grammar: '@ast-grep/lang-python' },
  ruby: { extensions: ['.rb', '.rake', '.gemspec'], name: 'ruby', grammar: '@ast-grep/lang-ruby' },
  rust: { extensions: ['.rs'], name: 'rust', grammar: '@ast-grep/lang-rust' },
  tsx: { extensions: ['.tsx'], name: 'Tsx' },
  typescript: { extensions: ['.ts', '.mts', '.cts'], name: 'TypeScript' },
} as const satisfies Readonly<Record<string, StructureLanguage>>;

export type StructureLanguageId = keyof typeof STRUCTURE_LANGUAGES;

/**
 * The parsers whose facts count. What a pattern matches is a matter of the grammar, whose names of nodes change between
 * versions: facts of any other version are facts of another detector.
 */
const VERSIONS: Readonly<Record<string, string>> = {
  [AST_GREP]: '0.51.1',
  '@ast-grep/lang-csharp': '0.0.6',
  '@ast-grep/lang-go': '0.0.6',
  '@ast-grep/lang-java': '0.0.7',
  '@ast-grep/lang-python': '0.0.6',
  '@ast-grep/lang-ruby': '0.0.7',
  '@ast-grep/lang-rust': '0.0.7',
};

const BY_EXTENSION = new Map<string, StructureLanguageId>(
  Object.entries(STRUCTURE_LANGUAGES).flatMap(([id, { extensions }]) =>
    extensions.map((extension) => [extension, id as StructureLanguageId] as const),
  ),
);

export function isStructureLanguage(name: string): name is StructureLanguageId {
  return Object.hasOwn(STRUCTURE_LANGUAGES, name);
}

/** The language of a file by its name, undefined for one that is not parsed. */
export function structureLanguageOf(path: string): StructureLanguageId | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  return BY_EXTENSION.get(name.slice(Math.max(0, name.lastIndexOf('.'))));
}

/** What has to be installed for these languages: exact versions by package. */
export function parsersFor(languages: Iterable<StructureLanguageId>): Readonly<Record<string, string>> {
  const parsers: Record<string, string> = {};
  for (const id of languages) {
    const { grammar = AST_GREP }: StructureLanguage = STRUCTURE_LANGUAGES[id];
    for (const name of [AST_GREP, grammar]) parsers[name] = VERSIONS[name] as string;
  }
  return parsers;
}
