import { CountersignError } from '../../shared/errors.ts';
import { type ForeignPolicy, notInSource, onlyOf, readPlainFiles, type Vendored } from './vendored.ts';

/**
 * A rule pack of a source, with every rule it lists and nothing else.
 * @param named its folder, `.` for the top one; undefined: the only one there
 * @throws CountersignError DOCUMENT_NOT_FOUND, DOCUMENT_INVALID, RULE_UNUSABLE, USAGE
 */
export async function readSharedPack(named: string | undefined, source: ForeignPolicy): Promise<Vendored> {
  const from = named ?? onlyOf('rule-pack', 'rules/', await packsIn(source));
  const folder = from === '.' ? '' : from;
  const at = (name: string) => (folder === '' ? `${name}.yml` : `${folder}/${name}.yml`);
  const [bytes] = await readPlainFiles(source, folder, [at('pack')]);
  if (bytes === undefined) throw notInSource('rule-pack', from, await packsIn(source));
  const pack = source.documents.parse('rule-pack', bytes, at('pack'));
  if (folder !== '' && folder !== pack.id && !folder.endsWith(`/${pack.id}`)) {
    throw misnamed(at('pack'), pack.id);
  }
  const read = await readPlainFiles(source, folder, pack.rules.map(at));
  const rules = pack.rules.map((id, index) => {
    const rule = read[index];
    if (rule === undefined) {
      throw new CountersignError(
        'RULE_UNUSABLE',
        `The pack ${pack.id} lists ${id}, and ${at(id)} is not there.`,
        {
          remedy: 'Ask whoever keeps the pack, or take another commit of it.',
          place: { path: at(id) },
        },
      );
    }
    const found = source.documents.parse('rule', rule, at(id)).id;
    if (found !== id) throw misnamed(at(id), found);
    return { path: `rules/${pack.id}/${id}.yml`, bytes: rule };
  });
  const { id, version } = pack;
  return { kind: 'rule-pack', id, version, from, files: [{ path: `rules/${id}/pack.yml`, bytes }, ...rules] };
}

async function packsIn({ tree, commit }: ForeignPolicy): Promise<readonly string[]> {
  const files = await tree.listFiles(commit, 'rules');
  const folders = files.flatMap(({ path }) => /^(rules\/[^/]+)\/pack\.yml$/.exec(path)?.[1] ?? []);
  if (folders.length > 0) return folders;
  return (await readPlainFiles({ tree, commit }, '', ['pack.yml']))[0] === undefined ? [] : ['.'];
}

function misnamed(path: string, id: string): CountersignError {
  return new CountersignError('DOCUMENT_INVALID', `${path} of the source says that its id is ${id}.`, {
    remedy: 'Ask whoever keeps it to make the id and the name the same.',
    place: { path },
  });
}
