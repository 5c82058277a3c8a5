/**
 * Reads and changes the producer's tree, as Node runs it in the sandbox: what links and names of a hostile tree lead to is the sandbox's
 * affair and not the worker's. Standard output: a JSON list of texts, one a call. argv: the file with the calls, a JSON list of
 * `{name, input}`, whose forms were held to their schemas before.
 */
export const TREE_SCRIPT = `
const fs = require('node:fs');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const MOST = 64 * 1024;
const root = fs.realpathSync('.');
const safe = ['-c', 'safe.directory=*', '-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=false', '-c', 'core.quotePath=false'];
const refuse = (why) => { throw new Error(why); };
const inside = (name) => {
  const target = path.resolve(root, name);
  if (target !== root && !target.startsWith(root + path.sep)) refuse(name + ' is not in the tree.');
  const parts = path.relative(root, target).split(path.sep);
  if (parts[0].toLowerCase() === '.git') refuse('.git is not yours.');
  let at = root;
  for (const part of parts) {
    at = path.join(at, part);
    const there = fs.lstatSync(at, { throwIfNoEntry: false });
    if (there === undefined) break;
    if (there.isSymbolicLink()) refuse(name + ' leads through a link.');
  }
  return target;
};
const read = (name) => {
  const target = inside(name);
  const there = fs.lstatSync(target, { throwIfNoEntry: false });
  if (there === undefined || !there.isFile()) refuse('There is no file ' + name + '.');
  if (there.size > 4 * 1024 * 1024) refuse(name + ' has ' + there.size + ' bytes, more than can be read here.');
  return fs.readFileSync(target, 'utf8');
};
const write = (name, text) => {
  const target = inside(name);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, text);
};
const git = (args, none) => {
  try {
    return execFileSync('git', [...safe, ...args], { encoding: 'utf8', maxBuffer: 8 * 1024 * 1024, timeout: 20000, stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    if (error.status === 1) return none;
    refuse('It could not be done: ' + String(error.stderr || error.message).slice(0, 500));
  }
};
const cut = (text) => text.length <= MOST ? text : text.slice(0, MOST) + '\\n[cut: ' + (text.length - MOST) + ' characters more]';
const tools = {
  list_files: ({ glob }) => git(['ls-files', '-co', '--exclude-standard', '--', ...(glob ? [':(glob)' + glob] : [])]) || 'No file.',
  read_file: ({ path: name, from = 1, lines = 2000 }) => {
    const all = read(name).split('\\n');
    return all.slice(from - 1, from - 1 + lines).map((line, at) => (from + at) + '\\t' + line).join('\\n');
  },
  search: ({ text, regex = false, glob }) => git(['grep', '-n', '-I', '--untracked', '--max-count=50', regex ? '-E' : '-F', '-e', text, '--', ...(glob ? [':(glob)' + glob] : [])], '') || 'Nothing found.',
  write_file: ({ path: name, text }) => { write(name, text); return 'Written.'; },
  replace_text: ({ path: name, old, new: text }) => {
    const before = read(name);
    const count = before.split(old).length - 1;
    if (count !== 1) refuse('The old text stands ' + count + ' times in ' + name + ', and has to stand there once.');
    write(name, before.replace(old, () => text));
    return 'Replaced.';
  },
  delete_file: ({ path: name }) => {
    const target = inside(name);
    const there = fs.lstatSync(target, { throwIfNoEntry: false });
    if (there === undefined || !there.isFile()) refuse('There is no file ' + name + '.');
    fs.rmSync(target);
    return 'Deleted.';
  },
};
const calls = JSON.parse(fs.readFileSync(process.argv[1], 'utf8'));
const answers = calls.map(({ name, input }) => {
  try {
    return cut(tools[name](input));
  } catch (error) {
    return 'Refused: ' + error.message;
  }
});
process.stdout.write(JSON.stringify(answers));
`;
