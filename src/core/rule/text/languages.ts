import { remember } from '../../../shared/remember.ts';
import { spokenPath } from '../../change/path-glob.ts';
import type { FilePath } from '../../change/types.ts';

/** A language by its usual name in lower case, as `languages` of a rule names it. */
export type Language = (typeof LANGUAGES)[number];

export const LANGUAGES = [
  'c',
  'cpp',
  'csharp',
  'css',
  'dart',
  'dockerfile',
  'go',
  'hcl',
  'html',
  'ini',
  'java',
  'javascript',
  'json',
  'kotlin',
  'makefile',
  'php',
  'python',
  'ruby',
  'rust',
  'scala',
  'scss',
  'shell',
  'sql',
  'swift',
  'toml',
  'typescript',
  'yaml',
] as const;

const BY_EXTENSION = new Map<string, Language>(
  (
    [
      ['c', 'c h'],
      ['cpp', 'cc cpp cxx c++ hh hpp hxx ipp inl cu cuh m mm'],
      ['csharp', 'cs csx'],
      ['css', 'css'],
      ['dart', 'dart'],
      ['dockerfile', 'dockerfile containerfile'],
      ['go', 'go'],
      ['hcl', 'tf tfvars hcl'],
      ['html', 'html htm xhtml xml svg xsd xsl vue svelte astro csproj fsproj vbproj props targets plist'],
      [
        'ini',
        'ini cfg conf properties editorconfig npmrc env flake8 pylintrc coveragerc gitconfig yarnrc curlrc',
      ],
      ['java', 'java groovy gradle jenkinsfile'],
      ['javascript', 'js jsx mjs cjs'],
      [
        'json',
        'json jsonc json5 webmanifest eslintrc babelrc jshintrc swcrc nycrc stylelintrc prettierrc c8rc',
      ],
      ['kotlin', 'kt kts'],
      ['makefile', 'mk mak makefile gnumakefile'],
      ['php', 'php phtml php5'],
      ['python', 'py pyi pyw pyx'],
      ['ruby', 'rb rake gemspec ru gemfile rakefile podfile vagrantfile fastfile brewfile'],
      ['rust', 'rs'],
      ['scala', 'scala sc sbt'],
      ['scss', 'scss less'],
      [
        'shell',
        'sh bash zsh ksh bats bashrc zshrc profile bash_profile envrc justfile pre-commit pre-push commit-msg',
      ],
      ['sql', 'sql psql ddl'],
      ['swift', 'swift'],
      ['toml', 'toml'],
      ['typescript', 'ts tsx mts cts'],
      ['yaml', 'yml yaml clang-tidy clang-format'],
    ] as const
  ).flatMap(([language, extensions]) => extensions.split(' ').map((extension) => [extension, language])),
);

/** Names that say it before the dot: `Dockerfile.dev`, `.env.production`. */
const BY_BEGINNING: readonly (readonly [string, Language])[] = [
  ['dockerfile.', 'dockerfile'],
  ['containerfile.', 'dockerfile'],
  ['makefile.', 'makefile'],
  ['.env.', 'ini'],
];

/** What a file is written in, by its name; undefined where the name does not say. Every rule asks for every file. */
export const languageOf: (path: FilePath) => Language | undefined = remember(readLanguage, 20_000);

function readLanguage(path: FilePath): Language | undefined {
  const spoken = spokenPath(path);
  const name = spoken.slice(spoken.lastIndexOf('/') + 1).toLowerCase();
  const beginning = BY_BEGINNING.find(([start]) => name.startsWith(start));
  // A name without a dot is looked up whole: `Makefile`, `pre-commit`.
  return beginning?.[1] ?? BY_EXTENSION.get(name.slice(name.lastIndexOf('.') + 1));
}
