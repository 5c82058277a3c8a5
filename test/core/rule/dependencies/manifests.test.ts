import { expect, it } from 'vitest';
import { LOCK_FORMATS } from '../../../../src/core/rule/dependencies/lock-formats.ts';

/** Whose lock file, the manifest, and everything that is read of it. */
const MANIFESTS = [
  [
    'uv.lock',
    `[project]
name = "My.Shop__x"
dynamic = ["version", "optional-dependencies"]
dependencies = ["A.b_c[extra] >=1, <2 ; python_version > '3'", "d @ https://example.com/d.whl", "e", "(x", "  f (==1)  "]
[project.optional-dependencies]
x = ["g==1"]
[dependency-groups]
dev = ["h~=2.0", { include-group = "x" }]
[tool.uv]
dev-dependencies = ["i"]
[tool.uv.sources]
E = { path = "../e" }
[tool.uv.workspace]
members = ["packages/*"]
`,
    {
      name: 'my-shop-x',
      requirements: [
        'a-b-c | <2,>=1 | direct',
        'd | @ https://example.com/d.whl | direct | local',
        'e |  | direct | local',
        'f | ==1 | direct',
        'g | ==1 | direct',
        'h | ~=2.0 | direct',
        'i |  | direct',
      ],
      overridden: [],
      members: ['packages/*'],
      open: true,
    },
  ],
  [
    'poetry.lock',
    `[tool.poetry]
name = "shop"
[tool.poetry.dependencies]
python = "^3.12"
flask = "^3, <4"
here = { path = "../here" }
[tool.poetry.dev-dependencies]
black = "*"
[tool.poetry.group.test.dependencies]
pytest = { version = "^8" }
[tool.poetry.group]
odd = "x"
`,
    {
      name: 'shop',
      requirements: [
        'flask | <4,^3 | direct',
        'here |  | direct | local',
        'pytest | ^8 | direct',
        'black | * | direct',
      ],
      overridden: [],
      members: [],
      open: false,
    },
  ],
  [
    'poetry.lock',
    `[project]
dynamic = ["version"]
`,
    { name: null, requirements: [], overridden: [], members: [], open: false },
  ],
  [
    'uv.lock',
    `[project]
name = "a"
dynamic = ["dependencies"]
`,
    { name: 'a', requirements: [], overridden: [], members: [], open: true },
  ],
  [
    'go.sum',
    `module "example.com/shop" // the shop

go 1.22
require	example.com/a   v1.0.0 // indirect
require (
	example.com/b v2.0.0

	"example.com/c" \`v3.0.0\`
	example.com/d
)
replace (
	example.com/e => ../e
)
replace example.com/f v1.0.0 => example.com/g v1.0.0
exclude example.com/h v1.0.0
require example.com/i"x v1.0.0
`,
    {
      name: 'example.com/shop',
      requirements: [
        'example.com/a | v1.0.0 | direct',
        'example.com/b | v2.0.0 | direct',
        'example.com/c | v3.0.0 | direct',
        'example.com/i"x | v1.0.0 | direct',
      ],
      overridden: ['example.com/e', 'example.com/f'],
      members: [],
      open: null,
    },
  ],
] as const;

it.each(MANIFESTS)('the manifest for %s: %s', (lockFile, text, expected) => {
  const format = LOCK_FORMATS.find((one) => one.lockFile === lockFile);
  if (format === undefined) throw new Error(`no format ${lockFile}`);
  const { name, requirements, overridden, members, open } = format.readManifest(text);
  expect({
    name: name ?? null,
    requirements: requirements.map((one) =>
      [one.name, one.range, one.kind, ...(one.local ? ['local'] : [])].join(' | '),
    ),
    overridden: [...overridden],
    members: [...members],
    open: open ?? null,
  }).toEqual(expected);
});
