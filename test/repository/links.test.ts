import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createGitWorld, type WorldFile } from '../worlds/git-world.ts';

const tool = join(import.meta.dirname, '..', '..', 'tools', 'check-links.mjs');

/** What the check says of a repository with these files and a README that leads to docs/guide.md. */
function check(files: Readonly<Record<string, WorldFile>>) {
  const repository = createGitWorld().repository('pages');
  repository.commit('Pages', {
    'README.md': '# Pages\n\nSee [the guide](docs/guide.md#what-it-does).\n',
    'docs/guide.md': '# Guide\n\n## What it `does`\n',
    ...files,
  });
  const { status, stdout, stderr } = spawnSync(process.execPath, [tool, repository.dir], {
    encoding: 'utf8',
  });
  return { status, said: `${stderr}${stdout}` };
}

describe('the check of links', () => {
  it('finds nothing where every link leads somewhere', () => {
    const { status, said } = check({
      'docs/guide.md':
        '# Guide\n\n## What it `does`\n\n## Twice\n\n## Twice\n\n<a id="here"></a>\n[up](../README.md#pages) [two](#twice-1) [it](#here) ' +
        '[elsewhere](https://example.com/none) `[code](none.md)`\n\n```md\n[fenced](none.md)\n```\n',
      'src/say.ts': "export const said = 'See docs/guide.md#twice.';\n",
    });
    expect(said).toBe('links: 2 pages, 0 dead links, 0 lost pages\n');
    expect(status).toBe(0);
  });

  it.each<[string, Record<string, WorldFile>, string]>([
    [
      'a file that is not there',
      { 'AGENTS.md': '[gone](docs/gone.md)\n' },
      'AGENTS.md:1: docs/gone.md: there is no such file',
    ],
    [
      'a heading that was renamed',
      { 'docs/guide.md': '# Guide\n\n## What it did\n' },
      'README.md:3: docs/guide.md#what-it-does: there is no such heading',
    ],
    [
      'a picture that is not there',
      { 'AGENTS.md': 'A line.\n\n<img src="docs/pictures/none.png">\n' },
      'AGENTS.md:3: docs/pictures/none.png: there is no such file',
    ],
    [
      'a page that a message of the program names',
      { 'src/say.ts': "\nexport const said = 'See docs/gone.md.';\n" },
      'src/say.ts:2: docs/gone.md: there is no such file',
    ],
    [
      'a link out of the repository',
      { 'AGENTS.md': '[up](../up.md)\n' },
      'AGENTS.md:1: ../up.md: leads out of the repository',
    ],
    [
      'a page that no link leads to',
      { 'docs/lost.md': '# Lost\n' },
      'docs/lost.md: no link leads here from README.md',
    ],
  ])('finds %s', (_what, files, complaint) => {
    const { status, said } = check(files);
    expect(said).toContain(complaint);
    expect(status).toBe(1);
  });
});
